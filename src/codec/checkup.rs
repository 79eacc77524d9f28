//! What `doctor` found, as JSON for scripts.
//!
//! ```json
//! {"grade": "FAIL", "checks": [{"name": "token", "grade": "FAIL", "words": "...", "mend": "...", "code": "token-refused"}]}
//! ```

use serde_json::{Value, json};

use crate::domain::checkup::{Finding, worst};
use crate::domain::code::Code;

/// The findings as one object, with a line feed at its end.
pub fn encode(findings: &[Finding]) -> String {
    let check = |finding: &Finding| {
        json!({
            "name": finding.name,
            "grade": finding.grade.word(),
            "words": finding.words,
            "mend": finding.mend,
            "code": finding.code.map(Code::name),
        })
    };
    let whole: Value = json!({
        "grade": worst(findings).word(),
        "checks": findings.iter().map(check).collect::<Vec<_>>(),
    });
    format!("{whole:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_an_object_and_the_worst_stands_on_top() {
        let findings =
            [Finding::fine("clock", "fine"), Finding::fail("token", Code::TokenRefused, "no \"x\"", "mend it")];
        let read: Value = serde_json::from_str(&encode(&findings)).unwrap();
        assert_eq!(
            read,
            json!({"grade": "FAIL", "checks": [
                {"name": "clock", "grade": "ok", "words": "fine", "mend": null, "code": null},
                {"name": "token", "grade": "FAIL", "words": "no \"x\"", "mend": "mend it", "code": "token-refused"},
            ]})
        );
    }
}

//! What a look at the surroundings found: whether the program can work here, and what to mend where it cannot.
//!
//! Deliberately not here: the looking itself, which is the business of whoever knows the thing.

use crate::domain::code::Code;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Fine,
    /// The program works, and something is worth knowing or mending.
    Warn,
    /// The program cannot work, or not safely.
    Fail,
}

impl Grade {
    /// The word at the beginning of a line, as `doctor` prints it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub grade: Grade,
    /// What was looked at, in one word that scripts can rely on.
    pub name: &'static str,
    /// What was seen. Safe to show: whoever makes it has passed outside text through [`crate::domain::untrusted::visible`].
    pub words: String,
    /// What to do about it; nothing where there is nothing to do.
    pub mend: Option<String>,
    /// The name of the fault, where it has one.
    pub code: Option<Code>,
}

impl Finding {
    /// It is as it should be.
    pub fn fine(name: &'static str, words: impl Into<String>) -> Self {
        Self { grade: Grade::Fine, name, words: words.into(), mend: None, code: None }
    }

    /// It works, and something should be mended.
    pub fn warn(name: &'static str, words: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { grade: Grade::Warn, name, words: words.into(), mend: Some(mend.into()), code: None }
    }

    /// It does not work.
    pub fn fail(name: &'static str, code: Code, words: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { grade: Grade::Fail, name, words: words.into(), mend: Some(mend.into()), code: Some(code) }
    }

    /// The line for a person.
    pub fn line(&self) -> String {
        let code = self.code.map_or_else(String::new, |code| format!(" [{code}]"));
        let mend = self.mend.as_ref().map_or_else(String::new, |mend| format!(". To mend it: {mend}"));
        format!("{:<4} {} - {}{code}{mend}", self.grade.word(), self.name, self.words)
    }
}

/// The worst of them; fine where there is nothing.
pub fn worst(findings: &[Finding]) -> Grade {
    findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_it_is_what_it_is_and_what_to_mend() {
        assert_eq!(Finding::fine("clock", "2 s apart").line(), "ok   clock - 2 s apart");
        assert_eq!(
            Finding::warn("clock", "an hour apart", "set it").line(),
            "warn clock - an hour apart. To mend it: set it"
        );
        assert_eq!(
            Finding::fail("token", Code::NoToken, "there is none", "set ACME_TOKEN").line(),
            "FAIL token - there is none [no-token]. To mend it: set ACME_TOKEN"
        );
    }

    #[test]
    fn one_failure_among_many_is_the_worst() {
        let fine = Finding::fine("a", "b");
        let fail = Finding::fail("a", Code::Usage, "b", "c");
        assert_eq!(worst(&[]), Grade::Fine);
        assert_eq!(worst(&[fine.clone(), fail, Finding::warn("a", "b", "c"), fine]), Grade::Fail);
    }
}

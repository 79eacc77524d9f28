//! Language codes.

/// Whether the text has the shape of a language code: `es`, `pt-BR`, `zh_TW`.
///
/// Only the shape: which languages a tenant has enabled is not documented (api.md 6), and a code that is valid there must not be refused here.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_code() {
        for good in ["es", "en", "gl", "pt-BR", "zh_TW", "ast"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "e", "spanish", "es-", "1s", "es ES"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}

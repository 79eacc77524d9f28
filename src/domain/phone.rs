//! Telephone numbers.

/// Whether the text can be a telephone number: digits with the signs that people write between them, and an extension.
///
/// The vendor documents no format, and national plans are no business of this program: an internal number of three
/// digits is as good as an international one. What is refused is what cannot be dialled at all.
pub fn is_phone(text: &str) -> bool {
    let lower = text.to_lowercase();
    let (number, extension) = match lower.split_once("ext").or_else(|| lower.split_once('x')) {
        Some((number, rest)) => (number, Some(rest.trim_start_matches('.').trim())),
        None => (lower.as_str(), None),
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let signs = number.chars().all(|c| c.is_ascii_digit() || " +-./()".contains(c));
    let plus = number.rfind('+').is_none_or(|at| number[..at].trim_matches([' ', '(']).is_empty());
    signs
        && plus
        && (3..=20).contains(&digits)
        && extension.is_none_or(|rest| (1..=8).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_can_be_dialled() {
        for good in ["+34 981 000 000", "(0981) 000-000", "112", "+1.555.010.0199 ext. 42", "4711x12"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "12", "call me", "34+981000", "+34 981 ext", "123456789012345678901"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}

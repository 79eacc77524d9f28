//! `application/x-www-form-urlencoded`: the query of a list, and one of the two ways to send a new password (api.md 7, row 20).
//!
//! Its own reading, since the client writes it with a crate. Nothing is refused: what is no escape stands for itself.

/// The pairs of a text such as `a=1&b=two+words`. A pair without an equals sign has an empty value; one of nothing is left out.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

/// The value of a key; the first one where it stands twice.
pub fn value(text: &str, key: &str) -> Option<String> {
    pairs(text).into_iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(first),
            },
            _ => bytes.push(first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_after_they_are_split() {
        let text = "a=1&b=two+words&c=%C3%B1%26%3D%2b&d&&=e&a=2&%=%4&f=%zz";
        let pairs = pairs(text);
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| (&**key, &**value)).collect();
        let wanted = [
            ("a", "1"),
            ("b", "two words"),
            ("c", "ñ&=+"),
            ("d", ""),
            ("", "e"),
            ("a", "2"),
            ("%", "%4"),
            ("f", "%zz"),
        ];
        assert_eq!(pairs, wanted);
        assert_eq!((value(text, "a").as_deref(), value(text, "g")), (Some("1"), None));
    }
}

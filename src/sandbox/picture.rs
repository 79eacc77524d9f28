//! What the training platform thinks of a picture (USR011 to USR013, api.md 6). Management takes any.
//!
//! Its own reading of base64, since [`crate::codec`] is what the client writes it with. Nothing is decoded beyond the first bytes.

/// The largest picture in bytes before base64. The platform says 700 KB; this is the smaller reading of it (api.md 7, row 30).
const LARGEST: usize = 700_000;

/// The types it takes, each with how such a file begins and how its name ends.
const TYPES: &[(&str, &[u8], &str)] = &[
    ("image/png", b"\x89PNG\r\n\x1a\n", "png"),
    ("image/jpeg", b"\xff\xd8\xff", "jpg"),
    ("image/jpg", b"\xff\xd8\xff", "jpg"),
    ("image/gif", b"GIF8", "gif"),
];

/// What is wrong with a picture, with the platform's code.
pub fn fault(mime_type: &str, base64: &str) -> Option<String> {
    let Some((_, signature, _)) = TYPES.iter().find(|(known, ..)| *known == mime_type) else {
        return Some("USR011: the picture must be PNG, JPG, JPEG or GIF".to_owned());
    };
    match decoded(base64, signature.len()) {
        None => Some("USR013: the picture cannot be loaded: not base64".to_owned()),
        Some((size, _)) if size > LARGEST => Some("USR012: the picture is larger than 700 KB".to_owned()),
        Some((_, head)) if head != *signature => {
            Some(format!("USR013: the picture cannot be loaded: its content is not {mime_type}"))
        }
        Some(_) => None,
    }
}

/// How the name of a stored picture ends.
pub fn ending(mime_type: &str) -> &'static str {
    TYPES.iter().find(|(known, ..)| *known == mime_type).map_or("bin", |(_, _, ending)| ending)
}

/// The decoded size and the first bytes of plain base64 with padding. Nothing where it is something else, such as a `data:` URI.
fn decoded(base64: &str, head: usize) -> Option<(usize, Vec<u8>)> {
    let digits = base64.trim_end_matches('=');
    let padding = base64.len() - digits.len();
    if !base64.len().is_multiple_of(4) || padding > 2 || !digits.bytes().all(|digit| sextet(digit).is_some()) {
        return None;
    }
    let mut bytes = Vec::with_capacity(head);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for sextet in digits.bytes().filter_map(sextet) {
        buffer = buffer << 6 | u32::from(sextet);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            // No more than eight bits are left above the ones that wait for the next digit.
            bytes.push(u8::try_from(buffer >> bits).unwrap_or(u8::MAX));
            buffer &= (1 << bits) - 1;
        }
        if bytes.len() == head {
            break;
        }
    }
    Some((digits.len() * 3 / 4, bytes))
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG signature and as many zeros as it takes to decode to that size, which has to be a multiple of three.
    fn png(size: usize) -> String {
        let head = "iVBORw0KGgoA";
        format!("{head}{}", "A".repeat(size / 3 * 4 - head.len()))
    }

    #[test]
    fn a_picture_of_each_type_is_taken() {
        for (mime_type, base64) in [
            ("image/png", "iVBORw0KGgo="),
            ("image/jpeg", "/9j/4A=="),
            ("image/jpg", "/9j/4AAQ"),
            ("image/gif", "R0lGODlh"),
        ] {
            assert_eq!(fault(mime_type, base64), None, "{mime_type}");
        }
    }

    #[test]
    fn type_content_and_form_are_refused_with_their_codes() {
        for (mime_type, base64, code) in [
            ("image/webp", "UklGRg==", "USR011"),
            ("", "", "USR011"),
            ("image/png", "/9j/4AAQ", "USR013"),
            ("image/png", "", "USR013"),
            ("image/png", "data:image/png;base64,iVBORw0KGgo=", "USR013"),
            ("image/png", "iVBORw0KGgo", "USR013"),
            ("image/png", "iVBORw0KGg==\n", "USR013"),
        ] {
            let fault = fault(mime_type, base64).unwrap_or_default();
            assert!(fault.starts_with(code), "{mime_type} {base64:?}: {fault:?}");
        }
    }

    #[test]
    fn the_limit_counts_decoded_bytes() {
        assert_eq!(fault("image/png", &png(699_999)), None);
        assert_eq!(fault("image/png", &png(700_002)).as_deref(), Some("USR012: the picture is larger than 700 KB"));
    }
}

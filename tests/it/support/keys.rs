//! Key presses as text, and the bytes an xterm sends for them: `"anna<Tab><C-s><Enter>"`.
//!
//! Names are as in Vim: `<Tab> <S-Tab> <Enter> <Esc> <BS> <Del> <Ins> <Space> <Up> <Down> <Left> <Right> <Home> <End>
//! <PgUp> <PgDn> <F1>`..`<F12>`, `<C-s>` with Ctrl, `<A-x>` with Alt, `<C-Left> <S-Up> <A-Right>`, and `<lt>` for the sign itself.
//! A name that is not known stops the test: a typing error in a test must not be typed into the program.

/// The bytes of these key presses.
///
/// # Panics
/// For a name in angle brackets that is not known.
pub fn bytes(keys: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = keys;
    while let Some(start) = rest.find('<') {
        let end =
            rest[start..].find('>').map_or_else(|| panic!("`<` without `>` in {keys:?}; write <lt>"), |n| start + n);
        out.extend_from_slice(&rest.as_bytes()[..start]);
        let name = &rest[start + 1..end];
        out.extend(named(name).unwrap_or_else(|| panic!("no key is called <{name}>")));
        rest = &rest[end + 1..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

fn named(name: &str) -> Option<Vec<u8>> {
    if let Some(plain) = plain(name) {
        return Some(plain.to_vec());
    }
    if let Some(code) = name.strip_prefix('F').and_then(|n| n.parse::<usize>().ok()) {
        return function(code);
    }
    let (modifier, key) = name.split_once('-')?;
    match (modifier, key.as_bytes()) {
        ("C", [letter @ (b'a'..=b'z' | b'_' | b'\\' | b']')]) => Some(vec![letter & 0x1f]),
        ("C", b"Space") => Some(vec![0]),
        ("A", [letter @ 0x21..=0x7e]) => Some(vec![0x1b, *letter]),
        ("S" | "A" | "C", _) => modified(modifier, key),
        _ => None,
    }
}

fn plain(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "Tab" => b"\t",
        "S-Tab" => b"\x1b[Z",
        "Enter" => b"\r",
        "Esc" => b"\x1b",
        "BS" => b"\x7f",
        "Space" => b" ",
        "lt" => b"<",
        "Up" => b"\x1b[A",
        "Down" => b"\x1b[B",
        "Right" => b"\x1b[C",
        "Left" => b"\x1b[D",
        "Home" => b"\x1b[H",
        "End" => b"\x1b[F",
        "Ins" => b"\x1b[2~",
        "Del" => b"\x1b[3~",
        "PgUp" => b"\x1b[5~",
        "PgDn" => b"\x1b[6~",
        _ => return None,
    })
}

/// F1 to F4 are the old keypad's, the others are numbered with two holes: so an xterm has it.
fn function(number: usize) -> Option<Vec<u8>> {
    const NUMBERED: [&str; 8] = ["15", "17", "18", "19", "20", "21", "23", "24"];
    match number {
        1..=4 => Some(vec![0x1b, b'O', b"PQRS"[number - 1]]),
        5..=12 => Some(format!("\x1b[{}~", NUMBERED[number - 5]).into_bytes()),
        _ => None,
    }
}

/// A key of the cursor block with a modifier held: `CSI 1 ; m X` or `CSI n ; m ~`.
fn modified(modifier: &str, key: &str) -> Option<Vec<u8>> {
    let m = match modifier {
        "S" => 2,
        "A" => 3,
        _ => 5,
    };
    let bytes = plain(key)?.strip_prefix(b"\x1b[")?;
    match bytes {
        [letter @ b'A'..=b'H'] => Some(format!("\x1b[1;{m}{}", char::from(*letter)).into_bytes()),
        [digit, b'~'] => Some(format!("\x1b[{};{m}~", char::from(*digit)).into_bytes()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_keys_become_what_an_xterm_sends() {
        assert_eq!(bytes("añ<Tab><S-Tab><Enter><Esc><BS>"), "añ\t\x1b[Z\r\x1b\x7f".as_bytes());
        assert_eq!(bytes("<C-s><C-a><C-Space><A-x><lt>b>"), b"\x13\x01\x00\x1bx<b>");
        assert_eq!(bytes("<Up><PgDn><Home><C-Left><S-Del>"), b"\x1b[A\x1b[6~\x1b[H\x1b[1;5D\x1b[3;2~");
        assert_eq!(bytes("<F1><F4><F5><F6><F12>"), b"\x1bOP\x1bOS\x1b[15~\x1b[17~\x1b[24~");
    }

    #[test]
    fn a_key_that_does_not_exist_stops_the_test() {
        for wrong in ["<Entre>", "<C-1>", "<F13>", "<X-a>", "a < b", "<C-Tab>"] {
            assert!(std::panic::catch_unwind(|| bytes(wrong)).is_err(), "{wrong} was typed");
        }
    }
}

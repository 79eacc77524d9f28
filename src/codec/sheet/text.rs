//! Bytes of a file to text: which encoding it is, guessed or said.
//!
//! A guess of another encoding than the true one is worse than a refusal, because it sends names that are garbled: a file that is UTF-8
//! but for a few bytes is refused and not taken for Windows-1252.

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
use zeroize::Zeroizing;

/// How a file's letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// With or without a mark at its beginning.
    Utf8,
    /// The small byte first; what spreadsheets call Unicode text.
    Utf16Le,
    /// The large byte first.
    Utf16Be,
    /// What spreadsheets of Western Europe save CSV in; the browsers' superset of Latin-1.
    Windows1252,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// The word of the option, and of what is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The encoding of that word, or of another one that people use for it.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "utf8" => Some(Self::Utf8),
            "utf-16" | "utf16" | "unicode" => Some(Self::Utf16Le),
            "latin1" | "latin-1" | "iso-8859-1" | "cp1252" | "ansi" => Some(Self::Windows1252),
            _ => Self::ALL.into_iter().find(|encoding| encoding.word() == word),
        }
    }
}

/// A file's text, and how it was found.
pub(super) struct Decoded {
    pub text: Zeroizing<String>,
    pub encoding: Encoding,
    /// Whether a mark stood at the beginning.
    pub mark: bool,
}

/// The line, counted from 1, and what is wrong there.
type Wrong = (u64, String);

/// Reads the bytes, in the encoding of their mark, or the one that is given, or else guessed. No copy of them is left behind in memory: passwords may be in them.
pub(super) fn decode(mut bytes: Zeroizing<Vec<u8>>, given: Option<Encoding>) -> Result<Decoded, Wrong> {
    let (marked, length) = mark(&bytes);
    // Nobody begins a text with the letters that a mark would be in another encoding: and a report of a file that was said to be
    // Windows-1252 is UTF-8 with a mark.
    let encoding = marked.or(given).unwrap_or_else(|| guess(&bytes));
    let mark = marked.is_some();
    bytes.drain(..length);
    let text = match encoding {
        Encoding::Utf8 => utf8(bytes)?,
        Encoding::Utf16Le => wide(&bytes, UTF_16LE, encoding)?,
        Encoding::Utf16Be => wide(&bytes, UTF_16BE, encoding)?,
        Encoding::Windows1252 => wide(&bytes, WINDOWS_1252, encoding)?,
    };
    Ok(Decoded { text, encoding, mark })
}

/// The mark at the beginning: what it stands for, and how long it is.
fn mark(bytes: &[u8]) -> (Option<Encoding>, usize) {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        (Some(Encoding::Utf8), 3)
    } else if bytes.starts_with(b"\xff\xfe") {
        (Some(Encoding::Utf16Le), 2)
    } else if bytes.starts_with(b"\xfe\xff") {
        (Some(Encoding::Utf16Be), 2)
    } else {
        (None, 0)
    }
}

fn guess(bytes: &[u8]) -> Encoding {
    let beginning = &bytes[..bytes.len().min(8 * 1024)];
    // Every other byte of a Western text in UTF-16 is NUL, and no byte of any other text.
    let pairs = beginning.len() / 2;
    let nuls = |from: usize| beginning.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (nuls(0), nuls(1));
    if pairs > 0 && second * 2 > pairs && first * 8 < pairs {
        return Encoding::Utf16Le;
    }
    if pairs > 0 && first * 2 > pairs && second * 8 < pairs {
        return Encoding::Utf16Be;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // Letters of Windows-1252 make good UTF-8 only by accident.
    if bad == 0 || good > bad { Encoding::Utf8 } else { Encoding::Windows1252 }
}

fn utf8(mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, Wrong> {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = Zeroizing::new(error.into_bytes());
            let byte = bytes.get(at).copied().unwrap_or_default();
            let line = lines(&bytes[..at]);
            Err((
                line,
                format!("the byte {byte:#04x} is no UTF-8: save the file as UTF-8, or say which encoding it has"),
            ))
        }
    }
}

fn wide(bytes: &[u8], from: &'static encoding_rs::Encoding, encoding: Encoding) -> Result<Zeroizing<String>, Wrong> {
    let mut decoder = from.new_decoder_without_bom_handling();
    let mut text = Zeroizing::new(String::with_capacity(room(bytes, encoding)));
    let mut at = 0;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(bytes.len()),
            DecoderResult::Malformed(..) => {
                let line = lines(text.as_bytes());
                return Err((
                    line,
                    format!("is not {} from here on: say which encoding the file has", encoding.word()),
                ));
            }
        }
    }
}

/// How many bytes the text takes, with a few for the decoder to turn in. A text that grows leaves a copy behind that nobody wipes, and the
/// decoder's own worst case is three times the file.
fn room(bytes: &[u8], encoding: Encoding) -> usize {
    let of_unit = |unit: u16| match unit {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800.. => 3,
    };
    let wide = |read: fn([u8; 2]) -> u16| bytes.chunks_exact(2).map(|pair| of_unit(read([pair[0], pair[1]]))).sum();
    let room: usize = match encoding {
        Encoding::Utf8 => bytes.len(),
        Encoding::Utf16Le => wide(u16::from_le_bytes),
        Encoding::Utf16Be => wide(u16::from_be_bytes),
        Encoding::Windows1252 => bytes.len() + 2 * bytes.iter().filter(|byte| !byte.is_ascii()).count(),
    };
    room + 64
}

/// The line after so much text, counted from 1.
fn lines(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "usuario;nombre\r\nnuñez;Íñigo\r\n";

    fn utf16(text: &str, large_first: bool) -> Vec<u8> {
        let bytes = |unit: u16| if large_first { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn read(bytes: Vec<u8>, given: Option<Encoding>) -> Result<(String, Encoding, bool), Wrong> {
        decode(Zeroizing::new(bytes), given).map(|found| (found.text.to_string(), found.encoding, found.mark))
    }

    #[test]
    fn every_encoding_is_guessed_with_and_without_its_mark() {
        let found = |bytes: Vec<u8>, encoding, mark| {
            assert_eq!(read(bytes, None), Ok((TEXT.to_owned(), encoding, mark)), "{encoding:?}");
        };
        found(TEXT.into(), Encoding::Utf8, false);
        found([b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), Encoding::Utf8, true);
        found(utf16(TEXT, false), Encoding::Utf16Le, false);
        found(utf16(TEXT, true), Encoding::Utf16Be, false);
        found(utf16(&format!("\u{feff}{TEXT}"), false), Encoding::Utf16Le, true);
        found(utf16(&format!("\u{feff}{TEXT}"), true), Encoding::Utf16Be, true);
        let (western, _, _) = WINDOWS_1252.encode(TEXT);
        found(western.into_owned(), Encoding::Windows1252, false);
    }

    #[test]
    fn the_room_for_a_text_is_reckoned_and_it_never_grows() {
        let text = "ñ€😀a".repeat(5_000);
        let (western, ..) = WINDOWS_1252.encode("ñ€a");
        for bytes in [utf16(&text, false), utf16(&text, true), western.repeat(5_000)] {
            let encoding = [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252];
            let encoding = encoding.into_iter().find(|one| {
                decode(Zeroizing::new(bytes.clone()), Some(*one)).is_ok_and(|found| found.text.starts_with('ñ'))
            });
            let encoding = encoding.unwrap();
            let found = decode(Zeroizing::new(bytes.clone()), Some(encoding)).unwrap();
            assert_eq!(found.text.capacity(), room(&bytes, encoding), "{encoding:?}");
        }
    }

    #[test]
    fn what_is_said_goes_before_the_guess_and_a_mark_before_both() {
        let text = read("ñ".into(), Some(Encoding::Windows1252)).map(|(text, ..)| text);
        assert_eq!(text, Ok("Ã±".to_owned()));
        let marked = read("\u{feff}ñ".into(), Some(Encoding::Windows1252));
        assert_eq!(marked, Ok(("ñ".to_owned(), Encoding::Utf8, true)));
        assert_eq!(read(b"a\n\xf1".to_vec(), Some(Encoding::Utf8)).unwrap_err().0, 2);
        assert_eq!(read(b"\xff\xfea\0\n\0b".to_vec(), None).unwrap_err().0, 2);
        for encoding in Encoding::ALL {
            assert_eq!(Encoding::from_word(encoding.word()), Some(encoding));
        }
        assert_eq!(Encoding::from_word("Latin1"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::from_word("klingon"), None);
    }

    #[test]
    fn a_file_of_utf_8_with_a_broken_byte_is_not_taken_for_another_encoding() {
        let mut bytes = "a\nÍñigo Núñez\nb".as_bytes().to_vec();
        bytes.push(0xf1);
        let (line, words) = read(bytes, None).unwrap_err();
        assert_eq!(line, 3);
        assert!(words.contains("0xf1"), "{words}");
    }
}

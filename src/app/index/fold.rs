//! Texts as they are compared: lower case, accents away, so that `lopez` finds López and `strasse` finds Straße.
//!
//! Canonical decomposition does most of it, and makes a name that came composed (NFC) and one that came in pieces (NFD) the same. What
//! is left are letters that no standard takes apart (ß, ø, ı) and that a keyboard elsewhere does not have. Deliberately not here:
//! transliteration (a Greek name is found by Greek letters) and German `ue` for ü, which would find too much everywhere else.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

const PARTS: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();

/// Adds the folded text, which is UTF-8 again, has no control character and knows one kind of blank. The same text always folds the same,
/// and what is folded already stays as it is.
pub fn fold_into(text: &str, out: &mut Vec<u8>) {
    if text.is_ascii() {
        out.extend(text.bytes().map(ascii));
    } else {
        text.chars().for_each(|letter| take_apart(letter, out));
    }
}

/// The folded text.
pub fn fold(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

fn ascii(byte: u8) -> u8 {
    if byte.is_ascii_control() { b' ' } else { byte.to_ascii_lowercase() }
}

fn take_apart(letter: char, out: &mut Vec<u8>) {
    match PARTS.decompose(letter) {
        Decomposed::Default => one(letter, out),
        Decomposed::Singleton(other) => take_apart(other, out),
        Decomposed::Expansion(first, second) => {
            take_apart(first, out);
            take_apart(second, out);
        }
    }
}

fn one(letter: char, out: &mut Vec<u8>) {
    if letter.is_whitespace() || letter.is_control() {
        out.push(b' ');
    } else if !is_mark(letter) && !is_unseen(letter) {
        letter.to_lowercase().for_each(|letter| plain(letter, out));
    }
}

fn plain(letter: char, out: &mut Vec<u8>) {
    let text = match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        // A sigma is written differently at the end of a word, and the end of a word moves while one types.
        'ς' => "σ",
        // Names come with typographic apostrophes and dashes; keyboards have the plain ones.
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{2032}' => "'",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        // The wide twins of ASCII, as East Asian keyboards write them. They stand in the same order as what they are twins of.
        '\u{FF01}'..='\u{FF5E}' => {
            let twin = u8::try_from(u32::from(letter) - 0xFF01 + 0x21).unwrap_or(b' ');
            return out.push(ascii(twin));
        }
        _ => return out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(text.as_bytes());
}

/// Accents and vowel points that stand as characters of their own once a text is taken apart. The sound marks of kana are not among
/// them: there they make another letter.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0487}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// What nobody sees and so nobody types: soft hyphens, joiners, directions, variation selectors.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        String::from_utf8(fold(text)).expect("folded text is UTF-8")
    }

    #[test]
    fn accents_and_case_are_not_asked_for() {
        for (text, expected) in [
            ("Marta LÓPEZ", "marta lopez"),
            ("Ñandú", "nandu"),
            ("İstanbul Işıl", "istanbul isil"),
            ("Nguyễn Thị Ánh", "nguyen thi anh"),
            ("Đặng", "dang"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("Ødegård Łukasz Œuvre", "odegard lukasz oeuvre"),
            ("Γιώργος Παπαδόπουλος", "γιωργοσ παπαδοπουλοσ"),
            ("ΓΙΏΡΓΟΣ", "γιωργοσ"),
            ("Андрей Фёдоров", "андреи федоров"),
            ("O\u{2019}Brien\u{2011}Smith", "o'brien-smith"),
            ("\u{FF21}da\u{3000}\u{FF2B}", "ada k"),
            ("tab\tline\nbreak", "tab line break"),
            ("田中 さくら", "田中 さくら"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same() {
        for (one, other) in [("é", "e\u{301}"), ("ệ", "e\u{323}\u{302}"), ("각", "\u{1100}\u{1161}\u{11A8}")] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("が"), folded("か"), "a sound mark makes another letter");
    }

    #[test]
    fn what_nobody_sees_does_not_hide_a_name() {
        assert_eq!(folded("Mar\u{AD}ta\u{202E} \u{200B}López"), "marta lopez");
    }

    proptest! {
        #[test]
        fn folded_text_is_utf8_in_one_line_and_folds_to_itself(text in any::<String>()) {
            let once = folded(&text);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(&folded(&once), &once);
        }

        #[test]
        fn a_text_folds_like_its_letters(one in any::<String>(), other in any::<String>()) {
            prop_assert_eq!(folded(&format!("{one}{other}")), folded(&one) + &folded(&other));
        }
    }
}

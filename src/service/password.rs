//! Passwords: made, and judged. Neither is ever sent anywhere from here, and neither leaves a copy that is not wiped, except inside
//! the crate that judges.

use rand::seq::IndexedRandom as _;

use crate::domain::secret::Secret;

/// How many letters and signs a made password has.
pub const LENGTH: usize = 16;

/// Without `I` and `O`, which look like `1` and `0`.
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Without `l`, which looks like `1`.
const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
/// Without `0` and `1`.
const DIGITS: &[u8] = b"23456789";
/// Of the signs that a tenant may ask for (`! & $ % / ( ) _ # + '`, api.md 6), those that no shell, URL or form has been seen to mangle
/// when the password is read out or copied: without `&`, `/` and `'`.
const SIGNS: &[u8] = b"!$%()_#+";

/// Makes a password that every tenant's rules are likely to take (api.md 6: a tenant sets the least number of capitals, small letters, digits and
/// signs, and of digits and signs in front; the training platform takes no blanks): all four kinds, a letter in front.
///
/// Each such password is equally likely: candidates that miss a kind are thrown away whole, not mended. There are more than 90 bits in it.
pub fn generate() -> Secret {
    let all = [UPPER, LOWER, DIGITS, SIGNS].concat();
    let mut chance = rand::rng();
    loop {
        let mut candidate = String::with_capacity(LENGTH);
        candidate.extend((0..LENGTH).filter_map(|_| all.choose(&mut chance)).map(|byte| char::from(*byte)));
        let candidate = Secret::new(candidate);
        if is_fit(&candidate) {
            return candidate;
        }
    }
}

fn is_fit(candidate: &Secret) -> bool {
    let bytes = candidate.expose().as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && [UPPER, LOWER, DIGITS, SIGNS].iter().all(|kind| bytes.iter().any(|byte| kind.contains(byte)))
}

/// How well a password would withstand guessing, from 0 (guessed at once) to 4. May take some milliseconds; what is behind the hundredth letter
/// does not count.
pub fn score(password: &Secret) -> u8 {
    u8::from(zxcvbn::zxcvbn(password.expose(), &[]).score())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_made_password_has_every_kind_and_nothing_that_can_be_misread() {
        let mut seen = BTreeSet::new();
        for _ in 0..500 {
            let password = generate();
            let text = password.expose();
            assert_eq!(text.len(), LENGTH);
            assert!(text.starts_with(|c: char| c.is_ascii_alphabetic()), "{text}");
            assert!(text.contains(|c: char| c.is_ascii_uppercase()) && text.contains(|c: char| c.is_ascii_lowercase()));
            assert!(text.contains(|c: char| c.is_ascii_digit()) && text.contains(|c| "!$%()_#+".contains(c)), "{text}");
            assert!(!text.contains(|c: char| "0O1lI".contains(c) || c.is_whitespace()), "{text}");
            assert!(seen.insert(text.to_owned()), "{text} was made twice");
        }
    }

    #[test]
    fn every_letter_and_sign_is_used_at_every_place_that_it_may_have() {
        let mut places = vec![BTreeSet::new(); LENGTH];
        for _ in 0..3000 {
            for (place, letter) in generate().expose().chars().enumerate() {
                places[place].insert(letter);
            }
        }
        assert_eq!(places[0].len(), UPPER.len() + LOWER.len());
        assert!(places[1..].iter().all(|letters| letters.len() == 65), "{places:?}");
    }

    #[test]
    fn a_password_that_anybody_guesses_is_told_from_a_made_one() {
        assert_eq!(score(&Secret::new(String::new())), 0);
        assert_eq!(score(&Secret::new("password1".to_owned())), 0);
        assert_eq!(score(&generate()), 4);
    }
}

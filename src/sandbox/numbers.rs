//! What follows from the number of a person alone: ids, and everything that only has to look random.
//!
//! The same in every run, so that a test or a trainee meets the same people again. Nothing here is random, nor meant to be hard to guess.

/// An id of the vendor's shape. Its last four digits are those of the number, and the eight before are another for every number.
pub fn id(number: u32) -> String {
    let last = number & 0xffff;
    format!("ff808181556ee70e0155{:08x}{last:04x}", 0x7213_6a25_u32.wrapping_add(number.wrapping_mul(0x0001_93b7)))
}

/// Whose id this is, among the first so many.
pub fn of_id(key: &str, created: u32) -> Option<u32> {
    let last = u32::from_str_radix(key.get(28..)?, 16).ok()?;
    (last..=created).step_by(0x1_0000).find(|number| id(*number) == key)
}

/// A common id of the vendor's shape that cannot be taken for the id.
pub fn common_id(number: u32) -> String {
    format!("{:016x}{:016x}", scrambled(number, 1), scrambled(number, 2))
}

/// Whose common id this is, among the first so many. Looked for from the first one on: a millisecond at a hundred thousand people.
pub fn of_common_id(key: &str, created: u32) -> Option<u32> {
    let half = u64::from_str_radix(key.get(..16)?, 16).ok()?;
    (1..=created).find(|number| scrambled(*number, 1) == half && common_id(*number) == key)
}

/// What looks like a bcrypt hash and is one of nothing.
pub fn hash(number: u32) -> String {
    const DIGITS: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digit = |at: u64| char::from(DIGITS[(scrambled(number, at) % 64) as usize]);
    format!("$2a$10${}", (10..63).map(digit).collect::<String>())
}

/// One of so many, for a salt below 256.
pub fn one_of(number: u32, salt: u64, many: usize) -> usize {
    // The remainder fits wherever `many` does.
    usize::try_from(scrambled(number, salt) % (many.max(1) as u64)).unwrap_or_default()
}

/// Whether a number belongs to the share of so many percent.
pub fn is_among(number: u32, salt: u64, percent: u64) -> bool {
    scrambled(number, salt) % 100 < percent
}

/// A number that looks random (splitmix64).
pub fn scrambled(number: u32, salt: u64) -> u64 {
    let mut mixed = (u64::from(number) << 8 | salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_keep_their_shape_and_differ_beyond_four_digits_of_people() {
        let ids: HashSet<_> = (1..=200_000).map(id).collect();
        assert_eq!(ids.len(), 200_000);
        assert!(ids.iter().all(|id| id.len() == 32 && id.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))));
        assert_eq!(id(1), "ff808181556ee70e01557214fddc0001");
    }

    #[test]
    fn an_id_leads_back_to_its_number_and_nothing_else_does() {
        for number in [1, 44, 65_535, 65_536, 65_537, 131_073] {
            assert_eq!(of_id(&id(number), 140_000), Some(number));
            assert_eq!(of_common_id(&common_id(number), 140_000), Some(number));
            assert_eq!(of_id(&id(number), number - 1), None, "nobody yet");
            assert_eq!(of_common_id(&common_id(number), number - 1), None, "nobody yet");
        }
        for key in ["", "marta.lopez", "ff808181556ee70e01557214fddc0002", "ñññññññññññññññññ", &id(7).to_uppercase()]
        {
            assert_eq!((of_id(key, 140_000), of_common_id(key, 140_000)), (None, None), "{key}");
        }
    }
}

//! Fingerprints of what is not kept: enough to tell two of them apart, not enough to guess one back.

use std::fmt::Write as _;
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use crate::domain::record::Marks;

/// The fingerprint of a picture: the first half of its SHA-256. A picture cannot be guessed, and who has it can compare.
pub fn picture(bytes: &[u8]) -> String {
    format!("sha256 {}", hex(&Sha256::digest(bytes)[..16]))
}

/// The fingerprint of a password: with a key that is made at the start and kept nowhere, because a password can be guessed. Two of one
/// session can be compared, and nothing can be tried against it once the program has ended.
pub fn secret(bytes: &[u8]) -> String {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let key = KEY.get_or_init(rand::random);
    // The key comes first and again last, so that nothing can be appended to what was hashed.
    let digest = Sha256::new().chain_update(key).chain_update(bytes).chain_update(key).finalize();
    format!("session {}", hex(&digest[..4]))
}

/// Both.
pub const MARKS: Marks<'static> = Marks { secret: &secret, picture: &picture };

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_a_mark_that_only_this_program_can_make() {
        assert_eq!(secret(b"correct horse"), secret(b"correct horse"));
        assert_ne!(secret(b"correct horse"), secret(b"correct horsf"));
        let plain = hex(&Sha256::digest(b"correct horse"));
        assert!(!secret(b"correct horse").contains(&plain[..8]));
    }

    #[test]
    fn a_picture_has_the_mark_that_sha256sum_prints() {
        assert_eq!(picture(b"abc"), "sha256 ba7816bf8f01cfea414140de5dae2223");
    }
}

//! The file that made passwords go into: a line of CSV for each, with the line of the file of people, the username and the password.
//!
//! Every line is whole or it is not there: what a killed program wrote half is left out, and its request never left. Opening the file is not
//! done here.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::codec::inert::written;
use crate::codec::sheet::Delimiter;
use crate::codec::table;
use crate::domain::secret::Secret;

/// The first line.
pub fn header() -> Vec<u8> {
    table::line(["line", "username", "password"], Delimiter::Comma)
}

/// The line of one made password. The memory is wiped when it is dropped.
///
/// A made password begins with a letter, so no spreadsheet takes it for a formula; a username may, and is guarded.
pub fn line(line: u64, username: &str, password: &Secret) -> Zeroizing<Vec<u8>> {
    let (line, username) = (line.to_string(), written(username));
    Zeroizing::new(table::line([&line, username.as_ref(), password.expose()], Delimiter::Comma))
}

/// What a file holds.
#[derive(Default)]
pub struct Passwords {
    /// The passwords by the line of the file of people.
    pub made: BTreeMap<u64, Secret>,
    /// How many bytes of the file are whole lines; what is behind them was cut off.
    pub whole: usize,
}

/// Reads what [`header`] and [`line()`] wrote.
///
/// # Errors
/// The number of a line that is none of ours. No text of the file is told.
pub fn read(bytes: &Zeroizing<Vec<u8>>) -> Result<Passwords, usize> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut passwords = Passwords { made: BTreeMap::new(), whole };
    let lines = bytes.get(..whole).unwrap_or_default();
    if lines.is_empty() {
        return Ok(passwords);
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(lines);
    for (index, record) in reader.byte_records().enumerate() {
        let record = record.map_err(|_| index + 1)?;
        if index == 0 {
            if record.iter().eq([&b"line"[..], b"username", b"password"]) {
                continue;
            }
            return Err(1);
        }
        let text = |cell: usize| std::str::from_utf8(record.get(cell)?).ok();
        let line = text(0).and_then(|text| text.parse().ok());
        let (Some(line), Some(password), 3) = (line, text(2), record.len()) else { return Err(index + 1) };
        passwords.made.insert(line, Secret::new(password.to_owned()));
    }
    Ok(passwords)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(lines: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([&header()[..]].iter().chain(lines).copied().collect::<Vec<_>>().concat())
    }

    fn made(bytes: &Zeroizing<Vec<u8>>) -> Vec<(u64, String)> {
        let read = read(bytes).map(|read| read.made);
        read.expect("it is ours").into_iter().map(|(line, secret)| (line, secret.expose().to_owned())).collect()
    }

    #[test]
    fn what_was_made_is_found_by_its_line() {
        let secret = Secret::new("aB3!%()_#+,\"x".to_owned());
        let bytes = file(&[&line(7, "marta", &secret), &line(12, "=cmd", &secret)]);
        let password = || "aB3!%()_#+,\"x".to_owned();
        assert_eq!(made(&bytes), [(7, password()), (12, password())]);
        assert!(String::from_utf8_lossy(&bytes).contains("12,'=cmd,"));
        assert_eq!(read(&bytes).map(|read| read.whole), Ok(bytes.len()));
    }

    #[test]
    fn half_a_line_is_none() {
        let secret = Secret::new("aB3!".to_owned());
        let second = line(8, "oliver", &secret);
        for cut in 0..second.len() {
            let bytes = file(&[&line(7, "marta", &secret), &second[..cut]]);
            assert_eq!(made(&bytes).len(), 1, "{cut}");
            assert_eq!(read(&bytes).map(|read| bytes.len() - read.whole), Ok(cut));
        }
        assert!(made(&Zeroizing::new(b"line,user".to_vec())).is_empty());
    }

    #[test]
    fn another_file_is_not_taken_for_it() {
        for bad in
            ["username,password\nmarta,1\n", "line,username,password\nx,marta,1\n", "line,username,password\n1,a\n"]
        {
            assert!(read(&Zeroizing::new(bad.as_bytes().to_vec())).is_err(), "{bad}");
        }
    }
}

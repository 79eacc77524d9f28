//! One line of CSV, written. Cells are written as they come: [`crate::codec::inert`] is the caller's.

use crate::codec::sheet::Delimiter;

/// What a file of ours begins with where spreadsheets have to be told that it is UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// The line with its end, in the way of RFC 4180.
///
/// # Panics
///
/// Never: memory takes every byte.
pub fn line<C: AsRef<[u8]>>(cells: impl IntoIterator<Item = C>, delimiter: Delimiter) -> Vec<u8> {
    let mut builder = csv::WriterBuilder::new();
    let builder = builder.delimiter(delimiter.byte()).terminator(csv::Terminator::CRLF);
    let mut writer = builder.from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes every byte");
    writer.into_inner().expect("memory takes every byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(line(["a", "b c", ""], Delimiter::Comma), b"a,b c,\r\n");
        assert_eq!(line(["a;b", "c,d", "\"", "e\rf"], Delimiter::Semicolon), b"\"a;b\";c,d;\"\"\"\";\"e\rf\"\r\n");
        assert_eq!(line([""], Delimiter::Tab), b"\"\"\r\n");
    }
}

//! What is in a folder, for the picker. No file is opened: see [`EntryKind`].

use std::cmp::Ordering;
use std::fs::{self, DirEntry, FileType};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

use crate::domain::files::{Entry, EntryKind, Folder, MOST_ENTRIES, MediaFault};
use crate::domain::untrusted::Untrusted;
use crate::media::open;

/// The content of a folder: folders first, then files, names beginning with a dot only if `hidden`.
pub fn list(path: &Path, hidden: bool) -> Result<Folder, MediaFault> {
    list_up_to(path, hidden, MOST_ENTRIES)
}

fn list_up_to(path: &Path, hidden: bool, most: usize) -> Result<Folder, MediaFault> {
    let path = fs::canonicalize(path).map_err(|e| open::fault(&e))?;
    let mut found = Vec::new();
    for entry in fs::read_dir(&path).map_err(|e| open::fault(&e))? {
        let entry = entry.map_err(|e| open::fault(&e))?;
        if !hidden && entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if found.len() == most {
            return Ok(sorted(path, found, true));
        }
        found.push(described(&entry));
    }
    Ok(sorted(path, found, false))
}

fn sorted(path: PathBuf, mut entries: Vec<Entry>, cut: bool) -> Folder {
    entries.sort_by(|a, b| {
        let folder = |entry: &Entry| entry.kind != EntryKind::Folder;
        folder(a).cmp(&folder(b)).then_with(|| natural(a.name.raw(), b.name.raw())).then_with(|| a.path.cmp(&b.path))
    });
    Folder { path, entries, cut }
}

/// Follows links, since a link to a folder can be entered. An entry that vanished meanwhile, or leads nowhere, is still listed:
/// choosing it says why it cannot be used.
fn described(entry: &DirEntry) -> Entry {
    let name = entry.file_name();
    let path = entry.path();
    let what = fs::metadata(&path).ok();
    let kind = what.as_ref().map(fs::Metadata::file_type);
    Entry {
        kind: kind_of(kind, &path),
        bytes: what.filter(fs::Metadata::is_file).map_or(0, |what| what.len()),
        name: Untrusted::new(name.to_string_lossy()),
        path,
    }
}

fn kind_of(kind: Option<FileType>, path: &Path) -> EntryKind {
    let named = |extension: &str| {
        ["png", "jpg", "jpeg", "jpe", "jfif", "gif", "webp", "bmp", "tif", "tiff"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    match kind {
        Some(kind) if kind.is_dir() => EntryKind::Folder,
        Some(kind) if kind.is_file() && path.extension().and_then(|e| e.to_str()).is_some_and(named) => {
            EntryKind::Picture
        }
        Some(_) | None => EntryKind::Other,
    }
}

/// Compares as a person sorts: case does not count, and a number counts by its value, however many digits it has.
fn natural(a: &str, b: &str) -> Ordering {
    let (a_low, b_low) = (a.to_lowercase(), b.to_lowercase());
    let (mut left, mut right) = (a_low.chars().peekable(), b_low.chars().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (number(&mut left), number(&mut right));
                x.len().cmp(&y.len()).then_with(|| x.cmp(&y))
            }
            (Some(_), Some(_)) => left.next().cmp(&right.next()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits that come next, without leading zeros: of two such texts the longer one is the larger number.
fn number(chars: &mut Peekable<Chars>) -> String {
    let mut digits = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        if !(digits.is_empty() && digit == '0') {
            digits.push(digit);
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sorted_by_value_and_case_does_not_count() {
        let mut names = ["photo 10", "Photo 9", "älter", "photo 009b", "b", "A", "2", "10", "photo 9"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["2", "10", "A", "b", "Photo 9", "photo 9", "photo 009b", "photo 10", "älter"]);
    }

    #[test]
    fn a_folder_with_more_than_fits_says_so() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..4 {
            fs::write(folder.path().join(format!("{n}.png")), "").unwrap();
        }
        let all = list_up_to(folder.path(), false, 4).unwrap();
        assert_eq!((all.entries.len(), all.cut), (4, false));
        let some = list_up_to(folder.path(), false, 3).unwrap();
        assert_eq!((some.entries.len(), some.cut), (3, true));
    }
}

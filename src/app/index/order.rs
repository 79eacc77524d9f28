//! Everyone in the order of a column, kept while the people change.
//!
//! Sorting a hundred thousand takes longer than a frame; putting a page of five hundred into its places does not. So the order is made
//! once for a column, and who is new or changed is merged into it.

use std::cmp::Ordering;

use crate::app::index::{Index, Row, row_of};

/// What the list is sorted by. Texts are compared folded ([`crate::app::index::fold`]), unset ones last; equals by full name, then as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// As the service listed them.
    #[default]
    AsRead,
    /// By the name that signs in.
    Username,
    /// By given name, then family name.
    Name,
    /// By family name, then given name.
    Surname,
    /// By address.
    Email,
}

/// The people of an index in one order.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    sort: Sort,
    rows: Vec<Row>,
}

impl Order {
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn sort(&self) -> Sort {
        self.sort
    }

    /// Sorts everyone.
    pub(super) fn make(&mut self, index: &Index, sort: Sort) {
        self.sort = sort;
        self.rows.clear();
        self.rows.extend(index.living_rows());
        self.rows.shrink_to_fit();
        sort_rows(index, sort, &mut self.rows);
    }

    /// Follows the index: rows that changed, and those from a number on that are new.
    pub(super) fn follow(&mut self, index: &Index, changed: &[Row], from: usize) {
        let mut moved: Vec<Row> = changed.iter().copied().filter(|row| row.number() < from).collect();
        moved.sort_unstable();
        moved.dedup();
        if (index.rows() - from + moved.len()) * 4 > self.rows.len() {
            return self.make(index, self.sort);
        }
        if !moved.is_empty() {
            self.rows.retain(|row| moved.binary_search(row).is_err());
        }
        moved.extend((from..index.rows()).map(row_of));
        moved.retain(|row| index.is_living(*row));
        sort_rows(index, self.sort, &mut moved);
        self.merge(index, &moved);
    }

    /// Puts sorted rows into their places, from the end so that each row moves once.
    fn merge(&mut self, index: &Index, fresh: &[Row]) {
        let mut end = self.rows.len();
        self.rows.extend_from_slice(fresh);
        for (before, row) in fresh.iter().enumerate().rev() {
            let place = self.rows[..end].partition_point(|one| compare(index, self.sort, *one, *row).is_lt());
            self.rows.copy_within(place..end, place + before + 1);
            self.rows[place + before] = *row;
            end = place;
        }
    }
}

/// How many bytes of a text are compared as numbers at most. Names that are alike for longer are compared as they are.
const AS_NUMBERS: usize = 64;

fn sort_rows(index: &Index, sort: Sort, rows: &mut [Row]) {
    if sort == Sort::AsRead {
        rows.sort_unstable();
    } else {
        sort_from(index, sort, rows, 0);
    }
}

/// Sorts rows whose texts are alike up to a byte: eight bytes at a time as numbers that lie side by side, where comparing texts would go
/// to the arena for each pair.
fn sort_from(index: &Index, sort: Sort, rows: &mut [Row], from: usize) {
    if rows.len() < 16 || from == AS_NUMBERS {
        return rows.sort_unstable_by(|one, other| compare(index, sort, *one, *other));
    }
    let mut heads: Vec<(u64, Row)> = rows.iter().map(|row| (head(key(index, sort, *row), from), *row)).collect();
    heads.sort_unstable();
    for (row, (_, sorted)) in rows.iter_mut().zip(&heads) {
        *row = *sorted;
    }
    let mut rest = rows;
    for alike in heads.chunk_by(|one, other| one.0 == other.0) {
        let (these, others) = rest.split_at_mut(alike.len());
        let has_ended = alike[0].0 == UNSET || alike[0].0.trailing_zeros() >= 8;
        match (has_ended, sort) {
            // The rows themselves were sorted along with the numbers.
            (true, Sort::Name | Sort::AsRead) => {}
            (true, Sort::Username | Sort::Surname | Sort::Email) => sort_from(index, Sort::Name, these, 0),
            (false, _) => sort_from(index, sort, these, from + 8),
        }
        rest = others;
    }
}

/// Unset texts come last: no UTF-8 begins like this.
const UNSET: u64 = u64::MAX;

/// Eight bytes as a number that sorts like them; 0 bytes, which no folded text has, after its end.
fn head(key: [&[u8]; 2], from: usize) -> u64 {
    if key[0].is_empty() && key[1].is_empty() {
        return UNSET;
    }
    let mut bytes = [0; 8];
    let first = key[0].get(from..).unwrap_or_default();
    let second = key[1].get(from.saturating_sub(key[0].len())..).unwrap_or_default();
    let length = first.len().min(8);
    bytes[..length].copy_from_slice(&first[..length]);
    let more = second.len().min(8 - length);
    bytes[length..length + more].copy_from_slice(&second[..more]);
    u64::from_be_bytes(bytes)
}

/// What a row is sorted by, in two pieces that belong together.
fn key(index: &Index, sort: Sort, row: Row) -> [&[u8]; 2] {
    let record = index.record(row);
    match sort {
        Sort::AsRead => [&[], &[]],
        Sort::Username => record.username(),
        Sort::Name => [record.full_name(), &[]],
        Sort::Surname => [record.surname(), &[]],
        Sort::Email => record.email(),
    }
}

fn compare(index: &Index, sort: Sort, one: Row, other: Row) -> Ordering {
    if sort == Sort::AsRead {
        return one.cmp(&other);
    }
    by_text(index, sort, one, other).then_with(|| by_text(index, Sort::Name, one, other)).then(one.cmp(&other))
}

fn by_text(index: &Index, sort: Sort, one: Row, other: Row) -> Ordering {
    let [a, b] = [one, other].map(|row| key(index, sort, row));
    let is_unset = |key: [&[u8]; 2]| key[0].is_empty() && key[1].is_empty();
    is_unset(a).cmp(&is_unset(b)).then_with(|| in_pieces(a, b))
}

/// Compares two texts that lie in two pieces each.
fn in_pieces(one: [&[u8]; 2], other: [&[u8]; 2]) -> Ordering {
    let both = one[0].len().min(other[0].len());
    let rest = || one[0][both..].iter().chain(one[1]).cmp(other[0][both..].iter().chain(other[1]));
    one[0][..both].cmp(&other[0][..both]).then_with(rest)
}

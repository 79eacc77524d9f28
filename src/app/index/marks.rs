//! People who are marked, by row: what is marked stays marked however the list is sorted, filtered or searched.
//!
//! One bit for each row of the index. A row is never given to somebody else, so a mark never moves to another person.

use crate::app::index::{Index, Row};

/// A set of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    words: Vec<u64>,
    count: usize,
}

impl Marks {
    /// How many are marked.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether this one is.
    pub fn contains(&self, row: Row) -> bool {
        self.words.get(row.number() / 64).is_some_and(|word| word & bit(row) != 0)
    }

    /// Marks, or takes the mark away.
    pub fn set(&mut self, row: Row, marked: bool) {
        if self.contains(row) == marked {
            return;
        }
        let word = row.number() / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] ^= bit(row);
        if marked {
            self.count += 1;
        } else {
            self.count -= 1;
        }
    }

    /// Marks who was not marked and the other way round; answers whether they are marked now.
    pub fn toggle(&mut self, row: Row) -> bool {
        let marked = !self.contains(row);
        self.set(row, marked);
        marked
    }

    /// Takes every mark away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The marked rows, as they were read.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let numbers = 0..self.words.len() * 64;
        numbers.map(|number| Row(u32::try_from(number).unwrap_or(u32::MAX))).filter(|row| self.contains(*row))
    }

    /// Forgets who is no longer in the index, so that the count is of people who are there.
    pub fn keep_present(&mut self, index: &Index) {
        let gone: Vec<Row> = self.rows().filter(|row| index.get(*row).is_none()).collect();
        for row in gone {
            self.set(row, false);
        }
    }
}

fn bit(row: Row) -> u64 {
    1 << (row.number() % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::listed::Listed;

    #[test]
    fn marks_count_each_person_once_and_come_in_the_order_of_reading() {
        let mut marks = Marks::default();
        for row in [700, 3, 64, 3] {
            marks.set(Row(row), true);
        }
        marks.set(Row(9999), false);
        assert_eq!(marks.len(), 3);
        assert_eq!(marks.rows().collect::<Vec<_>>(), [Row(3), Row(64), Row(700)]);
        assert!(!marks.toggle(Row(64)));
        assert!(!marks.contains(Row(64)) && marks.len() == 2);
    }

    #[test]
    fn who_is_gone_is_no_longer_marked() {
        let mut index = Index::default();
        let of = |name: &str| Listed { id: Some(name.into()), username: name.into(), ..Listed::default() };
        let rows = ["ada", "leo"].map(|name| index.add(&of(name)).row());
        let mut marks = Marks::default();
        for row in rows {
            marks.set(row, true);
        }
        index.remove("ada");
        marks.keep_present(&index);
        assert_eq!(marks.rows().collect::<Vec<_>>(), [rows[1]]);
        assert_eq!(marks.len(), 1);
    }
}

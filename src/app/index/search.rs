//! What somebody looks for, and who was found: in which order, letter by letter, page by page.
//!
//! A letter must be answered in the frame that it was typed in. So nothing is done twice: when the words only grew, only those who
//! fitted before are asked again; when a page of people arrives, only these are; and the order of a column is merged, not made again
//! ([`crate::app::index::order`]). Everyone's points are kept, one number a row, and the list is made from them by counting: best first,
//! and equals in the order of the column. There is no "first page exact, the rest roughly": counting a hundred thousand takes a fifth of
//! a millisecond, so every line is in its right place.
//!
//! A search belongs to one index. For another index begin with another search.

use crate::app::index::order::Order;
use crate::app::index::score::{NOT_FOUND, Scorer, Words};
use crate::app::index::shared::Traits;
use crate::app::index::{Index, Row, row_of};

pub use crate::app::index::order::Sort;

/// Who may be found at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only who can sign in, or only who cannot; someone of whom the service did not say it is neither.
    pub enabled: Option<bool>,
    /// Only who has a role.
    pub role: Option<Having>,
    /// Only this language, written exactly so; empty means those without one.
    pub language: Option<String>,
}

/// A role that a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Having {
    /// This role of this section.
    Role {
        /// The section's key.
        section: String,
        /// The role's key.
        role: String,
    },
    /// Any role of this section.
    AnyOf {
        /// The section's key.
        section: String,
    },
}

impl Filter {
    /// Whether everyone may be found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn lets_in(&self, traits: &Traits) -> bool {
        let role = self.role.as_ref().is_none_or(|having| match having {
            Having::Role { section, role } => traits.roles.get(section).is_some_and(|roles| roles.contains(role)),
            Having::AnyOf { section } => traits.roles.get(section).is_some_and(|roles| !roles.is_empty()),
        });
        role && self.enabled.is_none_or(|enabled| traits.enabled == Some(enabled))
            && self.language.as_ref().is_none_or(|language| traits.language == *language)
    }
}

/// What is looked for and who was found.
#[derive(Clone, Debug, Default)]
pub struct Search {
    words: Words,
    filter: Filter,
    order: Order,
    /// Points of every row that was looked at.
    scores: Vec<u16>,
    /// The index's clock when they were given.
    clock: usize,
    found: Vec<Row>,
    scorer: Scorer,
}

impl Search {
    /// Looks for people: every word of the query has to be in one of their texts, letters in order; an empty query finds everyone whom
    /// the filter lets in. Nothing in a query has a special meaning.
    pub fn set(&mut self, index: &Index, query: &str, filter: &Filter, sort: Sort) {
        let is_current = self.catch_up(index);
        if !is_current || sort != self.order.sort() {
            self.order.make(index, sort);
        }
        let words = Words::new(query);
        let same_filter = self.filter == *filter;
        if !(same_filter && words.is_same(&self.words)) {
            let only_found = same_filter && words.narrows(&self.words);
            self.words = words;
            self.filter.clone_from(filter);
            self.look_at(index, (0..index.rows()).map(row_of), only_found);
        }
        self.gather();
    }

    /// Follows the index after people were added, changed or removed: only these are looked at.
    pub fn extend(&mut self, index: &Index) {
        if !self.catch_up(index) {
            self.order.make(index, self.order.sort());
        }
        self.gather();
    }

    /// Who was found, best first; in the order of the column where nothing was typed and among equals.
    pub fn rows(&self) -> &[Row] {
        &self.found
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nobody was.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// On which line somebody stands now, so that a cursor can stay with them.
    pub fn line_of(&self, row: Row) -> Option<usize> {
        self.found.iter().position(|one| *one == row)
    }

    /// What is sorted by.
    pub fn sort(&self) -> Sort {
        self.order.sort()
    }

    /// Who may be found.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Bytes of memory that the search holds.
    pub fn bytes(&self) -> usize {
        let rows = self.found.capacity() + self.order.rows().len();
        rows * size_of::<Row>() + self.scores.capacity() * size_of::<u16>()
    }

    /// Looks at whoever was added or changed since the last time; false where that is not known and the order has to be made again.
    fn catch_up(&mut self, index: &Index) -> bool {
        let seen = self.scores.len();
        let changed = index.changed_since(self.clock).filter(|_| seen <= index.rows());
        self.clock = index.clock();
        self.scores.resize(index.rows(), NOT_FOUND);
        let Some(changed) = changed else {
            self.look_at(index, (0..index.rows()).map(row_of), false);
            return false;
        };
        if !changed.is_empty() || seen < index.rows() {
            self.order.follow(index, changed, seen);
            self.look_at(index, changed.iter().copied().chain((seen..index.rows()).map(row_of)), false);
        }
        true
    }

    /// Gives rows their points; only those that have some, where only they can have some.
    fn look_at(&mut self, index: &Index, rows: impl Iterator<Item = Row>, only_found: bool) {
        let filter = &self.filter;
        let lets_in: Vec<bool> = index.combinations().iter().map(|traits| filter.lets_in(traits)).collect();
        self.words.meet(index.domains.all());
        for row in rows {
            let score = &mut self.scores[row.number()];
            if only_found && *score == NOT_FOUND {
                continue;
            }
            let may = index.is_living(row) && lets_in[index.traits_of[row.number()] as usize];
            *score = if may { self.scorer.score(&self.words, index, row) } else { NOT_FOUND };
        }
    }

    /// Makes the list: places for each number of points, then everyone in the order of the column into their place.
    fn gather(&mut self) {
        let best = self.scores.iter().copied().max().unwrap_or(NOT_FOUND);
        let mut places = vec![0_usize; usize::from(best) + 1];
        self.scores.iter().for_each(|score| places[usize::from(*score)] += 1);
        places[usize::from(NOT_FOUND)] = 0;
        let mut before = 0;
        for place in places.iter_mut().rev() {
            before += std::mem::replace(place, before);
        }
        self.found.clear();
        self.found.resize(before, Row(0));
        for row in self.order.rows() {
            let score = self.scores[row.number()];
            if score != NOT_FOUND {
                let place = &mut places[usize::from(score)];
                self.found[*place] = *row;
                *place += 1;
            }
        }
    }
}

//! A row of the list of people, and how far the list has been read.
//!
//! Only what the list shows and finds. A person is read afresh before anything is done to them, so nothing else is kept; what must never
//! be kept (hash, picture path) is not even in [`Person`].

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::domain::fields::Field;
use crate::domain::person::Person;
use crate::domain::roles::Roles;

/// A user in the list. 100,000 of them have to fit into the memory of one session among many, so the texts have no room to grow and the
/// roles, of which a tenant has a few dozen combinations, are shared: see [`Pool`].
///
/// Every text is from outside, and an unset one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The service's id; absent where the reply had none.
    pub id: Option<Box<str>>,
    /// The name that signs in.
    pub username: Box<str>,
    /// The given name.
    pub name: Box<str>,
    /// The family name.
    pub surname: Box<str>,
    /// The e-mail address.
    pub email: Box<str>,
    /// The language's code.
    pub language: Arc<str>,
    /// Whether the person can sign in, where the reply said it.
    pub enabled: Option<bool>,
    /// Roles by section.
    pub roles: Arc<Roles>,
}

impl From<&Person> for Listed {
    fn from(person: &Person) -> Self {
        Pool::default().listed(person)
    }
}

/// What rows share: every combination of roles and every language once. One for each list.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    roles: HashSet<Arc<Roles>>,
    languages: HashSet<Arc<str>>,
}

impl Pool {
    /// The row of a person.
    pub fn listed(&mut self, person: &Person) -> Listed {
        let text = |field| person.texts.get(&field).map_or("", String::as_str);
        Listed {
            id: person.id.as_deref().map(Box::from),
            username: person.username.as_str().into(),
            name: text(Field::Name).into(),
            surname: text(Field::Surname).into(),
            email: text(Field::Email).into(),
            language: self.language(text(Field::Language)),
            enabled: person.enabled,
            roles: self.roles(&person.roles),
        }
    }

    /// The one holder of a language's code.
    pub fn language(&mut self, code: &str) -> Arc<str> {
        if let Some(known) = self.languages.get(code) {
            return Arc::clone(known);
        }
        let new = Arc::from(code);
        self.languages.insert(Arc::clone(&new));
        new
    }

    /// The one holder of a combination of roles.
    pub fn roles(&mut self, roles: &Roles) -> Arc<Roles> {
        if let Some(known) = self.roles.get(roles) {
            return Arc::clone(known);
        }
        let new = Arc::new(roles.clone());
        self.roles.insert(Arc::clone(&new));
        new
    }
}

/// How far the list of all users was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// To its end.
    Complete,
    /// Up to this start index, where reading can go on.
    UpTo(u32),
}

/// Why no more pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The service had no more.
    Complete,
    /// The service sends the same people again and again.
    Repeats,
    /// More people than the list takes, which is also how a list without an end looks; with how many were taken.
    TooMany(usize),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("everybody was read"),
            Self::Repeats => f.write_str(
                "the service sent the same people again, so reading stopped: the list may lack people; open them by username",
            ),
            Self::TooMany(most) => write!(
                f,
                "the service's list had no end after {most} people, so reading stopped: the list may lack people; open them by username"
            ),
        }
    }
}

/// When and how far a list that was kept had been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When reading it ended or was stopped, in seconds since 1970 (UTC).
    pub read_at: i64,
    /// How far it was read.
    pub progress: Progress,
}

/// The list of people as it is kept between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCopy {
    /// When reading it ended or was stopped, in seconds since 1970 (UTC).
    pub read_at: i64,
    /// How far it was read.
    pub progress: Progress,
    /// The people, in the order of the service.
    pub people: Vec<Listed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marta() -> Person {
        let texts = [(Field::Name, "Marta"), (Field::Language, "es"), (Field::AboutMe, "two cats")];
        Person {
            id: Some("ff80".into()),
            username: "marta.lopez".into(),
            texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
            enabled: Some(false),
            roles: [("training".to_owned(), ["user".to_owned()].into())].into(),
            has_picture: true,
            ..Person::default()
        }
    }

    #[test]
    fn a_row_has_what_the_list_shows_and_nothing_else() {
        let row = Listed::from(&marta());
        assert_eq!((row.id.as_deref(), &*row.username, &*row.name), (Some("ff80"), "marta.lopez", "Marta"));
        assert_eq!((&*row.surname, &*row.language, row.enabled), ("", "es", Some(false)));
        assert_eq!(*row.roles, marta().roles);
        assert!(!format!("{row:?}").contains("cats"));
    }

    #[test]
    fn people_with_the_same_roles_and_language_share_them() {
        let mut pool = Pool::default();
        let (one, two) = (pool.listed(&marta()), pool.listed(&marta()));
        assert!(Arc::ptr_eq(&one.roles, &two.roles) && Arc::ptr_eq(&one.language, &two.language));
        let other = pool.listed(&Person { roles: Roles::new(), ..marta() });
        assert!(!Arc::ptr_eq(&one.roles, &other.roles));
    }
}

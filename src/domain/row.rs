//! A person of a file: what one line says shall be, before anybody was asked what is.
//!
//! Reading the line is [`crate::codec::sheet`]'s, comparing it with the service's person is [`crate::domain::plan`]'s.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::draft::{Draft, Entry, Subject};
use crate::domain::field::{Kind, Revision};
use crate::domain::fields::Field;
use crate::domain::pairs::{self, Pairs};
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::roles::{Catalogue, RoleGrid, Roles};
use crate::domain::secret::Secret;
use crate::domain::untrusted::is_hidden;

/// One line of a file of people. What is not in it was left empty, and stays as it is on the server.
#[derive(Default)]
pub struct Row {
    /// The line of the file on which it begins, counted from 1.
    pub line: u64,
    /// The service's id, to find the person by; never sent.
    pub id: Option<String>,
    /// What shall stand in the fields, as written; roles and picture stand apart.
    pub entries: BTreeMap<Field, Entry>,
    /// The sections that are named, each with its whole wanted list.
    pub roles: Roles,
    /// Keys of the tenant's own fields that have a column of their own; nothing for a key that shall have no value. The others stay as they
    /// are.
    pub extended: BTreeMap<String, Option<String>>,
    /// The picture.
    pub image: Option<ImageSource>,
}

/// Where the picture of a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageSource {
    /// A URL that the platform fetches.
    Url(String),
    /// A file below the folder of the file of people, with `/` between the parts. Whoever opens it has to see to it that no link leads
    /// out of that folder: here is only looked at the words.
    File(String),
    /// In the line itself, as base64.
    Inline(String),
}

/// What a column of a file is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The service's id.
    Id,
    /// A field.
    Field(Field),
    /// The roles of the section of this key.
    Roles(String),
    /// One of the tenant's own fields.
    Extended(String),
}

impl Column {
    /// Whether two columns say something of the same: a tenant's own field stands alone, or with all of them in one.
    pub fn clashes(&self, other: &Self) -> bool {
        let whole = |one: &Self| *one == Self::Field(Field::ExtendedFields);
        let part = |one: &Self| matches!(one, Self::Extended(_));
        self == other || whole(self) && part(other) || part(self) && whole(other)
    }
}

/// What a line needs beside itself to become a request.
#[derive(Default)]
pub struct Supply {
    /// The picture, where the line names a file.
    pub photo: Option<Photo>,
    /// A password that was made for somebody new whose line has none.
    pub password: Option<Secret>,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id => f.write_str("id"),
            Self::Field(field) => f.write_str(field.spec().key),
            Self::Roles(section) => write!(f, "{}.{section}", Field::Roles.spec().key),
            Self::Extended(key) => write!(f, "{}.{key}", Field::ExtendedFields.spec().key),
        }
    }
}

/// The password is not in it.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Row");
        out.field("line", &self.line).field("id", &self.id);
        for (field, entry) in &self.entries {
            match entry {
                Entry::Text(text) => out.field(field.spec().key, text),
                Entry::Secret(_) => out.field(field.spec().key, &"Secret"),
                Entry::Switch(on) => out.field(field.spec().key, on),
                Entry::Cleared => out.field(field.spec().key, &"Cleared"),
            };
        }
        out.field("roles", &self.roles).field("extended", &self.extended).field("image", &self.image).finish()
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
            && self.id == other.id
            && self.entries == other.entries
            && self.roles == other.roles
            && self.extended == other.extended
            && self.image == other.image
    }
}

impl ImageSource {
    /// Reads a URL, or the way to a file below the folder of the file of people.
    ///
    /// # Errors
    /// A way that leads elsewhere, or that nobody can see, in words that follow the name of the column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("://") || text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
            return Ok(Self::Url(text.to_owned()));
        }
        // People of Windows write the other slash.
        let path = text.replace('\\', "/");
        if path.starts_with('/') || path.get(1..2) == Some(":") {
            return Err("has to be the way to a file below the folder of this file, not from the top of a disk".into());
        }
        if path.split('/').any(|part| part == "..") {
            return Err("must not lead out of the folder of this file with ..".into());
        }
        if path.chars().any(is_hidden) {
            return Err("has a hidden character".into());
        }
        if path.split('/').any(|part| part.trim().is_empty()) {
            return Err("is not the way to a file".into());
        }
        Ok(Self::File(path))
    }
}

impl Row {
    /// The text of a field without the blanks at its ends; empty where there is none.
    pub fn text(&self, field: Field) -> &str {
        match self.entries.get(&field) {
            Some(Entry::Text(text)) => text.trim(),
            Some(Entry::Secret(_) | Entry::Switch(_) | Entry::Cleared) | None => "",
        }
    }

    /// Whether the line says something of a field.
    pub fn has(&self, field: Field) -> bool {
        (field == Field::Image && self.image.is_some())
            || (field == Field::Roles && !self.roles.is_empty())
            || (field == Field::ExtendedFields && !self.extended.is_empty())
            || self.entries.contains_key(&field)
    }

    /// All of the tenant's own fields as they shall be: the service is sent all of them at once.
    fn pairs(&self, person: Option<&Person>) -> Pairs {
        let mut pairs = person.map(|person| person.pairs.clone()).unwrap_or_default();
        for (key, value) in &self.extended {
            match pairs.iter_mut().find(|(known, _)| known == key) {
                Some((_, there)) => there.clone_from(value),
                None => pairs.push((key.clone(), value.clone())),
            }
        }
        pairs
    }

    /// Why single keys of somebody's own fields cannot be set: the others, which go with them, could not be sent as they are.
    pub fn cannot_extend(&self, person: &Person) -> Option<&'static str> {
        let pairs = self.pairs(Some(person));
        let is_kept = pairs::parse(&pairs::lines(&pairs)).as_ref() == Ok(&pairs);
        (!self.extended.is_empty() && !is_kept)
            .then_some("the person has extended fields that cannot be sent back as they are: set them on the screen")
    }

    /// The line as if it had been typed for this subject.
    pub fn draft(&self, subject: Subject, revision: Revision, catalogue: &Catalogue, supply: Supply) -> Draft {
        let person = subject.person();
        let mut roles = RoleGrid::new(person.map(|person| person.roles.clone()).unwrap_or_default());
        for (key, wanted) in &self.roles {
            if let Some(section) = catalogue.section(key) {
                roles.want(section, wanted);
            }
        }
        let settled = |(field, entry): (&Field, &Entry)| Some((*field, settled(*field, entry, person)?));
        let mut entries: BTreeMap<Field, Entry> = self.entries.iter().filter_map(settled).collect();
        if !self.extended.is_empty() {
            let text = pairs::lines(&self.pairs(person));
            entries.insert(Field::ExtendedFields, Entry::Text(text));
        }
        if let Some(password) = supply.password {
            entries.entry(Field::Password).or_insert(Entry::Secret(password));
        }
        let photo = match &self.image {
            Some(ImageSource::Url(url)) => Some(Photo::Url(url.clone())),
            Some(ImageSource::File(_) | ImageSource::Inline(_)) => supply.photo,
            None => None,
        };
        Draft { revision, subject, entries, photo, roles }
    }
}

/// What an entry comes to for somebody. Blanks at the ends of a name or a number are a slip of the hand and go, unless the service has the
/// value with exactly these: then nothing is changed. What is empty there need not be emptied.
fn settled(field: Field, entry: &Entry, person: Option<&Person>) -> Option<Entry> {
    match entry {
        Entry::Text(text) => {
            let is_so = person.is_some_and(|person| person.text(field) == *text);
            let text = if is_so || keeps_blanks(field) { text } else { text.trim() };
            Some(Entry::Text(text.to_owned()))
        }
        Entry::Secret(secret) => Some(Entry::Secret(secret.duplicate())),
        Entry::Switch(on) => Some(Entry::Switch(*on)),
        Entry::Cleared => person.is_some_and(|person| !person.text(field).is_empty()).then_some(Entry::Cleared),
    }
}

fn keeps_blanks(field: Field) -> bool {
    match field.spec().kind {
        Kind::Multiline | Kind::Pairs | Kind::Object | Kind::Password => true,
        Kind::Username | Kind::Text | Kind::Email | Kind::Phone | Kind::Language | Kind::Timezone => false,
        Kind::Switch | Kind::Photo | Kind::Roles => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entries: &[(Field, &str)]) -> Row {
        let entries = entries.iter().map(|(field, text)| (*field, Entry::Text((*text).to_owned()))).collect();
        Row { line: 2, entries, ..Row::default() }
    }

    #[test]
    fn a_picture_is_a_url_or_a_file_below_the_folder() {
        let file = |way: &str| Ok(ImageSource::File(way.to_owned()));
        assert_eq!(ImageSource::parse(" fotos\\marta.png "), file("fotos/marta.png"));
        assert_eq!(ImageSource::parse("fotos/año 1..2/m.png"), file("fotos/año 1..2/m.png"));
        assert!(matches!(ImageSource::parse("https://acme.example/m.png"), Ok(ImageSource::Url(_))));
        for bad in
            ["/etc/passwd", "\\\\host\\share", "C:\\m.png", "c:m.png", "../m.png", "a/../../m.png", "a\\..\\m.png"]
        {
            assert!(ImageSource::parse(bad).is_err(), "{bad}");
        }
        for bad in ["fotos/", "a//b.png", "a\u{202e}gnp.b", "a\0b", "a/ /b"] {
            assert!(ImageSource::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn blanks_at_the_ends_go_unless_the_service_has_them() {
        let mut person = Person { username: "marta".into(), ..Person::default() };
        person.texts.insert(Field::Surname, "López ".into());
        let draft = |text| {
            let subject = Subject::Known(Box::new(person.clone()));
            row(&[(Field::Surname, text)]).draft(subject, Revision::Original, &Catalogue::default(), Supply::default())
        };
        let sent = |text| draft(text).is_touched(Field::Surname, &Catalogue::default());
        assert!(!sent("López "), "exactly as it is there");
        assert!(sent("López"));
        let entry = draft(" Lope ").entries.remove(&Field::Surname);
        assert!(entry == Some(Entry::Text("Lope".into())));
    }

    #[test]
    fn a_key_of_the_extended_fields_leaves_the_others_as_they_are() {
        let value = |text: &str| Some(text.to_owned());
        let person = Person {
            username: "marta".into(),
            pairs: vec![("SEXO".into(), value("F")), ("NIF".into(), value("1")), ("Campo".into(), None)],
            ..Person::default()
        };
        let extended = |pairs: &[(&str, Option<&str>)]| Row {
            extended: pairs.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect(),
            ..Row::default()
        };
        let draft = |row: &Row| {
            let subject = Subject::Known(Box::new(person.clone()));
            row.draft(subject, Revision::Y2023, &Catalogue::default(), Supply::default())
        };
        let set = extended(&[("NIF", Some("2")), ("New", Some("x")), ("SEXO", None)]);
        let text = draft(&set).entries.remove(&Field::ExtendedFields);
        assert!(text == Some(Entry::Text("SEXO\nNIF = 2\nCampo\nNew = x".into())));
        let same = draft(&extended(&[("NIF", Some("1"))]));
        assert!(!same.is_touched(Field::ExtendedFields, &Catalogue::default()), "it is so already");
        assert_eq!(set.cannot_extend(&person), None);
        let odd = Person { pairs: vec![("a".into(), value("two\nlines"))], ..person.clone() };
        assert!(set.cannot_extend(&odd).is_some() && Row::default().cannot_extend(&odd).is_none());
    }

    #[test]
    fn what_is_empty_there_is_not_emptied_again() {
        let mut row = row(&[]);
        row.entries.insert(Field::Location, Entry::Cleared);
        let draft = |person: Person| {
            let subject = Subject::Known(Box::new(person));
            row.draft(subject, Revision::Original, &Catalogue::default(), Supply::default())
        };
        assert!(!draft(Person::default()).is_touched(Field::Location, &Catalogue::default()));
        let set = Person { texts: [(Field::Location, "Vigo".to_owned())].into(), ..Person::default() };
        assert!(draft(set).is_touched(Field::Location, &Catalogue::default()));
    }

    #[test]
    fn a_password_is_not_in_what_is_printed() {
        let mut row = row(&[(Field::Name, "Marta")]);
        row.entries.insert(Field::Password, Entry::Secret(Secret::new("CANARY".into())));
        let text = format!("{row:?}");
        assert!(text.contains("Marta") && text.contains("password: \"Secret\"") && !text.contains("CANARY"), "{text}");
    }
}

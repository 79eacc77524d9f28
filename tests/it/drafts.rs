//! Requests to send: typed by hand into real drafts, because nothing else makes a request.

use netex_users::domain::draft::{Draft, Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::photo::{MediaType, Photo, Picture, Thumb};
use netex_users::domain::request::Request;
use netex_users::domain::roles::{Catalogue, Role, RoleGrid, Section};
use netex_users::domain::secret::Secret;

/// The smallest GIF there is: one white dot.
pub const GIF: [u8; 42] =
    *b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

/// The sections and roles of the first pages (api.md 4.4), with what 2019 asks for where it is said.
pub fn catalogue(needs_management: bool) -> Catalogue {
    let section = |key: &str, roles: &[&str]| Section {
        key: key.into(),
        label: key.into(),
        roles: roles
            .iter()
            .map(|key| Role { key: (*key).into(), label: (*key).into(), help: String::new(), grave: false })
            .collect(),
        needs_one: needs_management && key == "management",
    };
    Catalogue::new(vec![
        section("management", &["user", "admin"]),
        section("training", &["user", "trainer", "admin"]),
        section("social", &["user", "admin"]),
        section("play", &["user", "admin"]),
    ])
}

/// A draft that is being typed.
pub struct Typing {
    draft: Draft,
    catalogue: Catalogue,
}

impl Typing {
    pub fn new(revision: Revision, subject: Subject) -> Self {
        let roles = RoleGrid::new(subject.person().map(|person| person.roles.clone()).unwrap_or_default());
        let draft = Draft { revision, subject, entries: [].into(), photo: None, roles };
        Self { draft, catalogue: catalogue(revision != Revision::Original) }
    }

    pub fn text(mut self, field: Field, text: &str) -> Self {
        self.draft.entries.insert(field, Entry::Text(text.into()));
        self
    }

    pub fn entry(mut self, field: Field, entry: Entry) -> Self {
        self.draft.entries.insert(field, entry);
        self
    }

    pub fn password(self, text: &str) -> Self {
        self.entry(Field::Password, Entry::Secret(Secret::new(text.into())))
    }

    pub fn toggle(mut self, section: &str, role: &str) -> Self {
        let section = self.catalogue.section(section).expect("a section");
        assert!(self.draft.roles.toggle(section, role), "{role}");
        self
    }

    pub fn photo(mut self, photo: Photo) -> Self {
        self.draft.photo = Some(photo);
        self
    }

    pub fn request(self) -> Request {
        self.draft.check(&self.catalogue).expect("a complete draft")
    }
}

/// A picture of these bytes.
pub fn picture(bytes: &[u8]) -> Photo {
    Photo::Picture(Picture {
        name: "marta.gif".into(),
        bytes: bytes.into(),
        media_type: MediaType::Gif,
        width: 1,
        height: 1,
        notes: vec![],
        thumb: Thumb::default(),
    })
}

/// What every create has.
pub fn create(username: &str, name: &str, surname: &str, email: &str) -> Typing {
    Typing::new(Revision::Original, Subject::New)
        .text(Field::Username, username)
        .text(Field::Name, name)
        .text(Field::Surname, surname)
        .text(Field::Email, email)
}

/// A create with every field of the first pages.
pub fn every_field() -> Request {
    create("marta.lopez", "Marta", "López Ñandú", "marta.lopez@acme.example")
        .password("Xq7-tilo verde")
        .text(Field::Language, "es")
        .text(Field::Timezone, "Europe/Paris")
        .text(Field::OfficePhone, "+34 981 000 000")
        .text(Field::MobilePhone, "+34 600 000 000")
        .text(Field::Location, "A Coruña")
        .text(Field::Interests, "History, \"old\" maps")
        .text(Field::AboutMe, "I have been with Acme since 2011.\nTwo cats.")
        .entry(Field::Enabled, Entry::Switch(true))
        .photo(picture(&GIF))
        .toggle("management", "user")
        .toggle("training", "trainer")
        .toggle("training", "user")
        .toggle("social", "user")
        .toggle("play", "admin")
        .toggle("play", "user")
        .request()
}

//! A user as the service told it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::pairs::{self, Pairs};
use crate::domain::roles::Roles;

/// A user as read. What must never be kept or sent back is not here at all: the password hash, the path of the picture on the server, the
/// common id and `extra` are dropped where the reply is parsed (api.md 7, row 15).
///
/// Every text is from outside: it is compared and sent back as it came, and shown only through [`crate::domain::untrusted::visible`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The service's id; absent where a reply had none.
    pub id: Option<String>,
    /// The name that signs in.
    pub username: String,
    /// The texts that are set, by field; `null` and absent are not in it.
    pub texts: BTreeMap<Field, String>,
    /// Whether the person can sign in, where the reply said it.
    pub enabled: Option<bool>,
    /// Roles by section.
    pub roles: Roles,
    /// The tenant's own fields, in the order of the reply.
    pub pairs: Pairs,
    /// Whether the service has a picture of the person.
    pub has_picture: bool,
}

impl Person {
    /// What the form's editor starts with: empty where nothing is set.
    pub fn text(&self, field: Field) -> String {
        self.ground(field).into_owned()
    }

    /// The same without a copy where there is one text to borrow: it is compared for every key.
    pub fn ground(&self, field: Field) -> Cow<'_, str> {
        match field.spec().kind {
            Kind::Username => Cow::Borrowed(&self.username),
            Kind::Pairs => Cow::Owned(pairs::lines(&self.pairs)),
            Kind::Text | Kind::Multiline | Kind::Email | Kind::Phone | Kind::Language | Kind::Timezone => {
                Cow::Borrowed(self.texts.get(&field).map_or("", String::as_str))
            }
            Kind::Password | Kind::Switch | Kind::Object | Kind::Photo | Kind::Roles => Cow::Borrowed(""),
        }
    }

    /// Given and family name, or the username where the service has neither.
    pub fn full_name(&self) -> String {
        let parts = [Field::Name, Field::Surname].map(|field| self.text(field));
        let name = parts.join(" ");
        if name.trim().is_empty() { self.username.clone() } else { name.trim().to_owned() }
    }
}

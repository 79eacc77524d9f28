//! One change for many people: what each of them would become.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::deed::Deed;
use crate::domain::draft::{Draft, Entry, Refusal, Subject};
use crate::domain::field::Revision;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::listed::Listed;
use crate::domain::order::{DeedOrder, Order};
use crate::domain::person::Person;
use crate::domain::roles::{Catalogue, RoleGrid, Roles};

/// What is wished for everybody who was marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// Let them sign in again.
    Enable,
    /// Keep them from signing in.
    Disable,
    /// Give a role.
    Give {
        /// The section's key.
        section: String,
        /// The role's key.
        role: String,
    },
    /// Take a role.
    Take {
        /// The section's key.
        section: String,
        /// The role's key.
        role: String,
    },
    /// Set the language or the time zone.
    Set {
        /// Which of the two.
        field: Field,
        /// The new value.
        value: String,
    },
}

/// A bulk change with what is needed to work it out for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The change.
    pub bulk: Bulk,
    /// The tenant's revision.
    pub revision: Revision,
    /// The sections and roles of an update.
    pub catalogue: Catalogue,
}

/// The bands of the vendor's own import, in people: below the first little risk, above the last a very high one of being interrupted (api.md 6).
pub const BANDS: [usize; 3] = [1000, 2000, 3000];

/// Whether a role administers something: losing it is harm, in whatever section.
pub fn is_administrator(role: &str) -> bool {
    role.ends_with("admin")
}

impl Bulk {
    /// What is done, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Enable => "enable".to_owned(),
            Self::Disable => "disable".to_owned(),
            Self::Give { section, role } => format!("make {role} in {section}"),
            Self::Take { section, role } => format!("take {role} in {section} away"),
            Self::Set { field, value } => format!("set {} to {value}", field.spec().label.to_lowercase()),
        }
    }

    /// Whether it takes something away that hurts: the sign-in, or an administrator's role. A set number of these stops a batch.
    pub fn is_harm(&self) -> bool {
        match self {
            Self::Disable => true,
            Self::Take { role, .. } => is_administrator(role),
            Self::Enable | Self::Give { .. } | Self::Set { .. } => false,
        }
    }

    /// What a person has now and would have, in words; nothing where it would change nothing. The texts are what a list knows of somebody; where it
    /// does not know, the new value stands alone.
    pub fn change(&self, enabled: Option<bool>, roles: &Roles, language: Option<&str>) -> Option<(String, String)> {
        let yes = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
        let has = |section: &str, role: &str| roles.get(section).is_some_and(|roles| roles.contains(role));
        let list = |section: &str| roles.get(section).map(|roles| roles.iter().cloned().collect::<Vec<_>>().join(", "));
        match self {
            Self::Enable if enabled == Some(true) => None,
            Self::Disable if enabled == Some(false) => None,
            Self::Enable => Some((enabled.map_or_else(String::new, yes), yes(true))),
            Self::Disable => Some((enabled.map_or_else(String::new, yes), yes(false))),
            Self::Give { section, role } if has(section, role) => None,
            Self::Take { section, role } if !has(section, role) => None,
            Self::Give { section, role } => Some((list(section).unwrap_or_default(), format!("+{role}"))),
            Self::Take { section, role } => Some((list(section).unwrap_or_default(), format!("-{role}"))),
            Self::Set { field: Field::Language, value } if language == Some(value.as_str()) => None,
            Self::Set { field: Field::Language, value } => {
                Some((language.unwrap_or_default().to_owned(), value.clone()))
            }
            Self::Set { value, .. } => Some((String::new(), value.clone())),
        }
    }

    /// What has to be sent for a person who was just read; nothing where they are so already.
    ///
    /// # Errors
    /// What stands against it, in words: a revision that wants more than the person has, say.
    pub fn order(&self, person: &Person, revision: Revision, catalogue: &Catalogue) -> Result<Option<Order>, String> {
        let language = person.text(Field::Language);
        if self.change(person.enabled, &person.roles, Some(&language)).is_none() {
            return Ok(None);
        }
        let deed = match self {
            Self::Enable => Some(Deed::Activate),
            Self::Disable => Some(Deed::Deactivate { message: None }),
            Self::Give { .. } | Self::Take { .. } | Self::Set { .. } => None,
        };
        if let Some(deed) = deed {
            let key =
                UserKey::parse(person.id.as_deref().unwrap_or(&person.username)).map_err(|fault| fault.to_string())?;
            let order = DeedOrder { key, username: person.username.clone(), deed };
            return Ok(Some(Order::Deed(Arc::new(order))));
        }
        match self.draft(person, revision, catalogue).check(catalogue) {
            Ok(request) => Ok(Some(Order::Change(Arc::new(request)))),
            Err(Refusal::Nothing) => Ok(None),
            Err(Refusal::Faults(faults)) => {
                let words =
                    |fault: &crate::domain::draft::Fault| format!("{} {}", fault.field.spec().label, fault.words);
                Err(faults.iter().map(words).collect::<Vec<_>>().join("; "))
            }
        }
    }

    /// What the list shows of somebody once the change is done everywhere.
    pub fn done(&self, listed: &Listed) -> Listed {
        let mut listed = listed.clone();
        let mut roles = Roles::clone(&listed.roles);
        match self {
            Self::Enable => listed.enabled = Some(true),
            Self::Disable => listed.enabled = Some(false),
            Self::Give { section, role } => {
                roles.entry(section.clone()).or_default().insert(role.clone());
            }
            Self::Take { section, role } => {
                if let Some(roles) = roles.get_mut(section) {
                    roles.remove(role);
                }
            }
            Self::Set { field: Field::Language, value } => listed.language = value.as_str().into(),
            Self::Set { .. } => {}
        }
        listed.roles = Arc::new(roles);
        listed
    }

    fn draft(&self, person: &Person, revision: Revision, catalogue: &Catalogue) -> Draft {
        let mut roles = RoleGrid::new(person.roles.clone());
        let mut entries = BTreeMap::new();
        match self {
            Self::Give { section, role } | Self::Take { section, role } => {
                if let Some(section) = catalogue.section(section) {
                    roles.toggle(section, role);
                }
            }
            Self::Set { field, value } => {
                entries.insert(*field, Entry::Text(value.clone()));
            }
            Self::Enable | Self::Disable => {}
        }
        Draft { revision, subject: Subject::Known(Box::new(person.clone())), entries, photo: None, roles }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::patch::Value;
    use crate::domain::roles::{Role, Section};

    fn catalogue() -> Catalogue {
        let role = |key: &str| Role { key: key.into(), label: key.into(), help: String::new(), grave: key == "admin" };
        let section = Section {
            key: "training".into(),
            label: "training".into(),
            roles: vec![role("user"), role("trainer"), role("admin")],
            needs_one: false,
        };
        Catalogue::new(vec![section])
    }

    fn marta() -> Person {
        Person {
            id: Some("ff808181556ee70e015572136a250012".into()),
            username: "marta.lopez".into(),
            enabled: Some(true),
            roles: [("training".to_owned(), ["user".to_owned()].into())].into(),
            ..Person::default()
        }
    }

    fn order(bulk: &Bulk) -> Option<Order> {
        bulk.order(&marta(), Revision::Original, &catalogue()).unwrap()
    }

    #[test]
    fn who_is_so_already_is_left_alone() {
        let user = || "user".to_owned();
        assert_eq!(order(&Bulk::Enable), None);
        assert_eq!(order(&Bulk::Give { section: "training".into(), role: user() }), None);
        assert_eq!(order(&Bulk::Take { section: "training".into(), role: "admin".into() }), None);
    }

    #[test]
    fn a_role_is_sent_as_the_whole_list_of_its_section_and_nothing_else() {
        let bulk = Bulk::Give { section: "training".into(), role: "trainer".into() };
        let Some(Order::Change(request)) = order(&bulk) else {
            panic!("an update");
        };
        assert_eq!(request.lines().len(), 1);
        assert!(matches!(&request.lines()[0].value, Value::Roles(changes) if changes[0].wanted == ["user", "trainer"]));
    }

    #[test]
    fn the_sign_in_is_a_deed_by_id() {
        let Some(Order::Deed(deed)) = order(&Bulk::Disable) else {
            panic!("a deed");
        };
        assert!(deed.key.is_id());
        assert_eq!(deed.deed, Deed::Deactivate { message: None });
        assert!(Bulk::Disable.is_harm() && !Bulk::Enable.is_harm());
    }

    #[test]
    fn a_role_that_the_section_does_not_have_is_nothing() {
        assert_eq!(order(&Bulk::Give { section: "training".into(), role: "pilot".into() }), None);
    }
}

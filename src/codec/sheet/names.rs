//! What a header says a column is about.
//!
//! A column may be called as the API spells its field, or by the field's name in English or Spanish, in large or small letters, with or
//! without accents, blanks and hyphens; the roles of a section as `roles.training`. Columns of our own reports, and whatever stands in
//! parentheses, are for people and are not read.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::field::FieldSpec;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::nearest::nearest;
use crate::domain::plan::Terms;
use crate::domain::recipe::ascii;
use crate::domain::roles::{Catalogue, Section};
use crate::domain::row::Column;
use crate::domain::untrusted::visible;

/// The columns that a report of failed lines adds. A file that has them can be fed back as it is.
pub const REPORT: [&str; 4] = ["line", "verdict", "reason", "platforms"];

/// More than any name that somebody could have meant; a cell may hold anything.
const LONGEST: usize = 60;

/// What is made of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// It is read.
    Column(Column),
    /// It is not read.
    Ignored,
    /// It has no name, and so must have no content.
    Nameless,
}

/// What the names of columns mean under some terms, and what the caller says that they mean.
pub(super) struct Names<'a> {
    terms: &'a Terms,
    mapping: &'a [(String, String)],
}

impl<'a> Names<'a> {
    pub fn new(terms: &'a Terms, mapping: &'a [(String, String)]) -> Self {
        Self { terms, mapping }
    }

    /// What a column of this name is about, or why it cannot be told.
    pub fn target(&self, name: &str) -> Result<Target, String> {
        let mapped = self.mapping.iter().find(|(from, _)| is_same(from, name)).map(|(_, to)| to.trim());
        let name = mapped.unwrap_or(name).trim();
        if matches!(mapped, Some("" | "-")) {
            return Ok(Target::Ignored);
        }
        if name.is_empty() {
            return Ok(Target::Nameless);
        }
        let small = name.to_lowercase();
        if REPORT.contains(&small.as_str()) || (name.starts_with('(') && name.ends_with(')')) {
            return Ok(Target::Ignored);
        }
        if let Some((before, section)) = small.split_once('.').filter(|(before, _)| folded(before) == "roles") {
            return self.section(section).ok_or_else(|| {
                let keys: Vec<&str> = self.sections().map(|section| section.key.as_str()).collect();
                // As the column is written, so that it can be copied; what is hidden in it is shown.
                let named = |key: &str| format!("{}.{key}", visible(before));
                let meant = nearest(section.trim(), &keys).filter(|_| section.len() <= LONGEST);
                let meant = meant.map_or_else(String::new, |key| format!("; did you mean \"{}\"?", named(key)));
                let known = keys.into_iter().map(named).collect::<Vec<_>>().join(", ");
                format!("is no section of this tenant{meant}; there are {known}")
            });
        }
        if let Some((before, key)) = name.split_once('.')
            && field(&folded(before)) == Some(Field::ExtendedFields)
        {
            return extended(key.trim());
        }
        let folded = folded(name);
        if folded == "id" {
            return Ok(Target::Column(Column::Id));
        }
        match field(&folded) {
            Some(Field::Roles) => Err("give each section a column of its own, such as roles.training".to_owned()),
            Some(field) => Ok(Target::Column(Column::Field(field))),
            None => {
                let meant = meant(name, &known());
                Err(format!(
                    "is no field{meant}; say which it is with a mapping, or leave the column out with the mapping -"
                ))
            }
        }
    }

    /// The names of the mapping that no column has.
    pub fn unused<'b>(&self, names: &(impl Iterator<Item = &'b str> + Clone)) -> Vec<&'a str> {
        let is_there = |from: &str| names.clone().any(|name| is_same(from, name));
        self.mapping.iter().map(|(from, _)| from.as_str()).filter(|from| !is_there(from)).collect()
    }

    fn sections(&self) -> impl Iterator<Item = &'a Section> {
        // The catalogue of update knows every section that the one of create knows, where both are there.
        self.terms.catalogues().last().into_iter().flat_map(Catalogue::sections)
    }

    fn section(&self, word: &str) -> Option<Target> {
        let word = folded(word);
        let is_meant = |section: &&Section| [&section.key, &section.label].into_iter().any(|name| folded(name) == word);
        let all = self.terms.catalogues().flat_map(Catalogue::sections);
        all.into_iter().find(is_meant).map(|section| Target::Column(Column::Roles(section.key.clone())))
    }
}

/// A key of the tenant's own fields, which large and small letters tell apart.
fn extended(key: &str) -> Result<Target, String> {
    if key.is_empty() || key.contains(['=', '\n', '\r']) {
        return Err("names no key: write it behind the dot, as in extendedFields.NIF".to_owned());
    }
    Ok(Target::Column(Column::Extended(key.to_owned())))
}

/// The name that is nearest to one that is not known, as a question; nothing where none is near. The first list that has one wins.
fn meant(name: &str, known: &[Vec<&str>]) -> String {
    let found = if name.len() > LONGEST { None } else { known.iter().find_map(|known| nearest(name, known)) };
    found.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"))
}

/// The names of fields, the API's own first. What else is understood is left out: short words are near to everything.
fn known() -> [Vec<&'static str>; 2] {
    let words = FIELDS.iter().flat_map(|spec| [spec.label, spec.spanish]);
    [FIELDS.iter().map(|spec| spec.key).chain(["id"]).collect(), words.collect()]
}

/// Whether two names of columns are one: but for blanks around them and the size of the letters.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The form in which names are compared with those that are known.
fn folded(name: &str) -> String {
    ascii(name).replace('-', "")
}

/// The field of a name in this form.
fn field(name: &str) -> Option<Field> {
    /// Folded once: a line of JSON has names as well.
    static KNOWN: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
        let names = |spec: &'static FieldSpec| {
            let words = [spec.key, spec.label, spec.spanish].into_iter().chain(spec.also.iter().copied());
            words.map(|word| (folded(word), spec.field))
        };
        FIELDS.iter().flat_map(names).collect()
    });
    KNOWN.get(name).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codec::roles::{BUILT_IN, catalogues};
    use crate::domain::field::Revision;
    use crate::domain::plan::{Match, Mode};

    fn terms() -> Terms {
        let revision = Revision::Y2023;
        let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
        let (mode, matching) = (Mode::CreateOrUpdate, Match::Username);
        Terms { mode, matching, revision, catalogues, makes_passwords: false }
    }

    fn target(name: &str) -> Result<String, String> {
        Names::new(&terms(), &[]).target(name).map(|target| match target {
            Target::Column(column) => column.to_string(),
            Target::Ignored => "ignored".to_owned(),
            Target::Nameless => "nameless".to_owned(),
        })
    }

    #[test]
    fn a_field_has_its_name_in_the_api_in_english_and_in_spanish() {
        for (name, wanted) in [
            ("officePhone", "officePhone"),
            ("OFFICEPHONE", "officePhone"),
            (" office_phone ", "officePhone"),
            ("E-mail", "email"),
            ("Correo electrónico", "email"),
            ("correo electronico", "email"),
            ("Contraseña", "password"),
            ("First name", "name"),
            ("APELLIDOS", "surname"),
            ("Teléfono móvil", "mobilePhone"),
            ("About me", "aboutMe"),
            ("Extra !", "extra"),
            ("Roles.Training", "roles.training"),
            ("roles. management", "roles.management"),
            ("ID", "id"),
            ("Line", "ignored"),
            ("(not read back)", "ignored"),
            ("  ", "nameless"),
        ] {
            assert_eq!(target(name).as_deref(), Ok(wanted), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_is_told() {
        assert!(target("shoe size").is_err_and(|words| words.contains("is no field")));
        assert!(target("roles.games").is_err_and(|words| words.contains("roles.training")));
        assert!(target("roles").is_err_and(|words| words.contains("a column of its own")));
        assert!(target("名前").is_err());
    }

    #[test]
    fn a_slip_of_the_hand_is_told_with_what_was_meant() {
        for (name, meant) in [
            ("emial", "email"),
            ("Nmae", "name"),
            ("oficePhone", "officePhone"),
            ("Apelidos", "Apellidos"),
            ("userame", "username"),
            ("roles.trainig", "roles.training"),
            ("extendedField", "extendedFields"),
        ] {
            let words = target(name).expect_err(name);
            assert!(words.contains(&format!("did you mean \"{meant}\"?")), "{name}: {words}");
        }
        for name in ["shoe size", "roles.games", "x", &"é".repeat(100_000)] {
            assert!(target(name).is_err_and(|words| !words.contains("did you mean")), "{name:.20}");
        }
    }

    #[test]
    fn a_key_of_the_extended_fields_has_a_column_of_its_own_and_keeps_its_letters() {
        for name in ["extendedFields.NIF", "EXTENDEDFIELDS. NIF ", "extended fields.NIF"] {
            assert_eq!(target(name).as_deref(), Ok("extendedFields.NIF"), "{name}");
        }
        for name in ["extendedFields.", "extendedFields.a=b", "extendedFields. "] {
            assert!(target(name).is_err_and(|words| words.contains("names no key")), "{name}");
        }
    }

    #[test]
    fn the_caller_may_say_what_a_column_is() {
        let mapping = [("Dept", "location"), ("email", "-"), ("Tlf", "shoe"), ("Gone", "name")];
        let mapping = mapping.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let terms = terms();
        let names = Names::new(&terms, &mapping);
        assert_eq!(names.target(" DEPT "), Ok(Target::Column(Column::Field(Field::Location))));
        assert_eq!(names.target("Email"), Ok(Target::Ignored));
        assert!(names.target("tlf").is_err());
        assert_eq!(names.unused(&["dept", "email", "tlf"].into_iter()), ["Gone"]);
    }

    #[test]
    fn no_name_stands_for_two_fields_or_for_something_else() {
        let mut all: BTreeMap<String, Field> = BTreeMap::new();
        for spec in FIELDS {
            let names = [spec.key, spec.label, spec.spanish].into_iter().chain(spec.also.iter().copied());
            for name in names.map(folded) {
                assert!(!name.is_empty() && name != "id" && !REPORT.contains(&name.as_str()), "{name}");
                let before = all.insert(name.clone(), spec.field);
                assert!(before.is_none_or(|field| field == spec.field), "{name} is also {before:?}");
            }
        }
    }
}

//! What a header says a column is about.
//!
//! A column may be called as the API spells its field, or by the field's name in English or Spanish, in large or small letters, with or
//! without accents, blanks and hyphens; the roles of a section as `roles.training`. Columns of our own reports, and whatever stands in
//! parentheses, are for people and are not read.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::field::FieldSpec;
use crate::domain::fields::{FIELDS, Field};
use crate::domain::plan::Terms;
use crate::domain::recipe::ascii;
use crate::domain::roles::{Catalogue, Section};
use crate::domain::row::Column;

/// The columns that a report of failed lines adds. A file that has them can be fed back as it is.
pub const REPORT: [&str; 4] = ["line", "verdict", "reason", "platforms"];

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
                let known = self.sections().map(|section| format!("{before}.{}", section.key)).collect::<Vec<_>>();
                format!("is no section of this tenant; there are {}", known.join(", "))
            });
        }
        let folded = folded(name);
        if folded == "id" {
            return Ok(Target::Column(Column::Id));
        }
        match field(&folded) {
            Some(Field::Roles) => Err("give each section a column of its own, such as roles.training".to_owned()),
            Some(field) => Ok(Target::Column(Column::Field(field))),
            None => {
                Err("is no field; say which it is with a mapping, or leave the column out with the mapping -"
                    .to_owned())
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

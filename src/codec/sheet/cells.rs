//! A cell to what it says of a person. What a value has to be is the form's business ([`crate::domain::draft`]); here is only what
//! depends on its being written in a cell.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::codec::inert::is_clear;
use crate::codec::sheet::faults::excerpt;
use crate::domain::draft::Entry;
use crate::domain::field::Kind;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::row::{Column, ImageSource, Row};
use crate::domain::secret::Secret;

/// The words for a switch, as people and as spreadsheets of some countries write them.
const YES: [&str; 12] = ["true", "yes", "y", "1", "x", "on", "enabled", "active", "sí", "si", "verdadero", "activo"];
const NO: [&str; 11] = ["false", "no", "n", "0", "off", "disabled", "inactive", "falso", "inactivo", "falsch", "faux"];
const YES_ELSEWHERE: [&str; 4] = ["wahr", "ja", "vrai", "oui"];

/// The words for no role at all: an empty cell leaves the roles as they are.
const NONE: [&str; 4] = ["none", "-", "ninguno", "ninguna"];

/// Puts what a cell says into a line; a blank cell says nothing. `literal` where the text is a text whatever it reads like.
///
/// # Errors
/// What is wrong with the cell, in words without a password.
pub(super) fn put(row: &mut Row, column: &Column, text: Cow<'_, str>, literal: bool) -> Result<(), String> {
    if text.trim().is_empty() {
        return Ok(());
    }
    match column {
        Column::Id => {
            let id = text.trim();
            UserKey::parse(id).map_err(|fault| format!("cannot be an id: {fault}"))?;
            row.id = Some(id.to_owned());
        }
        Column::Roles(section) => {
            row.roles.insert(section.clone(), roles(&text)?);
        }
        Column::Extended(key) => {
            let value = text.trim();
            if value.contains(['\n', '\r']) {
                return Err("has to be one line".to_owned());
            }
            let is_set = literal || !is_clear(&text);
            row.extended.insert(key.clone(), is_set.then(|| value.to_owned()));
        }
        Column::Field(field) => return put_field(row, *field, text, literal),
    }
    Ok(())
}

fn put_field(row: &mut Row, field: Field, text: Cow<'_, str>, literal: bool) -> Result<(), String> {
    let entry = match field.spec().kind {
        Kind::Password => Entry::Secret(Secret::new(text.into_owned())),
        Kind::Switch => Entry::Switch(switch(&text)?),
        Kind::Photo => {
            row.image = Some(ImageSource::parse(&text)?);
            return Ok(());
        }
        Kind::Roles => return Err("give each section a column of its own, such as roles.training".to_owned()),
        Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Timezone
        | Kind::Pairs
        | Kind::Object => {
            if literal || !is_clear(&text) {
                Entry::Text(text.into_owned())
            } else if field.spec().clearable {
                Entry::Cleared
            } else {
                return Err("cannot be emptied: a person needs a value here".to_owned());
            }
        }
    };
    row.entries.insert(field, entry);
    Ok(())
}

fn switch(text: &str) -> Result<bool, String> {
    let word = text.trim().to_lowercase();
    if YES.contains(&word.as_str()) || YES_ELSEWHERE.contains(&word.as_str()) {
        Ok(true)
    } else if NO.contains(&word.as_str()) || matches!(word.as_str(), "nein" | "non") {
        Ok(false)
    } else {
        Err(format!("\"{}\" is neither true nor false", excerpt(text)))
    }
}

/// `user,trainer`, with `|` or `;` between them as well.
fn roles(text: &str) -> Result<BTreeSet<String>, String> {
    let text = text.trim();
    if NONE.contains(&text.to_lowercase().as_str()) {
        return Ok(BTreeSet::new());
    }
    let mut roles = BTreeSet::new();
    for role in text.split([',', '|', ';']).map(str::trim) {
        if role.is_empty() {
            return Err("has a separator without a role; for no role at all write none".to_owned());
        }
        if !roles.insert(role.to_owned()) {
            return Err(format!("has the role \"{}\" twice", excerpt(role)));
        }
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(column: &Column, text: &str) -> Result<Row, String> {
        let mut row = Row::default();
        put(&mut row, column, text.into(), false).map(|()| row)
    }

    fn field(field: Field, text: &str) -> Result<Option<Entry>, String> {
        one(&Column::Field(field), text).map(|mut row| row.entries.remove(&field))
    }

    #[test]
    fn a_blank_cell_says_nothing() {
        let roles = Column::Roles("training".into());
        for column in [Column::Id, roles, Column::Field(Field::Name), Column::Field(Field::Password)] {
            assert!(one(&column, " \u{a0}\t").is_ok_and(|row| row == Row::default()), "{column}");
        }
    }

    #[test]
    fn a_switch_is_read_as_people_and_spreadsheets_write_it() {
        for yes in ["true", "VERDADERO", " Sí ", "WAHR", "1", "x"] {
            assert!(field(Field::Enabled, yes) == Ok(Some(Entry::Switch(true))), "{yes}");
        }
        for no in ["false", "FALSO", "No", "0", "Inactivo"] {
            assert!(field(Field::Enabled, no) == Ok(Some(Entry::Switch(false))), "{no}");
        }
        assert!(field(Field::Enabled, "perhaps").is_err_and(|words| words.contains("\"perhaps\"")));
    }

    #[test]
    fn roles_stand_in_one_cell_and_none_is_a_word() {
        let roles = |text: &str| {
            let row = one(&Column::Roles("training".into()), text)?;
            Ok::<_, String>(row.roles["training"].iter().cloned().collect::<Vec<_>>().join(" "))
        };
        for text in ["user,trainer", "trainer|user", " user ; trainer "] {
            assert_eq!(roles(text).as_deref(), Ok("trainer user"), "{text}");
        }
        for none in ["none", "-", "Ninguno"] {
            assert_eq!(roles(none).as_deref(), Ok(""), "{none}");
        }
        assert!(roles("user,,trainer").is_err() && roles("user,user").is_err());
    }

    #[test]
    fn emptying_is_a_word_where_a_field_can_be_empty() {
        assert!(field(Field::Location, "!clear") == Ok(Some(Entry::Cleared)));
        assert!(field(Field::Surname, "!CLEAR ").is_err());
        let mut row = Row::default();
        put(&mut row, &Column::Field(Field::Surname), "!clear".into(), true).unwrap();
        assert!(row.entries.remove(&Field::Surname) == Some(Entry::Text("!clear".into())));
        let password = field(Field::Password, "!clear");
        assert!(matches!(password, Ok(Some(Entry::Secret(secret))) if secret.expose() == "!clear"));
    }

    #[test]
    fn an_id_is_safe_in_an_address() {
        assert!(one(&Column::Id, " ff80 ").is_ok_and(|row| row.id.as_deref() == Some("ff80")));
        assert!(one(&Column::Id, "..").is_err());
    }
}

//! Joiner, mover and leaver as data: a named set of values and roles, with patterns for the names.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::domain::fields::Field;
use crate::domain::roles::Roles;

/// A named set of values and roles that fills a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// Its name in the configuration.
    pub name: String,
    /// What it is for, in a sentence.
    pub help: String,
    /// Values by field; a username or an e-mail may be a pattern such as `{name.ascii}.{surname.ascii}`.
    pub values: BTreeMap<Field, String>,
    /// Roles by section; the sections that are named become exactly these.
    pub roles: Roles,
    /// Whether the person shall be able to sign in; nothing where the recipe does not say.
    pub enabled: Option<bool>,
}

/// Fills a pattern from other fields: `{name}` as typed, `{name.ascii}` in small letters without accents or blanks, `{name.initial}` the
/// first of these. What is in no braces stands as it is.
///
/// # Errors
/// The pattern names something that is no field, or has a brace without its other half; in words.
pub fn fill(pattern: &str, value: impl Fn(Field) -> String) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (inside, after) = after.split_once('}').ok_or_else(|| format!("{pattern}: a brace is not closed"))?;
        let (key, how) = inside.split_once('.').unwrap_or((inside, ""));
        let field = Field::from_key(key).ok_or_else(|| format!("{pattern}: there is no field {key}"))?;
        let text = value(field);
        match how {
            "" => out.push_str(&text),
            "ascii" => out.push_str(&ascii(&text)),
            "initial" => out.extend(ascii(&text).chars().next()),
            other => return Err(format!("{pattern}: {other} is neither ascii nor initial")),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Small letters without accents; what ASCII has no letter for is left out, so that the agent sees the gap.
pub fn ascii(text: &str) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            match c {
                'ß' => "ss".chars(),
                'æ' => "ae".chars(),
                'ø' => "o".chars(),
                'œ' => "oe".chars(),
                'ł' => "l".chars(),
                'đ' => "d".chars(),
                'ı' => "i".chars(),
                _ => "".chars(),
            }
            .chain(Some(c))
        })
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect()
}

/// Small letters without accents, everything else as it is: for finding, where nobody types accents.
pub fn plain(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(field: Field) -> String {
        let names = [(Field::Name, "Zoë María"), (Field::Surname, "Núñez Groß")];
        names.into_iter().find(|(known, _)| *known == field).map_or_else(String::new, |(_, name)| name.to_owned())
    }

    #[test]
    fn names_become_what_a_mailbox_takes() {
        assert_eq!(
            fill("{name.ascii}.{surname.ascii}@acme.example", value).as_deref(),
            Ok("zoemaria.nunezgross@acme.example")
        );
        assert_eq!(fill("{name.initial}{surname.ascii}", value).as_deref(), Ok("znunezgross"));
        assert_eq!(fill("{surname}", value).as_deref(), Ok("Núñez Groß"));
        assert_eq!(ascii("Łukasz Çelik Đỗ"), "lukaszcelikdo");
        assert_eq!(plain("Marta LÓPEZ, A Coruña <m@x>"), "marta lopez, a coruna <m@x>");
    }

    #[test]
    fn a_pattern_that_cannot_be_filled_says_why() {
        assert!(fill("{name", value).is_err());
        assert!(fill("{shoe}", value).is_err_and(|words| words.contains("shoe")));
        assert!(fill("{name.upper}", value).is_err());
    }
}

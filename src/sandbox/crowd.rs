//! Made-up people beyond those of `people.toml`, as many as a test or a training wants: `assets/sandbox/names.toml`.
//!
//! A person is worked out from their number whenever somebody asks, and not kept: a hundred thousand people of a dozen fields would take
//! some 300 MB as JSON. Who is changed is written down by the [`store`](crate::sandbox::store), not here.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sandbox::numbers::{is_among, one_of, scrambled};

const NAMES: &str = include_str!("../../assets/sandbox/names.toml");

/// Everybody who is not written down.
#[derive(Debug)]
pub struct Crowd {
    cultures: Vec<Culture>,
    words: Words,
    /// One round of people: the culture of each, and which of that culture they are in the round.
    round: Vec<(usize, u32)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    culture: Vec<Culture>,
    words: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Culture {
    language: String,
    weight: u32,
    /// People have two surnames, the first of which is in the username.
    #[serde(default)]
    double: bool,
    /// The surname comes first in the username.
    #[serde(default)]
    family_first: bool,
    timezone: String,
    cities: Vec<String>,
    mobile: String,
    office: String,
    given: Vec<String>,
    surnames: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    interests: Vec<String>,
    about: Vec<String>,
}

/// Who somebody is: the culture, the places of the names in its lists, and the how-manyth of the same name.
struct Identity<'a> {
    culture: &'a Culture,
    given: usize,
    surname: usize,
    namesake: usize,
}

/// What is drawn with a person's number, each with a salt of its own; those below 100 are the numbers' own.
mod salt {
    pub const ROUND: u64 = 100;
    pub const GIVEN: u64 = 101;
    pub const SURNAME: u64 = 102;
    pub const SECOND: u64 = 103;
    pub const CITY: u64 = 104;
    pub const ENABLED: u64 = 105;
    pub const MOBILE: u64 = 106;
    pub const OFFICE: u64 = 107;
    pub const INTERESTS: u64 = 108;
    pub const ABOUT: u64 = 109;
    pub const IMAGE: u64 = 110;
    pub const TRAINER: u64 = 111;
    pub const ADMIN: u64 = 112;
    pub const SOCIAL: u64 = 113;
    pub const PLAY: u64 = 114;
    pub const PLACE: u64 = 115;
    pub const DIGITS: u64 = 120;
}

impl Crowd {
    /// Reads what people are made of.
    ///
    /// # Errors
    /// The built-in file cannot be read, which a test rules out.
    pub fn read() -> Result<Self, String> {
        let File { culture: cultures, words } = toml::from_str(NAMES).map_err(|error| error.to_string())?;
        let each = cultures.iter().enumerate();
        let mut round: Vec<_> = each.flat_map(|(at, culture)| (0..culture.weight).map(move |nth| (at, nth))).collect();
        // Mixed, so that a page does not show one language after the other.
        let mut place = 0;
        round.sort_by_cached_key(|_| {
            place += 1;
            scrambled(place, salt::ROUND)
        });
        Ok(Self { cultures, words, round })
    }

    /// The username of the person of this number; nobody else of the crowd has it.
    pub fn username(&self, number: u32) -> String {
        self.identity(number).username()
    }

    /// The fields of the person of this number, with the API's keys. What is not there is not set.
    pub fn person(&self, number: u32) -> Map<String, Value> {
        let who = self.identity(number);
        let culture = who.culture;
        let username = who.username();
        let has = |salt, percent| is_among(number, salt, percent);
        let pick = |salt, list: &'_ [String]| list.get(one_of(number, salt, list.len())).cloned().unwrap_or_default();
        let city = pick(salt::CITY, &culture.cities);
        let (location, timezone) = city.split_once('=').unwrap_or((&city, &culture.timezone));
        let mut fields = Map::with_capacity(16);
        let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
        set("enabled", has(salt::ENABLED, 92).into());
        set("name", shown(&culture.given, who.given).into());
        set("surname", who.surnames(number).into());
        set("email", format!("{username}@acme.example").into());
        set("language", culture.language.as_str().into());
        set("timezone", timezone.into());
        set("roles", roles(number));
        if has(salt::OFFICE, 60) {
            set("officePhone", phone(&culture.office, number).into());
        }
        if has(salt::MOBILE, 50) {
            set("mobilePhone", phone(&culture.mobile, number).into());
        }
        if has(salt::PLACE, 90) {
            set("location", location.into());
        }
        if has(salt::INTERESTS, 20) {
            set("interests", pick(salt::INTERESTS, &self.words.interests).into());
        }
        if has(salt::ABOUT, 5) {
            set("aboutMe", pick(salt::ABOUT, &self.words.about).into());
        }
        if has(salt::IMAGE, 30) {
            set("image", json!({"url": format!("/opt/cloud/storage/acme/users/{username}.jpg")}));
        }
        set("username", username.into());
        fields
    }

    /// Every number has names of its own until a culture's are used up, and then the next namesakes begin. Within a culture people walk
    /// the given names, which begin elsewhere at every turn, and each given name walks the surnames from a beginning of its own.
    fn identity(&self, number: u32) -> Identity<'_> {
        let size = self.round.len();
        let (at, nth) = self.round[number as usize % size];
        let culture = &self.cultures[at];
        let rank = (number as usize / size) * culture.weight as usize + nth as usize;
        let (givens, surnames) = (culture.given.len(), culture.surnames.len());
        let (pair, namesake) = (rank % (givens * surnames), rank / (givens * surnames));
        let turn = number_of(pair / givens);
        let given = (pair % givens + one_of(turn, salt::GIVEN, givens)) % givens;
        let surname = (pair / givens + one_of(number_of(given), salt::SURNAME, surnames)) % surnames;
        Identity { culture, given, surname, namesake }
    }
}

impl Identity<'_> {
    /// Such as `lucia.fernandez`, and `lucia.fernandez2` for the second of this name.
    fn username(&self) -> String {
        let given = ascii(&self.culture.given, self.given);
        let surname = ascii(&self.culture.surnames, self.surname);
        let mut username = if self.culture.family_first { surname + "." + &given } else { given + "." + &surname };
        if self.namesake > 0 {
            username += &(self.namesake + 1).to_string();
        }
        username
    }

    fn surnames(&self, number: u32) -> String {
        let list = &self.culture.surnames;
        let first = shown(list, self.surname);
        if self.culture.double {
            format!("{first} {}", shown(list, one_of(number, salt::SECOND, list.len())))
        } else {
            first.to_owned()
        }
    }
}

/// A place in a list of names, which is never so long that it does not fit.
fn number_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn shown(list: &[String], at: usize) -> &str {
    let name = &list[at];
    name.split_once('=').map_or(name, |(shown, _)| shown)
}

fn ascii(list: &[String], at: usize) -> String {
    let name = &list[at];
    name.split_once('=').map_or_else(|| name.to_ascii_lowercase(), |(_, ascii)| ascii.to_owned())
}

fn phone(pattern: &str, number: u32) -> String {
    let digits = scrambled(number, salt::DIGITS);
    let mut place = 1;
    let digit = |c| {
        if c != '#' {
            return c;
        }
        place *= 10;
        char::from_digit(((digits / place) % 10) as u32, 10).unwrap_or('0')
    };
    pattern.chars().map(digit).collect()
}

/// What most people have, and what few have: the shares are those of a company with some helpdesks and many learners.
fn roles(number: u32) -> Value {
    let has = |salt, percent| is_among(number, salt, percent);
    let mut roles = Map::new();
    let is_admin = has(salt::ADMIN, 1);
    roles.insert("management".into(), if is_admin { json!(["user", "admin"]) } else { json!(["user"]) });
    let training = if has(salt::TRAINER, 8) { json!(["user", "trainer"]) } else { json!(["user"]) };
    roles.insert("training".into(), if is_admin { json!(["user", "admin"]) } else { training });
    if has(salt::SOCIAL, 60) {
        roles.insert("social".into(), json!(["user"]));
    }
    if has(salt::PLAY, 10) {
        roles.insert("play".into(), json!(["user"]));
    }
    Value::Object(roles)
}

#[cfg(test)]
mod tests;

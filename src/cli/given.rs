//! What options and a JSON file say of a user, made into a draft that is checked like one of the screen.
//!
//! What was said is read before anybody is asked anything, every fault is told at once, and none is mended in silence: a field that the
//! operation does not take is a fault and not left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::fields::Typed;
use crate::codec::json::input::{self, Said};
use crate::domain::command_line::flag;
use crate::domain::draft::{Draft, Entry, Subject, Weight};
use crate::domain::field::Need::Absent;
use crate::domain::field::{Kind, Operation, Revision};
use crate::domain::fields::Field;
use crate::domain::files::Wish;
use crate::domain::photo::{Photo, url_fault};
use crate::domain::roles::{Catalogue, RoleGrid};
use crate::domain::secret::Secret;
use crate::domain::untrusted::{Untrusted, visible};
use crate::service::pasted::{self, PasteFault};
use crate::service::picture;

/// What is wrong with what was said, in words that follow the option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The option, such as `--email`, or a key of the JSON file.
    pub option: String,
    /// Such as "needs a value".
    pub words: String,
}

impl Complaint {
    /// A complaint about an option.
    pub fn new(option: impl Into<String>, words: impl Into<String>) -> Self {
        Self { option: option.into(), words: words.into() }
    }
}

/// Where standard input goes: it can be read once.
#[derive(Debug, Default)]
pub struct Stdin {
    taken_by: Option<&'static str>,
}

impl Stdin {
    /// Takes standard input for an option.
    ///
    /// # Errors
    /// Another option has it.
    pub fn take(&mut self, option: &'static str) -> Result<io::Stdin, Complaint> {
        match self.taken_by.replace(option) {
            None => Ok(io::stdin()),
            Some(other) => Err(Complaint::new(option, format!("cannot read standard input: {other} reads it"))),
        }
    }
}

/// Everything that was said, and nothing that was believed.
#[derive(Debug, Default)]
pub struct Given {
    said: BTreeMap<Field, (Origin, What)>,
    roles: BTreeMap<String, (Origin, BTreeSet<String>)>,
    photo: Option<Photo>,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Option,
    File,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Text(String),
    Switch(bool),
    Clear,
    Nothing,
}

impl Given {
    /// Reads the files that are named, and puts the options over what stands there. It waits for the disk and for standard input.
    ///
    /// # Errors
    /// A file cannot be read or used, or the options contradict each other: all of it.
    pub fn read(typed: &Typed, stdin: &mut Stdin) -> Result<Self, Vec<Complaint>> {
        let mut given = Self::default();
        let mut complaints = Vec::new();
        let wish = Wish { convert: typed.fit, shrink: typed.fit };
        if let Some(name) = &typed.from_json {
            match file(name, stdin) {
                Ok(bytes) => complaints.extend(given.take_file(bytes.expose().as_bytes(), wish)),
                Err(complaint) => complaints.push(complaint),
            }
        }
        complaints.extend(given.take_options(typed));
        if let Some(image) = &typed.image {
            match photo(image, wish, stdin) {
                Ok(photo) => given.photo = Some(photo),
                Err(complaint) => complaints.push(complaint),
            }
        }
        if complaints.is_empty() { Ok(given) } else { Err(complaints) }
    }

    fn take_file(&mut self, bytes: &[u8], wish: Wish) -> Vec<Complaint> {
        let said = match input::input(bytes) {
            Ok(said) => said,
            Err(faults) => return faults.iter().map(|fault| Complaint::new(key(&fault.key), &fault.words)).collect(),
        };
        let mut complaints = Vec::new();
        for (field, said) in said {
            let what = match said {
                Said::Text(text) => What::Text(text),
                Said::Switch(on) => What::Switch(on),
                Said::Nothing => What::Nothing,
                Said::Roles(roles) => {
                    self.roles.extend(roles.into_iter().map(|(section, roles)| (section, (Origin::File, roles))));
                    continue;
                }
                Said::Url(url) => {
                    self.photo = Some(Photo::Url(url));
                    continue;
                }
                Said::Base64(text) => {
                    match pasted::picture(&text, wish) {
                        Ok(picture) => self.photo = Some(Photo::Picture(picture)),
                        Err(PasteFault::Text(words)) => complaints.push(Complaint::new("--from-json: image", words)),
                        Err(PasteFault::Media(fault)) => {
                            complaints.push(Complaint::new("--from-json: image", media_words(&fault.to_string())));
                        }
                    }
                    continue;
                }
            };
            self.said.insert(field, (Origin::File, what));
        }
        complaints
    }

    fn take_options(&mut self, typed: &Typed) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        let mut lines: BTreeMap<Field, Vec<&str>> = BTreeMap::new();
        for (field, text) in &typed.texts {
            match field.spec().kind {
                Kind::Pairs => lines.entry(*field).or_default().push(text),
                Kind::Switch => drop(self.said.insert(*field, (Origin::Option, What::Switch(text == "yes")))),
                Kind::Username
                | Kind::Text
                | Kind::Multiline
                | Kind::Email
                | Kind::Phone
                | Kind::Password
                | Kind::Language
                | Kind::Timezone
                | Kind::Object
                | Kind::Photo
                | Kind::Roles => drop(self.said.insert(*field, (Origin::Option, What::Text(text.clone())))),
            }
        }
        for (field, lines) in lines {
            // A line end alone is a map without a key; an empty text would be no map at all.
            let text = if lines == [""] { "\n".to_owned() } else { lines.join("\n") };
            self.said.insert(field, (Origin::Option, What::Text(text)));
        }
        for field in &typed.clear {
            let before = self.said.insert(*field, (Origin::Option, What::Clear));
            if matches!(before, Some((Origin::Option, What::Text(_) | What::Switch(_)))) {
                let option = format!("--clear {}", flag(*field));
                complaints.push(Complaint::new(option, format!("contradicts --{}", flag(*field))));
            }
        }
        let none = typed.no_roles.iter().map(|section| (section.clone(), BTreeSet::new()));
        for (section, roles) in typed.roles.iter().cloned().chain(none) {
            let before = self.roles.insert(section.clone(), (Origin::Option, roles));
            if matches!(before, Some((Origin::Option, _))) {
                complaints.push(Complaint::new("--role", format!("{}: is named twice", visible(&section))));
            }
        }
        complaints
    }

    /// The draft of what was said, and everything that stands against it without a look at the values themselves.
    pub fn draft(&self, subject: Subject, revision: Revision, catalogue: &Catalogue) -> (Draft, Vec<Complaint>) {
        let grid = RoleGrid::new(subject.person().map(|person| person.roles.clone()).unwrap_or_default());
        let mut draft = Draft { revision, subject, entries: BTreeMap::new(), photo: self.photo.clone(), roles: grid };
        let mut complaints = Vec::new();
        for (field, (origin, what)) in &self.said {
            match entry(&draft, *field, *origin, what) {
                Ok(Some(entry)) => drop(draft.entries.insert(*field, entry)),
                Ok(None) => {}
                Err(words) => complaints.push(Complaint::new(option(*field, *origin), words)),
            }
        }
        for (section, (origin, roles)) in &self.roles {
            if roles.is_empty() && matches!(draft.subject, Subject::Blind(_)) {
                let words = format!("{}: who was not read has no roles to take away", visible(section));
                complaints.push(Complaint::new(option(Field::Roles, *origin), words));
                continue;
            }
            complaints.extend(want(&mut draft.roles, catalogue, (section, *origin, roles)));
        }
        (draft, complaints)
    }
}

/// What stands in the form after what was said of a field; nothing where it says only what is there.
fn entry(draft: &Draft, field: Field, origin: Origin, what: &What) -> Result<Option<Entry>, String> {
    let read = draft.subject.person().map(|person| person.text(field)).unwrap_or_default();
    let is_so = match what {
        What::Text(text) => draft.subject.person().is_some() && *text == read,
        What::Switch(on) => draft.subject.person().is_some_and(|person| person.enabled == Some(*on)),
        What::Nothing => true,
        What::Clear => false,
    };
    let operation = draft.operation();
    if field.need(operation, draft.revision) == Absent && !(origin == Origin::File && is_so) {
        let revision = draft.revision.word();
        return Err(format!("is not taken by {operation} in revision {revision}"));
    }
    match what {
        // In a file that somebody has read before, what it shows of others is no wish.
        What::Text(_) if is_so => Ok(None),
        What::Text(text) if text.is_empty() && field.spec().clearable && operation == Operation::Update => {
            Err(format!("is empty, and empty is not sent: --clear {} empties it", flag(field)))
        }
        What::Text(text) if text.is_empty() => Err("is empty: leave it out".to_owned()),
        What::Text(text) => Ok(Some(Entry::Text(text.clone()))),
        What::Switch(_) if is_so => Ok(None),
        What::Switch(on) => Ok(Some(Entry::Switch(*on))),
        What::Clear => Ok(Some(Entry::Cleared)),
        What::Nothing if read.is_empty() => Ok(None),
        What::Nothing => Err(format!("is null: leave it out to keep \"{}\"", visible(&read))),
    }
}

/// Puts the wanted roles of a section into the grid. A role that is not in the catalogue stays as it is, so only one that the person
/// has may be named.
fn want(
    grid: &mut RoleGrid,
    catalogue: &Catalogue,
    (key, origin, roles): (&str, Origin, &BTreeSet<String>),
) -> Option<Complaint> {
    let option = option(Field::Roles, origin);
    let loaded = grid.loaded(key).cloned().unwrap_or_default();
    let Some(section) = catalogue.section(key) else {
        // A file that was read before may show sections that nobody knows here; unchanged they ask for nothing.
        let known: Vec<_> = catalogue.sections().iter().map(|section| section.key.as_str()).collect();
        let words = format!("there is no section {} here; there are {}", visible(key), known.join(", "));
        return (loaded != *roles).then(|| Complaint::new(option, words));
    };
    let is_known = |role: &&String| section.role(role).is_some() || loaded.contains(*role);
    if let Some(unknown) = roles.iter().find(|role| !is_known(role)) {
        let known: Vec<_> = section.roles.iter().map(|role| role.key.as_str()).collect();
        let words = format!("{key} has no role {}; it has {}", visible(unknown), known.join(", "));
        return Some(Complaint::new(option, words));
    }
    grid.want(section, roles);
    None
}

/// Everything that stands against a draft, each with its option: what was found when it was made, and what its check finds.
pub fn faults(draft: &Draft, catalogue: &Catalogue, found: Vec<Complaint>) -> Vec<Complaint> {
    let mut all = found;
    for fault in draft.faults(catalogue).into_iter().filter(|fault| fault.weight == Weight::Stop) {
        let option = option(fault.field, Origin::Option);
        let is_told =
            all.iter().any(|told| told.option == option || told.option == self::option(fault.field, Origin::File));
        if !is_told || fault.field == Field::Roles {
            all.push(Complaint::new(option, fault.words));
        }
    }
    all
}

/// What is worth a second look and does not stop anything, a line each.
pub fn warnings(draft: &Draft, catalogue: &Catalogue) -> Vec<String> {
    let warnings = draft.faults(catalogue).into_iter().filter(|fault| fault.weight == Weight::Warn);
    let mut lines: Vec<_> =
        warnings.map(|fault| format!("{} {}", option(fault.field, Origin::Option), fault.words)).collect();
    for change in draft.roles.changes(catalogue) {
        let section = catalogue.section(&change.section);
        let stays = |role: &&String| section.is_none_or(|section| section.role(role).is_none());
        let stay: Vec<_> = change.wanted.iter().filter(stays).map(|role| visible(role)).collect();
        if !stay.is_empty() {
            lines.push(format!("--role {}: {} is not known here and stays as it is", change.section, stay.join(", ")));
        }
    }
    lines
}

/// What stands for the option of a password, which has several.
pub fn password_option() -> String {
    option(Field::Password, Origin::Option)
}

fn option(field: Field, origin: Origin) -> String {
    match (field.spec().kind, origin) {
        (_, Origin::File) => format!("--from-json: {}", field.spec().key),
        (Kind::Password, Origin::Option) => "--password-stdin or --generate-password".to_owned(),
        (Kind::Roles, Origin::Option) => "--role".to_owned(),
        (
            Kind::Username
            | Kind::Text
            | Kind::Multiline
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Timezone
            | Kind::Switch
            | Kind::Pairs
            | Kind::Object
            | Kind::Photo,
            Origin::Option,
        ) => format!("--{}", flag(field)),
    }
}

fn key(key: &Untrusted) -> String {
    if key.is_empty() { "--from-json".to_owned() } else { format!("--from-json: {key}") }
}

/// Reads a file or standard input. A password has no business there, but who knows: the memory is wiped.
fn file(name: &str, stdin: &mut Stdin) -> Result<Secret, Complaint> {
    let fault = |words: String| Complaint::new("--from-json", words);
    let mut reader: Box<dyn Read> = if name == "-" {
        Box::new(stdin.take("--from-json -")?)
    } else {
        Box::new(File::open(name).map_err(|error| fault(format!("{}: {error}", visible(name))))?)
    };
    let bytes = up_to(&mut reader, input::MOST).map_err(|words| fault(format!("{}: {words}", visible(name))))?;
    String::from_utf8(bytes).map(Secret::new).map_err(|_| fault(format!("{}: is not UTF-8", visible(name))))
}

fn up_to(reader: &mut dyn Read, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > most {
        return Err(format!("is longer than {} MB", most / 1_000_000));
    }
    Ok(bytes)
}

/// The picture of `--image`: a URL where it reads like one, standard input, or else a file.
fn photo(image: &str, wish: Wish, stdin: &mut Stdin) -> Result<Photo, Complaint> {
    let lower = image.trim_start().to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") || url_fault(image).is_none() {
        return Ok(Photo::Url(image.to_owned()));
    }
    let fault = |words: String| Complaint::new("--image", words);
    let made = if image == "-" {
        let most = usize::try_from(crate::domain::files::MOST_FILE).unwrap_or(usize::MAX);
        let bytes =
            up_to(&mut stdin.take("--image -")?, most).map_err(|words| fault(format!("standard input: {words}")))?;
        picture::from_bytes(bytes, "pasted", wish)
    } else {
        picture::from_file(Path::new(image), wish)
    };
    made.map(Photo::Picture).map_err(|error| fault(format!("{}: {}", visible(image), media_words(&error.to_string()))))
}

/// The words of a fault that can be mended, with the option that does it.
fn media_words(words: &str) -> String {
    match words.strip_suffix("it can be converted").or_else(|| words.strip_suffix("it can be made smaller")) {
        Some(before) => format!("{before}--fit converts it and makes it smaller"),
        None => words.to_owned(),
    }
}

/// The roles of a section that are given or taken and that a person is asked about, in words.
pub fn grave_changes(draft: &Draft, catalogue: &Catalogue) -> Vec<String> {
    let mut words = Vec::new();
    for change in draft.roles.changes(catalogue) {
        let section = catalogue.section(&change.section);
        let grave = |role: &&String| section.and_then(|section| section.role(role)).is_some_and(|role| role.grave);
        let of = |roles: &[String]| -> Vec<String> { roles.iter().filter(grave).cloned().collect() };
        let (given, taken) = (of(&change.added), of(&change.removed));
        words.extend(given.iter().map(|role| format!("makes {role} in {}", change.section)));
        words.extend(taken.iter().map(|role| format!("takes {role} in {} away", change.section)));
    }
    words
}

/// The keys of a person that the new ones leave out.
pub fn dropped_keys(draft: &Draft) -> Vec<String> {
    let (Some(person), Some(Entry::Text(text))) = (draft.subject.person(), draft.entries.get(&Field::ExtendedFields))
    else {
        return Vec::new();
    };
    let kept = crate::domain::pairs::parse(text).unwrap_or_default();
    let is_dropped = |key: &&String| !kept.iter().any(|(kept, _)| kept == *key);
    person.pairs.iter().map(|(key, _)| key).filter(is_dropped).map(|key| visible(key).into_owned()).collect()
}

#[cfg(test)]
mod tests;

//! The options of the fields of a user, made from the table of fields.
//!
//! Deliberately not here: an option that takes a password, and what is to become of what was said ([`crate::cli::given`]).

use std::collections::BTreeSet;

use clap::builder::{PossibleValuesParser, StringValueParser, TypedValueParser as _};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::domain::command_line::flag;
use crate::domain::field::Need::Absent;
use crate::domain::field::{FieldSpec, Kind, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};

/// What the options said, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The texts of fields, and the words of switches. Free keys stand once for each pair.
    pub texts: Vec<(Field, String)>,
    /// The fields to empty.
    pub clear: Vec<Field>,
    /// The whole lists of roles, by section.
    pub roles: Vec<(String, BTreeSet<String>)>,
    /// The sections to take every role of.
    pub no_roles: Vec<String>,
    /// A file, a URL, or `-`.
    pub image: Option<String>,
    /// A picture may be converted and made smaller.
    pub fit: bool,
    /// A file with a user in the API's spelling, or `-`.
    pub from_json: Option<String>,
}

/// The options of create.
#[derive(Clone, Debug)]
pub struct CreateFields(pub Typed);

/// The options of update.
#[derive(Clone, Debug)]
pub struct UpdateFields(pub Typed);

const HEADING: &str = "Fields";
const OF_ROLE: &str = "role";
const OF_NO_ROLES: &str = "no-roles";
const OF_CLEAR: &str = "clear";
const OF_FIT: &str = "fit";
const OF_JSON: &str = "from-json";

fn augment(command: Command, operation: Operation) -> Command {
    let fields = FIELDS.iter().filter(|spec| is_taken(spec, operation)).filter_map(|spec| option(spec, operation));
    let command = command.args(fields).args(of_roles()).arg(
        Arg::new(OF_FIT)
            .long(OF_FIT)
            .action(ArgAction::SetTrue)
            .help("Convert the picture and make it smaller, where the service would not take it as it is"),
    );
    let command = command.arg(
        Arg::new(OF_JSON)
            .long(OF_JSON)
            .value_name("FILE|-")
            .help("A user in the API's own spelling, with or without {\"user\": ...}; the other options win over it"),
    );
    let command = if operation == Operation::Update { command.arg(of_clear()) } else { command };
    command.mut_args(|arg| {
        let ours = arg.get_help_heading().is_none() && is_ours(arg.get_id().as_str());
        if ours { arg.help_heading(HEADING) } else { arg }
    })
}

fn is_ours(id: &str) -> bool {
    [OF_ROLE, OF_NO_ROLES, OF_CLEAR, OF_FIT, OF_JSON].contains(&id) || Field::from_key(id).is_some()
}

/// Whether the operation takes the field in any revision; in which ones, the tenant's own says when it is known.
fn is_taken(spec: &FieldSpec, operation: Operation) -> bool {
    Revision::ALL.into_iter().any(|revision| spec.need(operation, revision) != Absent)
}

/// The option of a field; none for what has others (roles) and for what must not stand in arguments (the password).
fn option(spec: &FieldSpec, operation: Operation) -> Option<Arg> {
    let value_name = match spec.kind {
        Kind::Password | Kind::Roles => return None,
        Kind::Username => "NAME",
        Kind::Text | Kind::Multiline => "TEXT",
        Kind::Email => "ADDRESS",
        Kind::Phone => "NUMBER",
        Kind::Language => "CODE",
        Kind::Timezone => "ZONE",
        Kind::Switch => "yes|no",
        Kind::Pairs => "KEY=VALUE",
        Kind::Object => "JSON",
        Kind::Photo => "FILE|URL|-",
    };
    let arg = Arg::new(spec.key).long(flag(spec.field)).value_name(value_name).help(help(spec, operation));
    Some(match spec.kind {
        Kind::Switch => arg.value_parser(PossibleValuesParser::new(["yes", "no"])).hide_possible_values(true),
        Kind::Pairs => arg.action(ArgAction::Append),
        Kind::Photo
        | Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Timezone
        | Kind::Object
        | Kind::Password
        | Kind::Roles => arg,
    })
}

/// The table's sentence, without the keys of the screen, and with the revisions where not all take the field.
fn help(spec: &FieldSpec, operation: Operation) -> String {
    let sentence = spec.help.split("; Enter opens").next().unwrap_or_default().trim_end_matches('.');
    let sentence = match spec.kind {
        Kind::Pairs => "The tenant's own fields, once for each; those that are not named are dropped",
        Kind::Photo => "The person's picture: a file, a URL that the platform fetches, or - for standard input",
        Kind::Username if operation == Operation::Update => "Another name to sign in with",
        Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Password
        | Kind::Language
        | Kind::Timezone
        | Kind::Switch
        | Kind::Object
        | Kind::Roles => sentence,
    };
    let taking: Vec<_> =
        Revision::ALL.into_iter().filter(|revision| spec.need(operation, *revision) != Absent).collect();
    if taking.len() == Revision::ALL.len() {
        sentence.to_owned()
    } else {
        let words: Vec<_> = taking.into_iter().map(Revision::word).collect();
        format!("{sentence} (revision {})", words.join(", "))
    }
}

fn of_roles() -> [Arg; 2] {
    [
        Arg::new(OF_ROLE)
            .long(OF_ROLE)
            .value_name("SECTION=ROLE,...")
            .action(ArgAction::Append)
            .value_parser(StringValueParser::new().try_map(|text| role(&text)))
            .help("All the roles that the person shall have in a section, such as training=user,trainer"),
        Arg::new(OF_NO_ROLES)
            .long(OF_NO_ROLES)
            .value_name("SECTION")
            .action(ArgAction::Append)
            .help("Take every role of a section away"),
    ]
}

fn of_clear() -> Arg {
    let clearable = || FIELDS.iter().filter(|spec| spec.clearable);
    let names: Vec<_> = clearable().map(|spec| flag(spec.field)).collect();
    let help = format!("Empty a field on the server: {}", names.join(", "));
    let parser = PossibleValuesParser::new(names);
    let parser = parser.map(move |name| clearable().map(|spec| spec.field).find(|field| flag(*field) == name));
    let arg = Arg::new(OF_CLEAR).long(OF_CLEAR).value_name("FIELD").action(ArgAction::Append).value_parser(parser);
    arg.hide_possible_values(true).help(help)
}

fn role(text: &str) -> Result<(String, BTreeSet<String>), String> {
    let (section, roles) = text.split_once('=').ok_or("has to be like training=user,trainer")?;
    let roles: BTreeSet<_> = roles.split(',').map(str::to_owned).collect();
    if section.is_empty() || roles.contains("") {
        return Err("has to be like training=user,trainer; --no-roles SECTION takes all away".to_owned());
    }
    Ok((section.to_owned(), roles))
}

fn typed(matches: &ArgMatches, operation: Operation) -> Typed {
    let all = |id: &str| -> Vec<String> {
        matches.try_get_many::<String>(id).ok().flatten().into_iter().flatten().cloned().collect()
    };
    let one = |id: &str| all(id).into_iter().next();
    let is_text = |spec: &&FieldSpec| !matches!(spec.kind, Kind::Password | Kind::Roles | Kind::Photo);
    let texts = FIELDS.iter().filter(|spec| is_taken(spec, operation)).filter(is_text);
    let texts = texts.flat_map(|spec| all(spec.key).into_iter().map(|text| (spec.field, text))).collect();
    let clear = matches.try_get_many::<Option<Field>>(OF_CLEAR).ok().flatten();
    let roles = matches.try_get_many::<(String, BTreeSet<String>)>(OF_ROLE).ok().flatten();
    Typed {
        texts,
        clear: clear.into_iter().flatten().copied().flatten().collect(),
        roles: roles.into_iter().flatten().cloned().collect(),
        no_roles: all(OF_NO_ROLES),
        image: one(Field::Image.spec().key),
        fit: matches.get_flag(OF_FIT),
        from_json: one(OF_JSON),
    }
}

macro_rules! options_of {
    ($name:ident, $operation:expr) => {
        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
                Ok(Self(typed(matches, $operation)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
                self.0 = typed(matches, $operation);
                Ok(())
            }
        }

        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                augment(command, $operation)
            }

            fn augment_args_for_update(command: Command) -> Command {
                augment(command, $operation)
            }
        }
    };
}

options_of!(CreateFields, Operation::Create);
options_of!(UpdateFields, Operation::Update);

//! `config init`: questions, answers that are checked as they come, and the file that is made of them.
//!
//! The file is the sample with the answers put in, so that there is one text to keep right. The token itself is not asked for: it would
//! only stand where it must not.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use toml::Value;

use crate::config::base_url;
use crate::config::read::{self, SYNCHRONIZATIONS};
use crate::config::token::TokenSource;
use crate::domain::field::Revision;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::visible;

/// The commented sample, in which every setting has its usual value.
pub const SAMPLE: &str = include_str!("../../assets/config.toml");

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The tenant's name, which also becomes the default.
    pub name: String,
    /// The address, as a configuration has it.
    pub base_url: String,
    /// Which of the vendor's pages it follows.
    pub revision: Revision,
    /// The mode it starts in.
    pub synchronization: Synchronization,
    /// Real people.
    pub production: bool,
    /// Where the token comes from.
    pub token: TokenSource,
}

/// Asks, until every answer is sound.
///
/// # Errors
/// The input ended or the output is gone; nothing was written.
pub fn ask(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<Answers> {
    let mut talk = Talk { input, output };
    let name = talk.ask("Name of the tenant, as you will type it", None, |text| {
        read::tenant_name(text).map(|()| text.to_owned())
    })?;
    let url = talk.ask("Address, up to /integration/ws or /integration/zuul", None, base_url::parse)?;
    if let Some(remark) = base_url::remark(&url) {
        talk.say(&format!("  Taken, but {remark}."))?;
    }
    let revision =
        talk.word("Revision of the vendor's pages", &Revision::ALL.map(Revision::word), Revision::from_word)?;
    let synchronization = talk.word("Synchronization", &SYNCHRONIZATIONS, Synchronization::from_word)?;
    // No usual answer: whoever only presses Enter must not get a real tenant that no screen calls real.
    let production = talk.ask("Does it hold real people (yes or no)", None, yes_or_no)?;
    let token = source(&mut talk)?;
    Ok(Answers { name, base_url: base_url::as_written(&url), revision, synchronization, production, token })
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "y" | "yes" => Ok(true),
        "n" | "no" => Ok(false),
        _ => Err("answer yes or no".into()),
    }
}

fn source(talk: &mut Talk<'_, impl BufRead, impl Write>) -> io::Result<TokenSource> {
    talk.say("The token is not asked for here and never stands in the file. At each start it is")?;
    talk.say("  ask: typed by you; file: read from a file that only you may read;")?;
    talk.say("  command: printed by a program such as pass; env: taken from a variable")?;
    let words = ["ask", "file", "command", "env"];
    let word = talk.word("Where the token comes from", &words, |text| words.into_iter().find(|word| *word == text))?;
    match word {
        "file" => talk.ask("Path of that file", None, |text| Ok(TokenSource::File(PathBuf::from(text)))),
        "command" => talk.ask("The program and its arguments, with blanks between", None, argv),
        "env" => talk.ask("Name of the variable", None, |text| {
            let variable = read::is_variable(text).then(|| TokenSource::Env(text.to_owned()));
            variable.ok_or_else(|| "a variable has letters, digits and \"_\" in its name, as in ACME_TOKEN".into())
        }),
        _ => Ok(TokenSource::Ask),
    }
}

fn argv(text: &str) -> Result<TokenSource, String> {
    if text.contains(['"', '\'', '\\', '$', '|']) {
        return Err("no shell will read this: leave quotes out, or write the list into the file by hand".into());
    }
    Ok(TokenSource::Command(text.split_whitespace().map(String::from).collect()))
}

/// A question and an answer a line.
struct Talk<'a, R, W> {
    input: &'a mut R,
    output: &'a mut W,
}

impl<R: BufRead, W: Write> Talk<'_, R, W> {
    fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{text}")
    }

    /// Asks until `check` takes the answer. An empty answer is the usual one, where there is one.
    fn ask<T>(
        &mut self,
        question: &str,
        usual: Option<&str>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> io::Result<T> {
        let hint = usual.map_or_else(String::new, |usual| format!(" [{usual}]"));
        loop {
            write!(self.output, "{question}{hint}: ")?;
            self.output.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            let why = match (line.trim(), usual) {
                ("", None) => "an answer is needed".into(),
                (text, _) if text.chars().any(char::is_control) => format!("{} has a hidden character", visible(text)),
                (text, usual) => match check(if text.is_empty() { usual.unwrap_or(text) } else { text }) {
                    Ok(answer) => return Ok(answer),
                    Err(why) => why,
                },
            };
            self.say(&format!("  Not taken: {why}."))?;
        }
    }

    /// Asks for one of a few words, the first of which is the usual one.
    fn word<T>(&mut self, question: &str, words: &[&str], of: impl Fn(&str) -> Option<T>) -> io::Result<T> {
        let all = words.join(", ");
        let question = format!("{question} ({all})");
        self.ask(&question, words.first().copied(), |text| of(text).ok_or_else(|| format!("it is one of: {all}")))
    }
}

/// The file of those answers.
pub fn render(answers: &Answers) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        None if line == "[tenants.acme]" => format!("[tenants.{}]", bare_or_quoted(&answers.name)),
        Some((key, _)) => setting(key, answers).map_or_else(|| line.to_owned(), |value| format!("{key} = {value}")),
        None => line.to_owned(),
    };
    let mut text: String = SAMPLE.lines().map(|sample| line(sample) + "\n").collect();
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// A name with a dot in it would be two names without quotes.
fn bare_or_quoted(name: &str) -> String {
    if name.contains('.') { quoted(name) } else { name.to_owned() }
}

/// What stands after the equals sign, for the keys that were asked for.
fn setting(key: &str, answers: &Answers) -> Option<String> {
    Some(match key {
        "default_tenant" => quoted(&answers.name),
        "base_url" => quoted(&answers.base_url),
        "revision" => quoted(answers.revision.word()),
        "synchronization" => quoted(answers.synchronization.word()),
        "production" => answers.production.to_string(),
        "token" => match &answers.token {
            TokenSource::Ask => "{ ask = true }".into(),
            TokenSource::Env(name) => format!("{{ env = {} }}", quoted(name)),
            TokenSource::File(path) => format!("{{ file = {} }}", quoted(&path.to_string_lossy())),
            TokenSource::Command(argv) => {
                let words: Vec<_> = argv.iter().map(|word| quoted(word)).collect();
                format!("{{ command = [{}] }}", words.join(", "))
            }
        },
        _ => return None,
    })
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests;

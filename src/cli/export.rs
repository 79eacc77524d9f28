//! `export`: everybody to CSV that reads back, safe to open in a spreadsheet.
//!
//! What the file says of a person, and what it cannot say, is [`crate::codec::export`]'s.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::cli::errand::{self, Start};
use crate::cli::flags::At;
use crate::cli::{CliError, output, read};
use crate::codec::export::{Export as Table, Layout};
use crate::codec::sheet::Delimiter;
use crate::domain::ending::Ending;
use crate::domain::person::Person;
use crate::domain::untrusted::visible;

/// What `export` is told.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The file, which must not be there yet; without it standard output
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// What stands between the cells
    #[arg(long, value_name = "WORD", value_parser = delimiter(), default_value = "comma")]
    pub delimiter: Delimiter,

    /// Begin with the mark by which Excel sees that it is UTF-8
    #[arg(long)]
    pub mark: bool,

    /// Where.
    #[command(flatten)]
    pub at: At,
}

fn delimiter() -> impl clap::builder::TypedValueParser<Value = Delimiter> {
    let words = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab].map(Delimiter::word);
    PossibleValuesParser::new(words).map(|word| Delimiter::from_word(&word).unwrap_or(Delimiter::Comma))
}

/// Writes everybody, page by page as they are read.
///
/// # Errors
/// The file is there already or cannot be written, or the people cannot be read; what was written up to then is a part, and is taken away
/// where it was a file.
pub fn run(args: &Export, start: Start<'_>) -> Result<Ending, CliError> {
    if args.at.json {
        return Err(CliError::Usage("an export is CSV: list --json has the same people as JSON".into()));
    }
    errand::carry_out(start, &args.at, None, async |errand| {
        let layout = Layout { delimiter: args.delimiter, mark: args.mark };
        let table = Table::people(errand.tenant.revision, errand.catalogues.clone(), layout);
        let lines = |people: &[Person]| people.iter().flat_map(|person| table.person(person)).collect::<Vec<_>>();
        let Some(path) = &args.file else {
            let is_read = output::stream_bytes(&table.header())?;
            return if is_read {
                read::pages(errand, |people, _| Ok(output::stream_bytes(&lines(people))?)).await
            } else {
                Ok(Ending::Done)
            };
        };
        let mut file = create(path)?;
        let done = async {
            file.write_all(&table.header())?;
            let ended = read::pages(errand, |people, _| Ok(file.write_all(&lines(people)).map(|()| true)?)).await;
            file.sync_all()?;
            ended
        };
        let ended = done.await;
        if ended.is_err() {
            // Half an export, fed back, says nothing wrong; taken for a whole one, it says that people are gone.
            let _ = std::fs::remove_file(path);
        }
        ended
    })
}

/// A new file that is ours alone: it is full of people.
fn create(path: &Path) -> Result<File, CliError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            let path = path.to_string_lossy();
            return CliError::Usage(format!("{} is there already, and is not written over", visible(&path)));
        }
        error.into()
    })
}

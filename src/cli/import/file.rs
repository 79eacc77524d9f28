//! The files of an import: what is read, and what is written anew for the agent alone.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::CliError;
use crate::cli::errand::Errand;
use crate::cli::given::Complaint;
use crate::codec::job::Kept;
use crate::codec::plan::PlanFile;
use crate::codec::sheet::{Faults, Sheet};
use crate::domain::code::Code;
use crate::domain::untrusted::visible;
use crate::service::import::file as people;

/// Says early that a file which shall be made is there already.
///
/// # Errors
/// It is.
pub fn ready(path: &Path) -> Result<(), CliError> {
    if path.symlink_metadata().is_ok() {
        return Err(CliError::Usage(format!("{} is there already, and is not written over", shown(path))));
    }
    Ok(())
}

/// Reads a plan's file.
///
/// # Errors
/// It cannot be read, or is no plan that may be carried out.
pub fn plan(path: &Path) -> Result<PlanFile, CliError> {
    let bytes = people::read(path).map_err(|words| CliError::Local(format!("{} {words}", shown(path))))?;
    PlanFile::read(bytes).map_err(|fault| {
        CliError::BadFile(vec![Complaint::new(format!("{}, line {}:", shown(path), fault.line), fault.words)])
    })
}

/// Reads a file of people, or what comes through standard input.
///
/// # Errors
/// It cannot be read, or the agent stopped waiting.
pub async fn bytes(errand: &mut Errand, path: &Path) -> Result<Vec<u8>, CliError> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { "standard input".to_owned() } else { shown(path) };
    let path = path.to_owned();
    let read =
        tokio::task::spawn_blocking(
            move || {
                if is_stdin { people::read_from(io::stdin().lock()) } else { people::read(&path) }
            },
        );
    match errand.stop.unless(read).await? {
        Ok(read) => read.map_err(|words| CliError::Local(format!("{name} {words}"))),
        Err(_) => Err(CliError::Local(format!("{name} cannot be read"))),
    }
}

/// Reads the people of a file, and checks all of them before anything else is done.
///
/// # Errors
/// Every fault, with its line and column.
pub async fn sheet(errand: &mut Errand, bytes: Vec<u8>, kept: &Kept) -> Result<Arc<Sheet>, CliError> {
    let (kept, catalogues) = (kept.clone(), errand.catalogues.clone());
    let read = tokio::task::spawn_blocking(move || people::open(bytes, &kept, &catalogues));
    match errand.stop.unless(read).await? {
        Ok(read) => read.map_err(|faults| faulty(&faults)),
        Err(_) => Err(CliError::Known(Code::OwnFault, "the file could not be checked".into())),
    }
}

/// Every fault of a file of people, as the program's own error.
pub fn faulty(faults: &Faults) -> CliError {
    let place = |place: &crate::codec::sheet::Place| format!(", {place}");
    let mut complaints: Vec<_> = faults
        .stops
        .iter()
        .map(|fault| {
            let column = fault.place.as_ref().map(place).unwrap_or_default();
            Complaint::new(format!("line {}{column}:", fault.line), &fault.words)
        })
        .collect();
    let more = faults.stops_total - faults.stops.len();
    if more > 0 {
        complaints.push(Complaint::new("and", format!("{more} more")));
    }
    CliError::BadFile(complaints)
}

/// A new file of mode 600. What exists is never written over, and what is not finished is taken away again.
pub struct New {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl New {
    /// Makes the file.
    ///
    /// # Errors
    /// It is there already, or cannot be made.
    pub fn create(path: &Path) -> Result<Self, CliError> {
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = opened.map_err(|error| refused(path, &error))?;
        Ok(Self { path: path.to_owned(), file: Some(BufWriter::new(file)) })
    }

    /// Writes some of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(|error| refused(&self.path, &error)),
            None => Ok(()),
        }
    }

    /// Puts all of it on the disk. Only then the file stays.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<(), CliError> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(|error| {
            let _ = std::fs::remove_file(&self.path);
            refused(&self.path, &error)
        })
    }
}

impl Drop for New {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Half a plan would be refused, and half a list of failures would be believed.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn refused(path: &Path, error: &io::Error) -> CliError {
    let kind = error.kind();
    if kind == io::ErrorKind::AlreadyExists {
        return CliError::Usage(format!("{} is there already, and is not written over", shown(path)));
    }
    let words = format!("{} cannot be written: {error}", shown(path));
    if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return CliError::Known(Code::DiskFull, words);
    }
    CliError::Local(words)
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_new_file_is_private_whole_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan");
        let mut half = New::create(&path).unwrap();
        half.write(b"half").unwrap();
        assert!(ready(&path).is_err() && New::create(&path).is_err());
        drop(half);
        assert!(!path.exists(), "what was not finished is not left");
        let mut whole = New::create(&path).unwrap();
        whole.write(b"whole").unwrap();
        whole.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

//! The clock of the world: eight bytes in a file, written by the world alone and read by everybody.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::OnceLock;

/// When the world begins, in milliseconds since 1970.
pub const BEGIN: i64 = 1_700_000_000_000;

static FACE: OnceLock<File> = OnceLock::new();

/// The hands, for who moves them.
#[derive(Debug)]
pub struct Hands(File);

impl Hands {
    /// Makes the clock, at its beginning.
    pub fn new(path: &Path) -> io::Result<Self> {
        let hands = Self(File::create(path)?);
        hands.set(BEGIN).map(|()| hands)
    }

    /// Sets the time.
    pub fn set(&self, now: i64) -> io::Result<()> {
        self.0.write_all_at(&now.to_le_bytes(), 0)
    }
}

/// Has this process read the clock of a file from now on.
pub fn follow(path: &Path) -> io::Result<()> {
    let _ = FACE.set(File::open(path)?);
    Ok(())
}

/// What time it is in the world.
pub fn now() -> i64 {
    let mut bytes = [0; 8];
    match FACE.get().map(|face| face.read_exact_at(&mut bytes, 0)) {
        Some(Ok(())) => i64::from_le_bytes(bytes),
        Some(Err(_)) | None => BEGIN,
    }
}

/// A time after everything, for who only looks at a journal.
pub fn after_everything() -> i64 {
    BEGIN * 2
}

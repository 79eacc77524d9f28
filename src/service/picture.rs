//! A picture from a file or from bytes, made into one that can be sent: for who has no picker. It waits for the disk and the processor.

use std::path::Path;

use crate::domain::files::{MediaFault, Wish};
use crate::domain::photo::Picture;
use crate::media::load;

/// The picture in a file, as far as `wish` allows what has to be done to it.
pub fn from_file(path: &Path, wish: Wish) -> Result<Picture, MediaFault> {
    load::load(path, wish)
}

/// The picture in a file below a folder, where the way to it stands in a file of people.
pub fn from_below(folder: &Path, way: &str, wish: Wish) -> Result<Picture, MediaFault> {
    load::load_beneath(folder, way, wish)
}

/// The picture in bytes; `name` says where they came from.
pub fn from_bytes(bytes: Vec<u8>, name: &str, wish: Wish) -> Result<Picture, MediaFault> {
    load::from_bytes(bytes, name, wish)
}

//! What a person sees who looks for a picture: a folder, its entries, what one file holds, and why a file cannot be used.
//!
//! Nothing here opens a file ([`crate::media`] does): these are the answers, as values that the screen can keep and compare.

use std::fmt;
use std::path::PathBuf;

use crate::domain::photo::{LIMIT, MediaType, Thumb};
use crate::domain::untrusted::{Untrusted, visible};

/// The most pixels across or down that are decoded (faults.md I-12 and M11).
pub const MOST_PIXELS: u32 = 4096;
/// The most bytes that a decoder may take for one picture (faults.md I-12 and M11).
pub const MOST_MEMORY: u64 = 64 * 1024 * 1024;
/// The largest file that is read at all, in bytes: an uncompressed 10 megapixel picture still goes in.
pub const MOST_FILE: u64 = 32 * 1024 * 1024;
/// The most entries of a folder that are listed.
pub const MOST_ENTRIES: usize = 10_000;

/// A folder as the picker shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Where it is, without symbolic links and dots. Show it through [`Folder::shown`].
    pub path: PathBuf,
    /// Folders first, then files, each in the order in which a person counts: `photo 9` before `photo 10`.
    pub entries: Vec<Entry>,
    /// Whether there were more than [`MOST_ENTRIES`]; what is missing is then whatever the system named last.
    pub cut: bool,
}

impl Folder {
    /// The path as a terminal may be given it.
    pub fn shown(&self) -> String {
        visible(&self.path.to_string_lossy()).into_owned()
    }
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The way to it, exactly as the system names it: a name need not be text.
    pub path: PathBuf,
    /// The last part of the path, for the screen.
    pub name: Untrusted,
    /// What it seems to be.
    pub kind: EntryKind,
    /// How long it is, in bytes; 0 for what is not a file.
    pub bytes: u64,
}

/// What an entry seems to be, without opening it: opening ten thousand files to paint a list would take minutes on a slow disk.
/// What it is in truth, the preview says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A folder, or a link to one.
    Folder,
    /// A file whose name ends like the name of a picture.
    Picture,
    /// Anything else, also pipes, devices and links that lead nowhere.
    Other,
}

/// A format that can be read, whether or not the service takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/gif`
    Gif,
    /// `image/webp`
    WebP,
    /// `image/bmp`
    Bmp,
    /// `image/tiff`
    Tiff,
}

impl Format {
    /// The media type where the service takes it as it is (USR011, api.md 6).
    pub fn accepted(self) -> Option<MediaType> {
        match self {
            Self::Png => Some(MediaType::Png),
            Self::Jpeg => Some(MediaType::Jpeg),
            Self::Gif => Some(MediaType::Gif),
            Self::WebP | Self::Bmp | Self::Tiff => None,
        }
    }

    /// The media type by name, for the screen.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
        })
    }
}

/// What the person agreed to have done with a picture that cannot be sent as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wish {
    /// Turn WebP, BMP and TIFF into PNG or JPEG.
    pub convert: bool,
    /// Make it smaller until it fits into [`LIMIT`].
    pub shrink: bool,
}

/// What a file holds, for the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which file, as it was asked for; empty for pasted bytes.
    pub path: PathBuf,
    /// Its name for the screen, or "pasted".
    pub name: Untrusted,
    /// What the content is, whatever the name says.
    pub format: Format,
    /// Pixels across, once upright.
    pub width: u32,
    /// Pixels down, once upright.
    pub height: u32,
    /// How long the file is, in bytes.
    pub bytes: u64,
    /// A small rendering, upright.
    pub thumb: Thumb,
    /// What choosing it would take.
    pub offer: Offer,
    /// What choosing it would do to it beyond the offer, in words such as "turned upright".
    pub notes: Vec<String>,
}

/// What choosing a picture takes: the wish under which loading it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offer {
    /// It can be taken at once.
    AsIs,
    /// It would be converted to this.
    Convert(MediaType),
    /// It would be made smaller; it may become a JPEG on the way.
    Shrink,
    /// Both, ending as this or, where that stays too large, as a JPEG.
    ConvertAndShrink(MediaType),
}

impl Offer {
    /// What the person agrees to by taking the offer.
    pub fn wish(self) -> Wish {
        match self {
            Self::AsIs => Wish::default(),
            Self::Convert(_) => Wish { convert: true, shrink: false },
            Self::Shrink => Wish { convert: false, shrink: true },
            Self::ConvertAndShrink(_) => Wish { convert: true, shrink: true },
        }
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsIs => f.write_str("can be sent"),
            Self::Convert(to) => write!(f, "would be converted to {to}"),
            Self::Shrink => write!(f, "would be made smaller, to fit into {}", size(LIMIT as u64)),
            Self::ConvertAndShrink(to) => {
                write!(f, "would be converted to {to} and made smaller, to fit into {}", size(LIMIT as u64))
            }
        }
    }
}

/// Why a folder cannot be listed or a file not be used. The words stand behind the name of the file: "marta.png: is empty".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaFault {
    /// Nothing has this name.
    Missing,
    /// The rights of the file or of a folder above it say no.
    Denied,
    /// Symbolic links that lead in a circle.
    Circle,
    /// A folder was wanted and this is something else.
    NotAFolder,
    /// A regular file was wanted; what it is instead.
    NotAFile(&'static str),
    /// The system refused for another reason, in its own words.
    Unreadable(Untrusted),
    /// Nothing in it.
    Empty,
    /// Longer than [`MOST_FILE`], in bytes.
    TooMuch(u64),
    /// It was written to while it was read.
    Changed,
    /// The content is not one of the formats that can be read; what it is instead.
    NotAPicture(&'static str),
    /// It begins like this format, and the rest is cut off, damaged or a lie.
    Broken(Format),
    /// A correct file of a variety that cannot be read.
    Unsupported(Format),
    /// More than [`MOST_PIXELS`] across or down, or more than [`MOST_MEMORY`] decoded. The dimensions are those that it claims.
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The service does not take this format: it can be converted, if the person agrees.
    NeedsConverting(Format),
    /// It does not fit into [`LIMIT`]: it can be made smaller, if the person agrees. In bytes.
    TooLarge(u64),
}

impl fmt::Display for MediaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Denied => f.write_str("may not be read: permission denied"),
            Self::Circle => f.write_str("is a symbolic link that leads in a circle"),
            Self::NotAFolder => f.write_str("is not a folder"),
            Self::NotAFile(what) => write!(f, "is {what}, not a file"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Empty => f.write_str("is empty"),
            Self::TooMuch(bytes) => {
                write!(f, "is {} long; files over {} MiB are not opened", size(*bytes), MOST_FILE >> 20)
            }
            Self::Changed => f.write_str("changed while it was read; try again"),
            Self::NotAPicture(what) => {
                write!(f, "holds {what}; PNG, JPEG and GIF can be sent, WebP, BMP and TIFF converted")
            }
            Self::Broken(format) => write!(f, "begins like a {format} picture, but is cut off or damaged"),
            Self::Unsupported(format) => write!(f, "is a variety of {format} that cannot be read here"),
            Self::TooManyPixels { width, height } => write!(
                f,
                "claims {width}x{height} pixels, which is over {MOST_PIXELS} a side or over {} MiB of memory; make it smaller elsewhere",
                MOST_MEMORY >> 20
            ),
            Self::NeedsConverting(format) => {
                write!(f, "is a {format} picture, which the service does not take; it can be converted")
            }
            Self::TooLarge(bytes) => write!(
                f,
                "has {} and does not fit into the {} that the service takes; it can be made smaller",
                size(*bytes),
                size(LIMIT as u64)
            ),
        }
    }
}

impl std::error::Error for MediaFault {}

/// A length for a person: `84 KB`, `1.2 MB`. The K is 1,000, as in [`LIMIT`]; rounded up, so that nothing over a limit reads like the limit.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        1_000_000.. => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_over_the_limit_never_reads_like_the_limit() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(84_000), "84 KB");
        assert_eq!(size(LIMIT as u64), "700 KB");
        assert_eq!(size(LIMIT as u64 + 1), "701 KB");
        assert_eq!(size(1_200_001), "1.3 MB");
    }

    #[test]
    fn an_offer_taken_is_the_wish_that_it_names() {
        assert_eq!(Offer::AsIs.wish(), Wish::default());
        assert_eq!(Offer::ConvertAndShrink(MediaType::Png).wish(), Wish { convert: true, shrink: true });
        assert!(Offer::Convert(MediaType::Jpeg).wish().convert && !Offer::Convert(MediaType::Jpeg).wish().shrink);
    }

    #[test]
    fn what_the_system_says_is_shown_without_controls() {
        let fault = MediaFault::Unreadable(Untrusted::new("disk\u{1b}[2J"));
        assert_eq!(fault.to_string(), "cannot be read: disk␛[2J");
    }
}

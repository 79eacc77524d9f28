//! Pictures: open, look at, decode within limits, turn upright, shrink, preview.
//!
//! Everything here waits for the disk and the processor and knows nothing of tasks: the runtime calls it off the loop. What comes out
//! are the plain values of [`crate::domain::files`] and [`crate::domain::photo`]. Base64 is not here, it is wire format; neither is
//! drawing: a [`crate::domain::photo::Thumb`] is pixels, and how many colours the terminal has is the screen's business.
//!
//! The way of a picture, one file each: `open` takes the bytes from a regular file and nothing else, `beneath` finds such a file only
//! below a folder, `kind` says by the content what they are, `anatomy` walks their outer structure without decoding, `decode` makes
//! pixels within limits and turns them upright, `encode` writes them anew so that nothing but the picture is left, `area` makes them
//! smaller.

mod anatomy;
mod area;
mod beneath;
mod decode;
mod encode;
pub mod folder;
mod kind;
pub mod load;
pub mod look;
mod open;

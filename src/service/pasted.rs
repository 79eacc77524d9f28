//! Pasted text, made into a picture that can be sent.

use crate::codec::base64;
use crate::domain::files::{MediaFault, Wish};
use crate::domain::photo::Picture;
use crate::media::load;

/// Why pasted text is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasteFault {
    /// The text is not the base64 of anything; in words.
    Text(String),
    /// What it holds cannot be used; some of these can be mended with another wish.
    Media(MediaFault),
}

/// The picture in base64 or in a `data:` URI. It may take a second, so that it has no place where keys are waited for.
pub fn picture(text: &str, wish: Wish) -> Result<Picture, PasteFault> {
    let bytes = base64::pasted(text).map_err(|fault| PasteFault::Text(format!("the pasted text {fault}")))?;
    load::from_bytes(bytes, "pasted", wish).map_err(PasteFault::Media)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_paste_is_said_of_the_text_or_of_the_picture() {
        assert!(
            matches!(picture("   ", Wish::default()), Err(PasteFault::Text(words)) if words.starts_with("the pasted text "))
        );
        let no_picture = base64::encode(b"hello, I am a text");
        assert!(matches!(picture(&no_picture, Wish::default()), Err(PasteFault::Media(MediaFault::NotAPicture(_)))));
    }
}

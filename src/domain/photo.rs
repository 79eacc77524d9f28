//! The picture of a user: a URL that somebody else serves, or bytes with their media type.
//!
//! Nothing is decoded here (that is [`crate::media`]), and a URL is never fetched by this program.

use std::fmt;
use std::sync::Arc;

use url::{Host, Url};

/// The largest picture in bytes, before base64. The training platform says 700 KB (USR012, api.md 6) and does not say which K, nor whether it
/// counts before or after encoding: this is the smaller K of the decoded size.
pub const LIMIT: usize = 700_000;

/// What the service takes (USR011, api.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/gif`
    Gif,
}

impl MediaType {
    /// The name for `mimeType`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A picture ready to be sent: upright, without metadata, of a type that the service takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Where it came from, for the screen: a file name, or "pasted".
    pub name: String,
    /// The encoded file, as it goes into base64.
    pub bytes: Arc<[u8]>,
    /// What the bytes are, by their content.
    pub media_type: MediaType,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What was done to the original, in words such as "turned upright"; empty where nothing was.
    pub notes: Vec<String>,
    /// A small rendering for the screen.
    pub thumb: Thumb,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Picture({:?}, {}x{}, {} bytes, {})",
            self.name,
            self.width,
            self.height,
            self.bytes.len(),
            self.media_type
        )
    }
}

/// A few pixels to show in a terminal, rows from the top, three bytes a pixel.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Thumb {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// Red, green and blue of each pixel.
    pub pixels: Vec<[u8; 3]>,
}

impl fmt::Debug for Thumb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumb({}x{})", self.width, self.height)
    }
}

/// What is sent as `image`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Photo {
    /// `{"url": ...}`, exactly as written.
    Url(String),
    /// `{"base64Image": ..., "mimeType": ...}`.
    Picture(Picture),
}

/// What is wrong with a URL for a picture, in words, or nothing. The platform fetches it (api.md 7, row 31), so it has to be one that a
/// server can and may fetch: not a file of this machine, not a name with a password in it.
pub fn url_fault(text: &str) -> Option<&'static str> {
    if text.len() > 2048 {
        return Some("is longer than 2,048 bytes");
    }
    let Ok(url) = Url::parse(text) else {
        return Some("is not a URL");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some("has to begin with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("must not carry a user name or password");
    }
    let here = match url.host() {
        None => true,
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
    };
    here.then_some("points into a private network, which the platform must not fetch from")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_a_platform_can_fetch() {
        for good in ["https://acme.example/marta.png", "http://acme.example/a?b=c#d"] {
            assert_eq!(url_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "marta.png",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "https://u:p@acme.example/x",
            "http://localhost/x",
            "http://127.0.0.1/x",
            "http://169.254.169.254/latest",
            "http://10.0.0.1/x",
            "http://[::1]/x",
        ] {
            assert!(url_fault(bad).is_some(), "{bad}");
        }
        assert!(url_fault(&format!("https://acme.example/{}", "a".repeat(3000))).is_some());
    }
}

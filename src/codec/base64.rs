//! Bytes of pictures to base64 and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Plain base64 with padding and without a `data:` prefix, as `base64Image` wants it (api.md 7, row 30).
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

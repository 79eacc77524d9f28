//! What an error of the HTTP library means for a change: whether a byte of it can have left.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use crate::api::http::NotFound;
use crate::domain::outcome::Cause;
use crate::domain::untrusted::Untrusted;

/// The cause of a request that got no reply. What failed while the connection was made is told apart by type, never by text; everything
/// later is [`Cause::Broken`], because a byte may have left.
///
/// The library's own text is not shown: it holds the whole address (faults.md, M14).
pub fn cause(error: &reqwest::Error) -> Cause {
    if error.is_builder() {
        return Cause::Local(Untrusted::new("the request could not be built; nothing was sent"));
    }
    if !error.is_connect() {
        return Cause::Broken;
    }
    if let Some(tls) = find::<TlsError>(error) {
        return Cause::Tls(reason(tls));
    }
    if error.is_dns() || find::<NotFound>(error).is_some() { Cause::Lookup } else { Cause::Connect }
}

/// Looks for a type among the causes. An `io::Error` passes over what it wraps when it is asked for its source, and a refused
/// certificate sits two of them deep (ecosystem.md, section 3).
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// What an agent can tell whoever runs the server, for the faults that happen; the library's words for the rest.
fn reason(error: &TlsError) -> Untrusted {
    use CertificateError as Bad;
    let words = if let TlsError::InvalidCertificate(bad) = error {
        if matches!(bad, Bad::Expired | Bad::ExpiredContext { .. }) {
            "the server's certificate has expired"
        } else if matches!(bad, Bad::NotValidYet | Bad::NotValidYetContext { .. }) {
            "the server's certificate is not valid yet, or this machine's clock is wrong"
        } else if matches!(bad, Bad::NotValidForName | Bad::NotValidForNameContext { .. }) {
            "the server's certificate is for another host"
        } else if matches!(bad, Bad::UnknownIssuer) {
            "nobody known here vouches for the server's certificate; a CA file can be named in the configuration"
        } else if matches!(bad, Bad::Revoked) {
            "the server's certificate was revoked"
        } else {
            return Untrusted::new(format!("the server's certificate was refused: {bad}"));
        }
    } else if matches!(error, TlsError::InvalidMessage(_)) {
        "the port does not speak TLS"
    } else if matches!(error, TlsError::PeerIncompatible(_)) {
        "the server speaks no version of TLS that is still safe"
    } else {
        return Untrusted::new(error.to_string());
    };
    Untrusted::new(words)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;
    use crate::api::http::Names;

    /// Knows nobody, as a machine without a network.
    struct Nobody;

    impl Resolve for Nobody {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err(NotFound.into()) })
        }
    }

    #[tokio::test]
    async fn an_unknown_name_is_told_from_a_closed_port() {
        crate::api::http::install_provider();
        #[expect(
            clippy::disallowed_methods,
            reason = "the constructor takes no resolver, and a test asks no name server"
        )]
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]).dns_resolver(Arc::new(Nobody));
        let client = builder.build().unwrap();
        for address in ["http://acme.example/", "https://acme.example/"] {
            assert_eq!(cause(&client.get(address).send().await.unwrap_err()), Cause::Lookup, "{address}");
        }
        assert_eq!(cause(&client.get("http://127.0.0.1:1/").send().await.unwrap_err()), Cause::Connect);
    }

    #[tokio::test]
    async fn names_lead_nowhere_or_here() {
        // Longer than a name may be, so that no name server is asked.
        let long = "x".repeat(64).parse().unwrap();
        assert!(Names.resolve(long).await.is_err_and(|error| error.is::<NotFound>()));
        let here = Names.resolve("localhost".parse().unwrap()).await.unwrap_or_else(|error| panic!("{error}"));
        assert!(here.into_iter().all(|address| address.ip().is_loopback()));
    }
}

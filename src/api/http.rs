//! The one constructor of an HTTP client in this program. Everything that an HTTP library does by itself is switched off here: it must
//! not follow, repeat, decompress or reuse anything, because a change of an account is sent once or not at all.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::tls::Certificate;
use url::Url;

use crate::api::error::SetupError;
use crate::api::path::is_loopback;

/// What the constructor is told; the rest is not negotiable.
pub struct Options<'a> {
    /// The base, as [`crate::api::path::base`] took it.
    pub base: &'a Url,
    /// Whether the environment's proxies are used.
    pub proxy: bool,
    /// Certificates as PEM, in addition to those of the system.
    pub authorities: Option<&'a [u8]>,
    /// The deadline for name, connection and TLS together.
    pub connect: Duration,
}

/// Builds the client.
///
/// * No redirects: the library would send the token, and on 307 and 308 the password, to wherever a server points (faults.md, M1).
/// * No retries, and no connection is kept: a stale one is where a second request would hide (faults.md, rows 9 and 10).
/// * No compression is compiled in, so that a limit of bytes is a limit of memory (row 23).
/// * A loopback base of plain http is the sandbox: it needs no certificates, on a machine that may have none, and never a proxy, which would
///   be given the token in the clear.
pub fn client(options: &Options<'_>) -> Result<reqwest::Client, SetupError> {
    install_provider();
    #[expect(clippy::disallowed_methods, reason = "this is the one place that builds an HTTP client")]
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_title_case_headers()
        .pool_max_idle_per_host(0)
        .connect_timeout(options.connect)
        .dns_resolver(Arc::new(Names));
    let here = is_loopback(options.base);
    if here || !options.proxy {
        builder = builder.no_proxy();
    }
    if options.base.scheme() == "http" {
        builder = builder.tls_certs_only([]);
    } else {
        builder = builder.https_only(true);
        if let Some(pem) = options.authorities {
            builder = builder.tls_certs_merge(certificates(pem)?);
        }
    }
    builder.build().map_err(|error| refused(&error, options))
}

/// The library panics where no provider was installed. A second installation is refused, which is as good.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, SetupError> {
    match Certificate::from_pem_bundle(pem) {
        Ok(certificates) if certificates.is_empty() => Err(SetupError::Authorities("holds no certificate".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(_) => Err(SetupError::Authorities("is not PEM".to_owned())),
    }
}

fn refused(error: &reqwest::Error, options: &Options<'_>) -> SetupError {
    let reasons = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    let words: Vec<String> = reasons.map(ToString::to_string).collect();
    if words.iter().any(|words| words.contains("No CA certificates")) {
        SetupError::NoAuthorities
    } else if options.authorities.is_some() {
        SetupError::Authorities("holds something that is not a certificate".to_owned())
    } else {
        SetupError::Library(words.last().cloned().unwrap_or_default())
    }
}

/// Finds names by the system, except `localhost`, which is this machine whatever anybody's name server says (RFC 6761): plain http with a token
/// goes there.
pub struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = if name.as_str() == "localhost" {
                [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].map(|ip| (ip, 0).into()).into()
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NotFound)?.collect()
            };
            if found.is_empty() {
                return Err(NotFound.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The name of a host leads nowhere. A type of our own, to be found again among the causes of an error without reading its text.
#[derive(Debug)]
pub struct NotFound;

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name was not found")
    }
}

impl Error for NotFound {}

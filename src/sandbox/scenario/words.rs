//! The words and defaults of a scenario file.
//!
//! Each is read where it stands, so that the parser can name the line of a wrong one.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::domain::field::Revision;
use crate::domain::tenant::Synchronization;
use crate::sandbox::TOKEN;
use crate::sandbox::scenario::{Applied, MOST_PEOPLE, Service};

/// The longest wait: a typing mistake must not hold a connection for a day.
const LONGEST: Duration = Duration::from_secs(600);

/// Strict unless the file says otherwise.
pub fn yes() -> bool {
    true
}

/// The group pages state asynchronous; the user pages state nothing (api.md 7, row 4).
pub fn unsaid() -> Synchronization {
    Synchronization::Asynchronous
}

/// The token of every built-in scenario.
pub fn token() -> String {
    TOKEN.to_owned()
}

/// The usual status of a wrong token.
pub fn unauthorized() -> u16 {
    401
}

/// A strike that names no service strikes all of them.
pub fn every_service() -> Vec<Service> {
    Service::ALL.to_vec()
}

/// `original`, `2019` or `2023`.
pub fn revision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Revision, D::Error> {
    let word = String::deserialize(deserializer)?;
    Revision::from_word(&word).ok_or_else(|| D::Error::custom("unknown revision: write original, 2019 or 2023"))
}

/// `synchronous` or `asynchronous`.
pub fn mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Synchronization, D::Error> {
    let word = String::deserialize(deserializer)?;
    Synchronization::from_word(&word).ok_or_else(|| D::Error::custom("unknown mode: write synchronous or asynchronous"))
}

/// How many people there are.
pub fn people<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let people = u32::deserialize(deserializer)?;
    if people <= MOST_PEOPLE { Ok(Some(people)) } else { Err(D::Error::custom("there are at most 1000000 people")) }
}

/// An HTTP status that a server may end an exchange with.
pub fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if (200..600).contains(&status) {
        Ok(status)
    } else {
        Err(D::Error::custom("a status is a number from 200 to 599"))
    }
}

/// The same where it may be left out.
pub fn maybe_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    status(deserializer).map(Some)
}

/// `4s` or `250ms`.
pub fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let word = String::deserialize(deserializer)?;
    parse_span(&word).ok_or_else(|| D::Error::custom("not a time: write it as 4s or 250ms, at most 600s"))
}

/// `now`, `never`, or the time after which the change happens.
pub fn applied<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Applied>, D::Error> {
    let word = String::deserialize(deserializer)?;
    match word.as_str() {
        "now" => Ok(Some(Applied::Now)),
        "never" => Ok(Some(Applied::Never)),
        _ => match parse_span(&word) {
            Some(span) => Ok(Some(Applied::After(span))),
            None => Err(D::Error::custom("not a moment: write now, never, or a time such as 2s or 250ms")),
        },
    }
}

fn parse_span(word: &str) -> Option<Duration> {
    let span = match word.strip_suffix("ms") {
        Some(number) => Duration::from_millis(number.parse().ok()?),
        None => Duration::from_secs(word.strip_suffix('s')?.parse().ok()?),
    };
    (span <= LONGEST).then_some(span)
}

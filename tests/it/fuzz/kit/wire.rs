//! What comes from the service: replies, and the header that asks to wait.

use netex_users::api::PLATFORMS;
use netex_users::api::classify::{Reply, classify};
use netex_users::domain::outcome::{Cause, PlatformState, Report, Verdict as Outcome};
use serde_json::Value;

use super::{Verdict, sign};

/// The statuses of HTTP, by the first byte of an input.
const STATUSES: [u16; 16] = [200, 201, 202, 204, 206, 301, 303, 400, 401, 404, 409, 422, 429, 500, 502, 503];

/// Words of an envelope.
pub const ENVELOPE: &[&[u8]] = &[
    b"\"status\": 201",
    b"\"status\": 202",
    b"\"status\": \"200\"",
    b"\"status\": 201.0",
    b"\"status\": 1e2",
    b"\"responsePlatforms\": {}",
    b"\"management\": {\"status\": 500}",
    b"\"training\": null",
    b"\"location\": \"/users/..\"",
    b"\"message\": \"\\u001b[2J\"",
    b"\xef\xbb\xbf",
    b"<html>",
    b"[",
    b"{",
    b"}",
    b"null",
];

/// Replies as the vendor shows them, and as gateways send them. The first byte stands for the status of HTTP.
pub fn envelopes() -> Vec<Vec<u8>> {
    let platforms = |status: u16| {
        format!(
            r#"{{"management": {{"status": {status}, "location": "/users/8a8"}}, "training": {{"status": {status}}}, "social": {{"status": {status}, "message": "ok"}}}}"#
        )
    };
    let whole = |generic: u16, each: u16| {
        format!(
            r#"{{"status": {generic}, "message": "m", "location": "/users/8a8", "responsePlatforms": {}}}"#,
            platforms(each)
        )
    };
    let texts = [
        whole(201, 201),
        whole(200, 202),
        whole(200, 500),
        whole(500, 201),
        r#"{"status": 404, "responsePlatforms": {}}"#.to_owned(),
        "<!DOCTYPE html><title>Sign in</title>".to_owned(),
        String::new(),
    ];
    let with = |first: u8| texts.iter().map(move |text| [&[first], text.as_bytes()].concat());
    (0..16).flat_map(with).collect()
}

/// Whatever comes back, green is only what a strange reader finds to be success everywhere.
pub fn reply(bytes: &[u8]) -> Verdict {
    let (first, body) = bytes.split_first().unwrap_or((&0, &[]));
    let http = STATUSES[usize::from(first % 16)];
    let expected: Vec<String> = PLATFORMS.map(str::to_owned).into();
    let report = classify(&Reply::of(http, body), &expected);
    if report.verdict == Outcome::Applied && !is_success(http, body) {
        return Err(format!("green for {http}"));
    }
    let shown = format!("{}{}", report.cause, report.message.as_ref().map_or_else(String::new, ToString::to_string));
    if shown.chars().any(netex_users::domain::untrusted::is_hidden) {
        return Err("a hidden character is shown".to_owned());
    }
    let states: Vec<PlatformState> = report.platforms.iter().map(|row| row.state).take(6).collect();
    let states: Vec<&str> = states.iter().map(|state| state.word()).collect();
    Ok(sign(&(report.verdict, kind(&report), states, report.id.is_some(), report.notes.len())))
}

fn kind(report: &Report) -> String {
    let text = format!("{:?}", report.cause);
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// Success as `serde_json` finds it, without any of the program's own readers.
fn is_success(http: u16, body: &[u8]) -> bool {
    let good = |value: &Value| {
        let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        // 201.0 is 201 as well.
        let of_float =
            |float: f64| (200..300_u32).find(|status| (f64::from(*status) - float).abs() < f64::EPSILON).map(u64::from);
        let number = number.or_else(|| value.as_f64().and_then(of_float));
        number.is_some_and(|status| (200..300).contains(&status) && status != 202)
    };
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return false };
    let platforms = value["responsePlatforms"].as_object();
    let all = platforms.is_some_and(|all| {
        all.values().all(|platform| good(&platform["status"])) && PLATFORMS.iter().all(|name| all.contains_key(*name))
    });
    (200..300).contains(&http) && all && good(&value["status"])
}

/// Words of the header.
pub const WAITS: &[&[u8]] = &[b"GMT", b"Sun, ", b"99999999999999999999", b"-", b"\0", b" ", b"+0000", b"2026", b":"];

/// The header and the server's date, with a line break between them.
pub fn waits() -> Vec<Vec<u8>> {
    [
        "5\n",
        "120\nSun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:50:07 GMT\nSun, 06 Nov 1994 08:49:37 GMT",
        "-1\n",
        "99999999\n",
        "Fri, 31 Dec 9999 23:59:59 GMT\nThu, 01 Jan 1970 00:00:00 GMT",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Whatever the header says, the wait is bounded or not there.
pub fn retry_after(bytes: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (wait, date) = text.split_once('\n').unwrap_or((&text, ""));
    let reply = Reply { retry_after: Some(wait.to_owned()), date: Some(date.to_owned()), ..Reply::of(429, "") };
    let report = classify(&reply, &[]);
    let Cause::TooMany(wait) = report.cause else { return Err(format!("429 became {:?}", report.cause)) };
    match wait {
        Some(seconds) if seconds > 24 * 60 * 60 => Err(format!("a wait of {seconds} s")),
        Some(seconds) => Ok(seconds.checked_ilog2().map_or(1, |log| 2 + u64::from(log))),
        None => Ok(0),
    }
}

//! Every source, and that no refusal repeats a token.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn asked(typed: &str) -> Result<Secret, TokenError> {
    TokenSource::Ask.resolve(&[], || Ok(typed.to_owned()))
}

fn nobody() -> io::Result<String> {
    Err(io::Error::other("nobody was to be asked"))
}

/// The words of a refusal. A secret has no `Debug`, so `unwrap_err` is not to be had.
fn refusal(result: Result<Secret, TokenError>) -> String {
    result.err().map_or_else(|| "not refused".into(), |error| error.to_string())
}

#[test]
fn a_token_is_taken_without_the_line_feed_at_its_end() {
    for typed in ["aB3-._~+/=", "aB3-._~+/=\n", "aB3-._~+/=\r\n"] {
        assert!(asked(typed).is_ok_and(|token| token.expose() == "aB3-._~+/="), "{typed:?}");
    }
}

#[test]
fn what_no_header_can_carry_is_refused_and_not_repeated() {
    for (typed, words) in [
        ("", "there is nothing in it"),
        ("\n", "there is nothing in it"),
        ("canary ", "a blank in it"),
        (" canary", "a blank in it"),
        ("canary\tcanary", "a blank in it"),
        ("canary\ncanary", "more than one line"),
        ("canary\n\n", "more than one line"),
        ("canary\r", "more than one line"),
        ("canary\u{1b}", "a control character"),
        ("canary\0", "a control character"),
        ("canary\u{7f}", "a control character"),
        ("canaryñ", "outside ASCII"),
        ("canary\u{200b}", "outside ASCII"),
        (&"canary".repeat(1000), "too long"),
    ] {
        let error = asked(typed).err().expect(words);
        assert!(error.to_string().contains(words), "{typed:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn a_variable_is_read_or_told_to_be_missing() {
    // Cargo sets it for every test.
    let token = TokenSource::Env("CARGO_PKG_NAME".into()).resolve(&[], nobody);
    assert!(token.is_ok_and(|token| token.expose() == "netex-users"));
    assert_eq!(
        refusal(TokenSource::Env("NETEX_NO_SUCH_VARIABLE".into()).resolve(&[], nobody)),
        "the variable NETEX_NO_SUCH_VARIABLE: it is not set: set it before the program starts, or change \"token\" in the configuration"
    );
}

#[test]
fn a_closed_file_is_read_and_an_open_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "canary\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let source = TokenSource::File(path.clone());
    assert!(source.resolve(&[], nobody).is_ok_and(|token| token.expose() == "canary"));
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        refusal(source.resolve(&[], nobody)),
        format!("the file {}: others may use it (mode 644): chmod 600 it", path.display())
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(refusal(source.resolve(&[], nobody)), format!("the file {}: there is no such file", path.display()));
}

#[test]
fn a_program_is_named_without_its_arguments() {
    let source = TokenSource::Command(["printf", "canary canary"].map(String::from).into());
    assert_eq!(
        refusal(source.resolve(&[], nobody)),
        "what the program printf prints: the token has a blank in it, perhaps at its end: take it out"
    );
    let source = TokenSource::Command(["printf", "canary"].map(String::from).into());
    assert!(source.resolve(&[], nobody).is_ok_and(|token| token.expose() == "canary"));
}

#[test]
fn a_question_that_nobody_answers_is_told() {
    assert_eq!(refusal(TokenSource::Ask.resolve(&[], nobody)), "asked for at each start: nobody was to be asked");
}

//! What is given to create and update: options, a file in the API's spelling, a picture, standard input.

use serde_json::json;

use super::{Home, NORA, TOKEN, asked, bodies, sandbox};
use crate::drafts::GIF;

#[test]
fn a_whole_user_is_created_from_options_a_picture_and_a_password_from_a_pipe() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    home.write("marta.gif", &GIF);
    let more = [
        "--office-phone",
        "+34 981 000 001",
        "--about-me",
        "Two lines,\nand 'quotes'.",
        "--enabled",
        "no",
        "--role",
        "training=trainer,user",
        "--role=social=user",
        "--image",
        "marta.gif",
        "--password-stdin",
        "--async",
    ];
    let told = home.call_with(&[&NORA[..], &more].concat(), b"Kanari3#Vogel(88)\r\nnot this\n");
    assert_eq!(told.code, 4, "{told:?}");
    let sent = &bodies(&sandbox)[0]["user"];
    assert_eq!(sent["aboutMe"], "Two lines,\nand 'quotes'.");
    assert_eq!(sent["enabled"], false);
    assert_eq!(sent["password"], "set");
    assert_eq!(sent["roles"], json!({"training": ["user", "trainer"], "social": ["user"]}));
    assert_eq!(sent["image"]["mimeType"], "image/gif");
    assert_eq!(asked(&sandbox), ["POST /users"], "{TOKEN} is all that a create needs");
}

#[test]
fn a_picture_comes_from_a_url_a_pipe_or_a_file_and_is_fitted_where_that_is_allowed() {
    let sandbox = sandbox("");
    let home = Home::new();
    home.tenant(&sandbox, "");
    let update = |more: &[&str], input: &[u8]| home.call_with(&[&["update", "marta.lopez"], more].concat(), input);
    assert_eq!(update(&["--image", "https://acme.example/x.png"], b"").code, 0);
    assert_eq!(update(&["--image", "-"], &GIF).code, 0);
    let told = update(&["--image", "-"], b"hello");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("--image -: holds"), "{told:?}");
    // A smallest BMP: one white dot.
    let mut bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0".to_vec();
    bmp.extend([0; 24]);
    bmp.extend([255, 255, 255, 0]);
    let told = update(&["--image", "-"], &bmp);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains("--fit converts it"), "{told:?}");
    assert_eq!(update(&["--image", "-", "--fit"], &bmp).code, 0);
    let images: Vec<_> = bodies(&sandbox).iter().map(|body| body["user"]["image"].clone()).collect();
    assert_eq!(images[0], json!({"url": "https://acme.example/x.png"}));
    assert_eq!(images[1]["mimeType"], "image/gif");
    assert_eq!(images[2]["mimeType"], "image/png");
    assert_eq!(images.len(), 3);
}

#[test]
fn a_picture_in_a_file_of_the_api_is_checked_like_any_other() {
    let home = Home::new();
    let gif =
        json!({"user": {"image": {"base64Image": netex_users::codec::base64::encode(&GIF), "mimeType": "image/png"}}});
    let told = home.call_with(&["update", "marta.lopez", "--from-json", "-", "--dry-run"], gif.to_string().as_bytes());
    assert!(told.out.contains("\"mimeType\": \"image/gif\""), "its bytes say what it is: {told:?}");
    let told =
        home.call_with(&["update", "marta.lopez", "--from-json", "-"], br#"{"image": {"base64Image": "aGVsbG8="}}"#);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains("--from-json: image holds"), "{told:?}");
}

#[test]
fn standard_input_is_read_once() {
    let home = Home::new();
    let told = home.call_with(&["create", "--from-json", "-", "--password-stdin"], b"{}");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("--from-json - cannot read standard input: --password-stdin reads it"), "{told:?}");
}

#[test]
fn a_password_in_a_file_is_refused_and_not_repeated() {
    let told = Home::new().call_with(&["create", "--from-json", "-"], br#"{"user": {"password": "canary"}}"#);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("--from-json: password is not taken from a file") && !told.err.contains("canary"));
}

#[test]
fn a_pipe_without_a_password_is_told_how_to_give_one() {
    let told = Home::new().call(&NORA);
    assert_eq!(told.code, 2);
    assert!(told.err.ends_with("  --password-stdin or --generate-password needs a value [usage]\n"), "{told:?}");
    let told = Home::new().call(&["password", "marta.lopez", "--yes"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.ends_with("nobody can be asked here: --password-stdin or --generate-password [usage]\n"),
        "{told:?}"
    );
    let told = Home::new().call_with(&["password", "marta.lopez", "--yes", "--password-stdin"], b"\nsecond");
    assert!(told.err.contains("--password-stdin the first line of standard input is empty"), "{told:?}");
}

#[test]
fn every_fault_of_options_and_file_is_told_at_once_and_nothing_is_sent() {
    let sandbox = sandbox("revision = '2023'");
    let home = Home::new();
    home.tenant(&sandbox, "revision = '2023'");
    let told = home.call_with(
        &["create", "--from-json", "-", "--email", "nix", "--role", "sea=user", "--json"],
        br#"{"username": "a/b", "timezone": "", "externalId": "7"}"#,
    );
    let document = told.document();
    let faults: Vec<_> = document["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {}", fault["option"].as_str().unwrap(), fault["words"].as_str().unwrap()))
        .collect();
    assert_eq!(
        faults,
        [
            "--from-json: timezone is empty: leave it out",
            "--from-json: externalId is not taken by create in revision 2023",
            "--role there is no section sea here; there are management, training, social, play",
            "--username / cannot stand in a username",
            "--name needs a value",
            "--surname needs a value",
            "--email is not an address such as name@acme.example",
            "--language needs a value",
            "--role management: revision 2023 wants at least one role here",
            "--password-stdin or --generate-password needs a value",
        ]
    );
    assert_eq!((told.code, asked(&sandbox).len()), (2, 0));
}

#[test]
fn what_a_later_revision_wants_in_every_update_is_sent_as_it_was_read() {
    let sandbox = sandbox("revision = '2023'");
    let home = Home::new();
    home.tenant(&sandbox, "revision = '2023'\nplatforms = ['management', 'training', 'social', 'play']");
    let told = home.call(&["update", "marta.lopez", "--location", "Vigo", "--role", "play=author"]);
    assert_eq!(told.code, 0, "{told:?}");
    let sent = &bodies(&sandbox)[0]["user"];
    assert_eq!((&sent["surname"], &sent["username"]), (&json!("López"), &json!("marta.lopez")));
    assert_eq!(sent["roles"], json!({"management": ["user"], "play": ["author"]}));
}

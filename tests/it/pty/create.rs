//! The main job from beginning to end: a new user with everything, then one field of the same user, then of somebody else.

use netex_users::sandbox::{Body, Token};
use serde_json::json;

use super::session::{Desk, PASSWORD, Session};

/// A picture where the program looks first, one folder down.
fn put_picture(session: &Session) {
    let folder = session.home().join("fotos");
    std::fs::create_dir(&folder).expect("the home is ours");
    image::RgbImage::from_pixel(6, 4, image::Rgb([200, 40, 40]))
        .save(folder.join("nora.png"))
        .expect("the home is ours");
    std::fs::write(folder.join("notes.txt"), "no picture").expect("the home is ours");
}

fn fill_everything(session: &mut Session) {
    session.send(&format!("nora.vidal<Tab>{PASSWORD}<Tab>Nora<Tab>Vidal Outeiriño<Tab>nora.vidal@acme.example<Tab>"));
    session.send("<Enter>galic");
    session.wait_for_text("> gl     Galician");
    session.send("<Enter><Enter>eparis");
    session.wait_for_text("> Europe/Paris");
    session.send("<Enter>+34 981 000 321<Tab>+34 600 000 321<Tab>A Coruña<Tab>山田, sailing<Tab>");
    session.send("First line.<Enter>Second line.<Tab> ");
    session.wait_for_text("Enabled     [ ] no");
}

fn give_roles(session: &mut Session) {
    session.send("<C-t> l ");
    session.wait_for_text("admin in management?");
    session.send("yjh h ");
    session.wait_for_text("training   [x]   [x]      [ ]");
}

fn pick_picture(session: &mut Session) {
    session.send("<C-o>f");
    session.wait_for_text("> fotos/");
    session.send("fot<Enter>");
    session.wait_for_text("nora.png");
    session.send("nor");
    session.wait_for_text("6x4");
    session.send("<Enter>");
    session.wait_for_text("* nora.png");
}

#[test]
fn a_user_with_every_field_is_made_and_then_one_field_of_it_changes() {
    let desk = Desk::new();
    let mut session = Session::begin(desk.launch().size(120, 60));
    put_picture(&session);
    fill_everything(&mut session);
    give_roles(&mut session);
    pick_picture(&mut session);

    session.send("<C-r>");
    session.wait_for_text("Review: create nora.vidal, synchronous");
    let review = session.wait_for_text("\"roles\": {");
    for line in [
        "Username     nora.vidal ",
        "Password     set, not shown",
        "Surname      Vidal Outeiriño",
        "Language     gl",
        "Timezone     Europe/Paris",
        "Office       +34 981 000 321",
        "Mobile       +34 600 000 321",
        "Location     A Coruña",
        "Interests    山田, sailing",
        "Enabled      no",
        "Image        nora.png, 6x4",
        "management: +user +admin   becomes: user, admin",
        "training: +user +trainer   becomes: user, trainer",
        "X-Cloud-Auth-Token: ********",
        "\"password\": \"********\"",
    ] {
        assert!(review.contains(line), "{line} is missing:\n{review}");
    }
    assert_eq!(desk.asked(), [] as [&str; 0], "nothing leaves before the review");

    session.send("<Enter>");
    let done = session.wait_for_text("DONE  create nora.vidal");
    for platform in
        ["management   done          201", "training     done          201", "social       done          201"]
    {
        assert!(done.contains(platform), "{done}");
    }
    let log: Vec<_> = desk.sandbox.log().into_iter().filter(|asked| asked.method != "GET").collect();
    assert_eq!((log.len(), log[0].token), (1, Token::Right));
    assert_eq!((log[0].method.as_str(), log[0].path.as_str()), ("POST", "/integration/ws/management/rest/users"));
    assert_eq!(log[0].header("x-cloud-synchronization"), Some("synchronous"));
    assert_eq!(log[0].header("accept"), Some("application/vnd.netex.nlc-api+json"));
    assert_eq!(log[0].header("content-type"), Some("application/json"));
    assert_everything_was_sent(&log[0].body);

    session.send("e");
    session.wait_for_text("Edit nora.vidal");
    session.send("<Tab><C-a><C-k>Vidal<C-r>");
    session.wait_for_text("Review: update nora.vidal");
    let review = session.wait_for_text("PUT /integration/ws/management/rest/users/");
    assert!(review.contains("Surname      Vidal Outeiriño → Vidal "), "{review}");
    assert!(!review.contains("Location") && !review.contains("\"name\""), "{review}");
    session.send("<Enter>");
    session.wait_for_text("DONE  update nora.vidal");
    session.wait_for_text("Read afresh");
    let put = desk.sandbox.log().into_iter().find(|asked| asked.method == "PUT").unwrap();
    assert_eq!(put.body, Body::Json(json!({"user": {"surname": "Vidal"}})));
    session.leave();
}

fn assert_everything_was_sent(body: &Body) {
    let Body::Json(body) = body else { panic!("{body:?}") };
    let mut body = body.clone();
    let image = body["user"].as_object_mut().expect("a user").shift_remove("image").expect("an image");
    assert_eq!(image["mimeType"], "image/png");
    assert!(image["base64Image"].as_str().expect("base64").starts_with("iVBORw0KGgo"), "{image}");
    let expected = json!({"user": {
        "username": "nora.vidal",
        "password": "set",
        "name": "Nora",
        "surname": "Vidal Outeiriño",
        "email": "nora.vidal@acme.example",
        "language": "gl",
        "timezone": "Europe/Paris",
        "officePhone": "+34 981 000 321",
        "mobilePhone": "+34 600 000 321",
        "location": "A Coruña",
        "interests": "山田, sailing",
        "aboutMe": "First line.\nSecond line.",
        "enabled": false,
        "roles": {"management": ["user", "admin"], "training": ["user", "trainer"]},
    }});
    assert_eq!(body, expected);
}

#[test]
fn somebody_is_opened_by_name_and_only_the_changed_field_goes_out() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.open_person("marta.lopez");
    session.wait_for_text("López");
    session.send("<C-r>");
    session.wait_for_text("Nothing was changed, so there is nothing to send.");
    session.send("<Tab><Tab>x<BS>");
    session.wait_until_gone("* E-mail");
    session.send("<C-e><C-w>com");
    session.wait_for_text("* E-mail      marta.lopez@acme.com");
    session.send("<C-s>");
    session.wait_for_text("E-mail       marta.lopez@acme.example → marta.lopez@acme.com");
    session.send("<Enter>");
    session.wait_for_text("DONE  update marta.lopez");
    session.wait_for_text("Read afresh");
    session.wait_until_gone("* E-mail");
    let writes: Vec<_> = desk.sandbox.log().into_iter().filter(|asked| asked.method != "GET").collect();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].body, Body::Json(json!({"user": {"email": "marta.lopez@acme.com"}})));
    session.leave();
}

#[test]
fn the_first_run_needs_no_configuration_and_says_that_it_is_a_sandbox() {
    let mut session = Session::of_sandbox();
    assert!(session.screen().contains("SANDBOX made-up people"), "{}", session.screen());
    session.send_nora();
    session.wait_for_text("DONE  create nora.vidal");
    session.open_person("nora.vidal");
    session.leave();
}

#[test]
fn a_password_is_seen_only_while_it_is_shown() {
    let mut session = Session::of_sandbox();
    session.send(&format!("nora<Tab>{PASSWORD}"));
    session.wait_for_text("Password    ••••");
    session.may_show_the_password();
    assert!(!session.screen().contains(PASSWORD));
    session.send("<C-v>");
    session.wait_for_text(PASSWORD);
    session.send("<C-v>");
    session.wait_until_gone(PASSWORD);
    session.leave();
}

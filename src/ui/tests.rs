//! Screens: one snapshot for each state worth seeing, at 80x24 and 120x40.

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::app::effect::{Effect, Ticket};
use crate::app::msg::{LoadFault, News, Strength};
use crate::app::people::PageRead;
use crate::app::testing::{answer, done, doubt, editing, filled, model, press, send, tell};
use crate::domain::fields::Field;
use crate::domain::files::{Entry, EntryKind, Folder, Format, Look as FileLook, MediaFault, Offer};
use crate::domain::listed::Listed;
use crate::domain::look::{Depth, Look};
use crate::domain::outcome::PlatformState::{Done, Failed, NotReported, Queued};
use crate::domain::outcome::{Answer, BulkAnswer, Cause, ReadFault, Report, Settlement, Verdict};
use crate::domain::person::Person;
use crate::domain::photo::{MediaType, Photo, Picture, Thumb};
use crate::domain::untrusted::Untrusted;

mod unfinished;

/// What stands on a screen of that size.
pub(in crate::ui) fn screen(model: &Model, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal never fails");
    terminal.draw(|frame| draw(model, frame)).expect("a test terminal never fails");
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(width.into()).map(|row| {
        // The cell after a wide letter is under it.
        let mut covered = 0;
        let shown = row.iter().filter(|cell| {
            let hidden = covered > 0;
            covered = if hidden { covered - 1 } else { text::width(cell.symbol()).saturating_sub(1) };
            !hidden
        });
        shown.map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Compares both sizes with what was accepted.
#[track_caller]
pub(in crate::ui) fn check(name: &str, model: &Model) {
    insta::with_settings!({ snapshot_path => "../../tests/it/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}_80x24"), screen(model, 80, 24));
        insta::assert_snapshot!(format!("{name}_120x40"), screen(model, 120, 40));
    });
}

/// A picture whose upper left is dark and whose lower right is bright.
fn thumb(width: u16, height: u16) -> Thumb {
    let (across, down) = (u32::from(width), u32::from(height));
    let shade = |index: u32| u8::try_from((index % across + index / across) * 255 / (across + down - 2)).unwrap_or(255);
    Thumb { width, height, pixels: (0..across * down).map(|index| [shade(index); 3]).collect() }
}

fn picture() -> Picture {
    Picture {
        name: "nora.png".into(),
        bytes: Arc::from(vec![0; 84_213]),
        media_type: MediaType::Png,
        width: 512,
        height: 512,
        notes: vec!["metadata removed".into()],
        thumb: thumb(40, 40),
    }
}

fn answered(
    verdict: Verdict,
    rows: &[(&str, crate::domain::outcome::PlatformState, Option<u16>, Option<&str>)],
) -> Model {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let _ = tell(&mut model, News::Answered(ticket, answer(verdict, rows)));
    model
}

#[test]
fn create_as_it_starts() {
    check("create_empty", &model());
}

#[test]
fn create_filled_in_with_roles_and_a_picture() {
    let mut model = filled();
    model.form.strength = Some(Strength::Good);
    model.image.photo = Some(Photo::Picture(picture()));
    let _ = press(&mut model, "<C-t> <Down> <Right> ");
    check("create_filled", &model);
}

#[test]
fn every_fault_at_once() {
    let mut model = model();
    let _ = press(&mut model, "nora vidal<Tab>a b<Tab><Tab><Tab>nora@<Tab>Galician<Tab>Europe/Madrid<Tab>call me<C-s>");
    check("faults", &model);
}

#[test]
fn update_with_marks_on_what_will_be_sent() {
    let mut model = editing();
    let _ = press(&mut model, "<Tab><Tab><C-u>marta@acme.example<Down><Down><Down><C-x><Down>");
    let _ = press(&mut model, "<C-t><Down><Right> <C-o><Esc><Down><Down><Down><Down>");
    check("update", &model);
}

#[test]
fn a_text_of_several_lines_grows_while_it_is_edited() {
    let mut model = editing();
    model.form.go_to(crate::domain::fields::Field::AboutMe);
    check("update_multiline", &model);
}

#[test]
fn the_command_line_of_a_review() {
    let mut model = filled();
    model.form.put(Field::AboutMe, &format!("{}\u{202e}end\u{1b}[2J", "I'm new here, and like long texts. ".repeat(9)));
    model.form.put(Field::Location, "A Coruña");
    model.image.photo = Some(Photo::Picture(picture()));
    let _ = press(&mut model, "<C-t><Down><Right> <C-s>y");
    check("command_line", &model);
}

#[test]
fn a_grave_role_asks() {
    let mut model = editing();
    let _ = press(&mut model, "<C-t><Down><Right><Right> ");
    check("confirm", &model);
}

#[test]
fn the_list_of_languages() {
    let mut model = model();
    let _ = press(&mut model, "<Tab><Tab><Tab><Tab><Tab><Enter>gal");
    check("chooser", &model);
}

fn picking() -> Model {
    let mut model = model();
    let _ = press(&mut model, "<C-o>");
    let effects = press(&mut model, "f");
    let [Effect::List { ticket, .. }] = effects.as_slice() else {
        panic!("a folder is listed: {effects:?}");
    };
    let entry = |name: &str, kind, bytes| Entry {
        path: format!("/pictures/{name}").into(),
        name: Untrusted::new(name),
        kind,
        bytes,
    };
    let entries = vec![
        entry("2025", EntryKind::Folder, 0),
        entry("evil\u{1b}[2Jname.png", EntryKind::Picture, 3),
        entry("marta.webp", EntryKind::Picture, 1_200_000),
        entry("山田太郎.jpg", EntryKind::Picture, 84_213),
        entry("notes.txt", EntryKind::Other, 512),
    ];
    let folder = Folder { path: "/pictures".into(), entries, cut: false };
    let _ = tell(&mut model, News::Listed(*ticket, Ok(folder)));
    model
}

#[test]
fn the_picker_shows_what_is_under_the_cursor_and_what_enter_would_do() {
    let mut model = picking();
    let effects = press(&mut model, "<Down><Down>");
    let Some(Effect::LookAt { ticket, path }) = effects.as_slice().last() else {
        panic!("the file is looked at: {effects:?}");
    };
    let look = FileLook {
        path: path.clone(),
        name: Untrusted::new("marta.webp"),
        format: Format::WebP,
        width: 1600,
        height: 1200,
        bytes: 1_200_000,
        thumb: thumb(40, 30),
        offer: Offer::ConvertAndShrink(MediaType::Jpeg),
        notes: vec!["turned upright".into()],
    };
    let _ = tell(&mut model, News::Looked(*ticket, Ok(Box::new(look))));
    check("picker", &model);
}

#[test]
fn the_picker_says_why_a_file_cannot_be_used() {
    let mut model = picking();
    let effects = press(&mut model, "notes");
    let Some(Effect::LookAt { ticket, .. }) = effects.as_slice().last() else {
        panic!("the file is looked at: {effects:?}");
    };
    let _ = tell(&mut model, News::Looked(*ticket, Err(MediaFault::NotAPicture("text"))));
    check("picker_unfit", &model);
}

#[test]
fn pasted_base64_is_offered_made_fit() {
    let mut model = model();
    let _ = press(&mut model, "<C-o>b");
    let _ = update_paste(&mut model, "iVBORw0KGgo=");
    let effects = press(&mut model, "<Enter>");
    let [Effect::Decode { ticket, .. }] = effects.as_slice() else {
        panic!("decoded: {effects:?}");
    };
    let fault = LoadFault::Media(MediaFault::TooLarge(1_200_000));
    let _ = tell(&mut model, News::Loaded(*ticket, Err(fault)));
    check("paste", &model);
}

fn update_paste(model: &mut Model, text: &str) -> crate::app::effect::Effects {
    crate::app::update::update(model, crate::app::msg::Msg::Paste(text.into()))
}

#[test]
fn the_review_of_a_create() {
    let mut model = filled();
    model.image.photo = Some(Photo::Picture(picture()));
    let _ = press(&mut model, "<C-t> <Down> <Right> <C-s>");
    let transcript =
        "POST /integration/ws/management/rest/users HTTP/1.1\nX-Cloud-Auth-Token: ********\n\n{\n  \"user\": {}\n}";
    let Some(Overlay::Review(review)) = &model.overlay else {
        panic!("the review is open");
    };
    let _ = tell(&mut model.clone(), News::Transcribed(Ticket(0), "an old one".into()));
    let ticket = review.ticket;
    let _ = tell(&mut model, News::Transcribed(ticket, transcript.into()));
    check("review_create", &model);
}

#[test]
fn the_review_of_an_update() {
    let mut model = editing();
    let _ = press(&mut model, "<Tab><Tab><C-u>marta@acme.example<Down><Down><Down><C-x>");
    let _ = press(&mut model, "<C-t><Right> y<Down><Down>   <C-o><Esc><C-r>");
    check("review_update", &model);
}

#[test]
fn waiting_for_the_answer() {
    let mut model = filled();
    let _ = send(&mut model);
    check("sending", &model);
}

#[test]
fn each_verdict() {
    let ok = |name, status| (name, Done, Some(status), None);
    check(
        "verdict_done",
        &answered(Verdict::Applied, &[ok("management", 201), ok("training", 201), ok("social", 201)]),
    );
    let queued = |name| (name, Queued, Some(202), None);
    check(
        "verdict_queued",
        &answered(Verdict::Pending, &[ok("management", 201), queued("training"), queued("social")]),
    );
    let failed = ("training", Failed, Some(500), Some("picture is larger than 700 KB (USR012)"));
    let hostile = ("so\u{1b}[31mcial", Queued, Some(202), Some("wait\u{202e}ing"));
    let rows = [ok("management", 204), failed, hostile, ("play", NotReported, None, None)];
    check("verdict_partly", &answered(Verdict::Partial, &rows));
}

#[test]
fn a_refusal_and_what_never_left() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let report = Report {
        http: Some(400),
        status: Some(400),
        message: Some(Untrusted::new("the username is taken (USR009)")),
        ..Report::without_reply(Verdict::Rejected, Cause::Refused(400))
    };
    let answer = Answer { report, asked: "14:02:11".into(), took: std::time::Duration::from_millis(300) };
    let _ = tell(&mut model, News::Answered(ticket, Box::new(answer)));
    check("verdict_rejected", &model);
    let (ticket, _) = send(&mut model);
    let report = Report::without_reply(Verdict::NotSent, Cause::Connect);
    let answer = Answer { report, asked: "14:02:40".into(), took: std::time::Duration::from_millis(3) };
    let _ = tell(&mut model, News::Answered(ticket, Box::new(answer)));
    check("verdict_not_sent", &model);
}

#[test]
fn a_doubt_and_what_looking_found() {
    let mut model = filled();
    let (ticket, _) = send(&mut model);
    let effects = tell(&mut model, News::Answered(ticket, doubt()));
    let [Effect::Settle { ticket, .. }] = effects.as_slice() else {
        panic!("looked up: {effects:?}");
    };
    check("verdict_doubt_looking", &model);
    let mut found = model.clone();
    let _ = tell(&mut found, News::Settled(*ticket, Settlement::Ours(Box::new(crate::app::testing::marta()))));
    check("verdict_doubt_found", &found);
    let _ = tell(&mut model, News::Settled(*ticket, Settlement::Nobody));
    check("verdict_doubt_nobody", &model);
}

#[test]
fn an_answer_in_full() {
    let rows = [("management", Done, Some(201), None), ("training", Failed, Some(500), Some("down"))];
    let mut model = answered(Verdict::Partial, &rows);
    let _ = press(&mut model, "<Enter>");
    check("detail", &model);
}

#[test]
fn a_user_that_cannot_be_read() {
    let mut model = model();
    let effects = press(&mut model, "<C-f>marta.lopez<Enter>");
    let [Effect::Read { ticket, .. }] = effects.as_slice() else {
        panic!("read: {effects:?}");
    };
    let _ = tell(&mut model, News::Read(*ticket, Err(ReadFault::NoService(405))));
    check("open_failed", &model);
}

#[test]
fn help_and_palette() {
    let mut model = editing();
    let _ = press(&mut model, "<F1>");
    check("help", &model);
    let _ = press(&mut model, "<Esc><C-p>");
    check("palette", &model);
    assert!(!screen(&model, 80, 24).contains("nothing of that name"));
    let _ = press(&mut model, "zzqq");
    assert!(screen(&model, 80, 24).contains("nothing of that name"), "{}", screen(&model, 80, 24));
}

#[test]
fn production_and_read_only_say_so_in_words_whatever_lies_over_the_screen() {
    let mut model = editing();
    model.tenant.sandbox = false;
    model.tenant.name = "acme".into();
    model.tenant.production = true;
    for keys in ["", "<F1>", "<Esc><C-p>", "<Esc><C-f>", "<Esc><C-o>f", "<Esc><C-o>u", "<Esc><C-o>b", "<Esc>"] {
        let _ = press(&mut model, keys);
        for (width, height) in [(80, 24), (40, 12), (200, 60)] {
            let top = screen(&model, width, height).lines().next().map(str::to_owned).unwrap_or_default();
            assert!(top.contains("PRODUCTION acme"), "after {keys} at {width}x{height}: {top}");
        }
    }
    model.tenant.read_only = true;
    check("production_read_only", &model);
}

#[test]
fn one_column_on_a_narrow_screen() {
    let mut model = editing();
    insta::with_settings!({ snapshot_path => "../../tests/it/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("narrow_fields_40x12", screen(&model, 40, 12));
        let _ = press(&mut model, "<C-t>");
        insta::assert_snapshot!("narrow_roles_40x12", screen(&model, 40, 12));
        let _ = press(&mut model, "<C-f>");
        insta::assert_snapshot!("narrow_open_40x12", screen(&model, 40, 12));
        insta::assert_snapshot!("too_small_30x5", screen(&model, 30, 5));
    });
}

#[test]
fn a_terminal_without_utf8_is_given_ascii_alone() {
    let mut model = filled();
    model.look = Look { depth: Depth::None, unicode: false };
    model.image.photo = Some(Photo::Picture(picture()));
    let screens = ["", "<C-s>", "<Esc><F1>", "<Esc><C-p>"].map(|keys| {
        let _ = press(&mut model, keys);
        screen(&model, 80, 24)
    });
    assert!(screens.iter().all(|screen| screen.is_ascii()), "{screens:?}");
    let _ = press(&mut model, "<Esc>");
    check("ascii", &model);
}

/// The list of people, as after its first page.
fn people() -> Model {
    let mut model = crate::app::testing::listing();
    let first = crate::app::listing::start(&mut model);
    let [Effect::LoadCopy { ticket }] = first.as_slice() else {
        panic!("the copy first: {first:?}");
    };
    let effects = tell(&mut model, News::Copied(*ticket, None));
    let [Effect::ReadPage { ticket, .. }] = effects.as_slice() else {
        panic!("then the service: {effects:?}");
    };
    let others = [
        ("martin.dubois", "Martin", "Dubois", Some(false)),
        ("yamada.taro", "太郎", "山田", Some(true)),
        ("layla.haddad", "ليلى", "حداد", None),
        ("evil\u{1b}[2J", "Mal\u{202e}lory", "", Some(true)),
    ];
    let other = |(username, name, surname, enabled): (&str, &str, &str, Option<bool>)| Person {
        id: Some(format!("id of {username}")),
        username: username.into(),
        texts: [(Field::Name, name.to_owned()), (Field::Surname, surname.to_owned())].into(),
        enabled,
        ..Person::default()
    };
    let people: Vec<Person> = std::iter::once(crate::app::testing::marta()).chain(others.map(other)).collect();
    let page = PageRead { people: people.iter().map(Listed::from).collect(), end: Some(None), when: "14:02".into() };
    let _ = tell(&mut model, News::Page(*ticket, Ok(page)));
    model
}

#[test]
fn the_list_of_people() {
    let mut model = people();
    check("people", &model);
    let _ = press(&mut model, "/mar<Enter> <Down>");
    check("people_found", &model);
    insta::with_settings!({ snapshot_path => "../../tests/it/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("people_40x12", screen(&people(), 40, 12));
    });
}

#[test]
fn a_deed_is_asked_about_with_the_person_as_they_are() {
    let mut model = people();
    let effects = press(&mut model, "D");
    let Some(Effect::Read { ticket, .. }) = effects.as_slice().last() else {
        panic!("read: {effects:?}");
    };
    let gone = Person { enabled: Some(false), ..crate::app::testing::marta() };
    let _ = tell(&mut model, News::Read(*ticket, Ok(Box::new(gone))));
    let _ = press(&mut model, "marta");
    check("deed_delete", &model);
}

#[test]
fn a_plan_and_its_run() {
    let mut model = people();
    let _ = press(&mut model, "*mdisable<Enter>");
    check("batch_plan", &model);
    let effects = press(&mut model, "<Enter>");
    let Some(Effect::Apply { ticket, .. }) = effects.as_slice().first() else {
        panic!("applied: {effects:?}");
    };
    let rows = [("management", Done, Some(204), None), ("social", Failed, Some(500), Some("down"))];
    let report = Box::new(answer(Verdict::Partial, &rows).report);
    let _ = tell(&mut model, News::Applied(*ticket, Box::new(BulkAnswer::Report(report))));
    check("batch_run", &model);
}

#[test]
fn what_somebody_else_changed_stands_beside_mine() {
    let mut model = editing();
    let _ = press(&mut model, "<C-u>Maria<Tab><C-u>Lopes");
    let (ticket, _) = send(&mut model);
    let mut theirs = crate::app::testing::marta();
    theirs.texts.insert(Field::Name, "Martina".into());
    theirs.texts.remove(&Field::Surname);
    let _ = tell(&mut model, News::Conflict(ticket, Box::new(theirs)));
    check("three_way", &model);
}

/// Nothing is lost and nothing panics, whatever size the terminal takes.
#[test]
fn every_size_is_drawn() {
    let rows = [("management", Done, Some(201), None), ("training", Failed, Some(500), Some("down"))];
    let mut in_full = unfinished::attention();
    let _ = press(&mut in_full, "jj<Enter>x");
    let mut states = vec![
        unfinished::attention(),
        in_full,
        people(),
        model(),
        filled(),
        editing(),
        picking(),
        answered(Verdict::Partial, &rows),
    ];
    for keys in ["<F1>", "<C-p>", "<C-f>", "<C-t>", "<C-o>u", "<C-o>b", "<C-s>"] {
        let mut model = filled();
        let _ = press(&mut model, keys);
        states.push(model);
    }
    for state in &states {
        for width in [1, 2, 5, 12, 39, 40, 41, 59, 71, 72, 80, 200, 500] {
            for height in [1, 2, 3, 11, 12, 13, 19, 20, 24, 60, 200] {
                let _ = screen(state, width, height);
            }
        }
    }
}

#[test]
fn done_is_told_from_failed_without_colour() {
    let mut model = filled();
    model.look.depth = Depth::None;
    let (ticket, _) = send(&mut model);
    let _ = tell(&mut model, News::Answered(ticket, done()));
    assert!(screen(&model, 80, 24).contains("DONE  create nora.vidal"));
}

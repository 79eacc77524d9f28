//! What becomes of lines where nothing goes wrong but people: edited files, changed people, made passwords, pictures.

use super::*;

use netex_users::codec::plan::PlanFile;
use netex_users::journal::changes::Wish;
use netex_users::service::import::End;
use netex_users::service::import::failed::{Reader, header};

/// A file that creates two, updates one, and leaves one as they are.
fn mixed() -> String {
    format!("{HEADER},location\n{}{}", person("n1").replace('\n', ",\n"), person("n2").replace('\n', ",\n"))
        + "marta.lopez,,,,,,,Vigo\noliver.whitfield,,,,,,,\n"
}

#[tokio::test]
async fn a_plan_changes_nothing_and_is_the_same_whether_it_is_kept_or_only_shown() {
    let office = Office::new("");
    let clerk = office.clerk();
    let shown = clerk.plan_how(&mixed(), How::default()).await;
    let kept = clerk.plan(&mixed()).await;
    assert!(office.asked().iter().all(|asked| asked.starts_with("GET ")), "{:?}", office.asked());
    let (shown_plan, kept_plan) = (shown.done.unwrap(), kept.done.unwrap());
    assert_eq!(shown_plan.hash, kept_plan.hash);
    let tally = kept_plan.tally;
    assert_eq!((tally.create, tally.update, tally.unchanged, tally.error), (2, 1, 1, 0));
    assert!(shown_plan.job.is_none());
    let job = clerk.job(kept_plan.job.unwrap());
    assert_eq!(job.counts, counts(&[(LineState::Waiting, 3), (LineState::Unchanged, 1)]));
    assert_eq!(job.head.plan, kept_plan.hash.to_string());
    assert!(!format!("{:?}", kept.events).contains("Geheim"), "a password is in what is told");
}

#[tokio::test]
async fn every_line_is_carried_out_once_and_kept_with_its_job() {
    let office = Office::new("");
    let clerk = office.clerk();
    let (job, told) = clerk.run(&mixed()).await;
    let applied = told.done.as_ref().unwrap();
    assert_eq!(applied, &Applied { end: End::Complete, counts: counts(&[(LineState::Unchanged, 1), (DONE, 3)]) });
    assert_eq!(office.writes(), 3);
    assert_eq!(office.field("marta.lopez", "location").as_deref(), Some("Vigo"));
    assert_eq!(office.field("n2", "email").as_deref(), Some("n2@acme.example"));
    let desk = clerk.service.desk().unwrap();
    let realm = desk.realm.clone();
    let changes = desk.journal.ask_and_wait(move |store| store.changes(&realm, &Wish::default())).unwrap();
    let mut lines: Vec<_> = changes.iter().map(|change| (change.intent.job, change.intent.ticket.clone())).collect();
    lines.sort();
    let ticket = || Some("INC-7".to_owned());
    assert_eq!(lines, [2, 3, 4].map(|line| (Some((job.0, line)), ticket())));
    // Again: nothing is left to do, and nothing is asked.
    let asked = office.asked().len();
    let again = clerk.apply(&mixed(), job).await;
    assert_eq!(again.done.unwrap().counts, applied.counts);
    assert_eq!(office.asked().len(), asked);
}

#[tokio::test]
async fn a_stopped_job_goes_on_where_it_was_and_ends_as_one_that_was_not_stopped() {
    let text = people(12);
    let office = Office::new("");
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 2;
    let seen = RefCell::new(0);
    clerk.stops = Box::new(move |event| {
        *seen.borrow_mut() += u32::from(matches!(event, Event::Ended(_)));
        (*seen.borrow() >= 5).then_some(Stop::Finish)
    });
    let (job, told) = clerk.run(&text).await;
    let stopped = told.done.unwrap();
    let done = stopped.counts[&DONE];
    assert_eq!(stopped.end, End::Stopped);
    assert!((5..12).contains(&done) && stopped.counts[&LineState::Waiting] == 12 - done, "{stopped:?}");
    assert_eq!(office.writes() as u64, done, "what was on its way was heard");
    let resumed = office.clerk().apply(&text, job).await.done.unwrap();
    assert_eq!(resumed, Applied { end: End::Complete, counts: counts(&[(DONE, 12)]) });
    assert_eq!(office.writes(), 12);
    assert!((1..=12).all(|number| office.sandbox.person(&format!("n{number}")).is_some()));
}

#[tokio::test]
async fn who_was_changed_since_the_plan_is_left_alone() {
    let text =
        format!("username,location,interests\nmarta.lopez,Vigo,\noliver.whitfield,,Chess\n{}", "grace.adeyemi,Lugo,\n");
    let office = Office::new("");
    let clerk = office.clerk();
    let job = clerk.plan(&text).await.done.unwrap().job.unwrap();
    // Somebody else moves one of them elsewhere, and another one to where the file wants them.
    for line in ["marta.lopez,Ourense", "grace.adeyemi,Lugo"] {
        let (_, told) = clerk.run(&format!("username,location\n{line}\n")).await;
        assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 1)]));
    }
    let told = clerk.apply(&text, job).await;
    let (state, why) = told.line(2);
    assert_eq!(state, LineState::Error);
    assert!(why.contains("changed since") && why.contains("\"Ourense\" -> \"Vigo\""), "{why}");
    assert_eq!(told.line(3).0, DONE);
    assert_eq!(told.line(4).0, LineState::Unchanged);
    assert_eq!(office.field("marta.lopez", "location").as_deref(), Some("Ourense"));
    assert_eq!(told.done.unwrap().end, End::Complete);
    assert_eq!(clerk.job(job).counts[&LineState::Error], 1, "it is kept");
}

#[tokio::test]
async fn a_file_that_was_edited_since_is_refused_with_the_lines() {
    let office = Office::new("");
    let clerk = office.clerk();
    let job = clerk.plan(&people(4)).await.done.unwrap().job.unwrap();
    let asked = office.asked().len();
    let edited = people(5).replace("n2@acme", "n2@evil").replacen("n3,Geheim", "n33,Geheim", 1);
    let fault = clerk.apply(&edited, job).await.done.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the file is not the one that was planned, and nothing was sent: line 3 was changed; line 4 was changed; 1 lines are new"
    );
    assert_eq!(office.asked().len(), asked);
    // Another separator, and another password, are the same people.
    let same = people(4).replace(',', ";").replace("Geheim-4711-x", "Anders-0815-y");
    assert_eq!(clerk.apply(&same, job).await.done.unwrap().counts, counts(&[(DONE, 4)]));
}

#[tokio::test]
async fn the_same_file_is_known_once_something_of_it_was_sent() {
    let office = Office::new("");
    let clerk = office.clerk();
    let sheet = clerk.open(&people(3)).unwrap();
    let desk = clerk.service.desk().unwrap();
    clerk.plan(&people(3)).await.done.unwrap();
    assert_eq!(file::earlier(desk, &sheet).await, Ok(None), "a plan alone is nothing");
    let (job, _) = clerk.run(&people(3)).await;
    let earlier = file::earlier(desk, &sheet).await.unwrap().expect("it was carried out");
    assert_eq!((earlier.job, earlier.sent, earlier.lines), (job, 3, 3));
    let other = clerk.open(&people(4)).unwrap();
    assert_eq!(file::earlier(desk, &other).await, Ok(None));
}

#[tokio::test]
async fn nothing_is_read_or_sent_of_a_file_with_a_fault() {
    let office = Office::new("");
    let clerk = office.clerk();
    for bad in
        ["n2,Geheim-4711-x,Nora,Vidal,no address,gl,Europe/Paris\n", "n1,Geheim-4711-x,Nora,Vidal,n@a.example,gl,UTC\n"]
    {
        assert!(clerk.open(&format!("{}{bad}", people(1))).is_err(), "{bad}");
    }
    // A picture is looked at with the plan, and stops all of it.
    let picture =
        format!("{HEADER},image\n{}{}", person("n1").replace('\n', ",\n"), person("n2").replace('\n', ",no.png\n"));
    let told = clerk.plan(&picture).await;
    let plan = told.done.unwrap();
    assert!(plan.job.is_none() && plan.refused.as_ref().is_some_and(|why| why.contains("picture")), "{plan:?}");
    assert_eq!(office.writes(), 0);
    let desk = clerk.service.desk().unwrap();
    let realm = desk.realm.clone();
    assert_eq!(desk.journal.ask_and_wait(move |store| store.jobs(&realm)).unwrap(), [], "and leaves no job");
}

#[tokio::test]
async fn a_picture_comes_from_below_the_folder_of_the_file() {
    let office = Office::new("");
    std::fs::create_dir(office.path("fotos")).unwrap();
    let picture = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/screen.png"));
    std::fs::write(office.path("fotos/n1.png"), picture).unwrap();
    let mut clerk = office.clerk();
    clerk.kept.fit = true;
    let text = format!("{HEADER},image\n{}", person("n1").replace('\n', ",fotos/n1.png\n"));
    let (_, told) = clerk.run(&text).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 1)]));
    let image = office.sandbox.person("n1").unwrap()["image"]["url"].clone();
    assert!(image.as_str().is_some_and(|url| url.starts_with("/opt/cloud/storage/")), "{image}");
    // Another picture of the same name is another plan.
    let job = clerk.plan(&text).await.done.unwrap().job.unwrap();
    std::fs::write(office.path("fotos/n1.png"), b"GIF89a").unwrap();
    assert_eq!(clerk.apply(&text, job).await.line(2).0, LineState::Error);
}

#[tokio::test]
async fn guard_rails_stand_before_the_first_change() {
    let office = Office::new("");
    let mut clerk = office.clerk();
    let text = "username,enabled\nmarta.lopez,false\noliver.whitfield,false\n";
    clerk.limits.max_harm = 1;
    let plan = clerk.plan(text).await.done.unwrap();
    assert!(plan.refused.is_some_and(|why| why.contains("max_harm")) && plan.job.is_none());
    clerk.limits.max_harm = 2;
    assert!(clerk.plan(text).await.done.unwrap().job.is_some());
}

#[tokio::test]
async fn a_plan_that_was_written_is_carried_out_exactly_or_refused() {
    let text = "username,location\nmarta.lopez,Vigo\noliver.whitfield,Lugo\n";
    let office = Office::new("");
    let clerk = office.clerk();
    let shown = clerk.plan_how(text, How::default()).await;
    let mut written = String::new();
    for event in &shown.events {
        if let Event::PlanBegun(line) | Event::PlanEnded(line) | Event::Planned { written: line, .. } = event {
            written.push_str(line);
        }
    }
    let file = PlanFile::read(written.into_bytes()).unwrap();
    assert_eq!(file.hash(), shown.done.unwrap().hash);
    let how = How { keep_as: Some("people.csv"), against: Some(&file) };
    assert_eq!(clerk.plan_how(text, how).await.done.unwrap().refused, None);
    clerk.run("username,location\noliver.whitfield,Pontevedra\n").await;
    let plan = clerk.plan_how(text, how).await.done.unwrap();
    let why = plan.refused.expect("oliver is elsewhere now");
    assert!(why.starts_with("1 lines are not as the plan has them:\n  line 3: location: "), "{why}");
    assert!(plan.job.is_none());
}

#[tokio::test]
async fn people_are_found_by_their_address_in_the_list() {
    let office = Office::new("");
    let mut clerk = office.clerk();
    clerk.kept.matching = Match::Email;
    clerk.kept.mode = Mode::UpdateOnly;
    let email = office.field("marta.lopez", "email").unwrap().to_uppercase();
    let text = format!("email,location\n{email},Vigo\nnobody@acme.example,Vigo\n");
    let (_, told) = clerk.run(&text).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(LineState::Error, 1), (DONE, 1)]));
    assert_eq!(office.field("marta.lopez", "location").as_deref(), Some("Vigo"));
}

#[tokio::test]
async fn a_made_password_is_in_its_file_before_it_is_in_force_and_nowhere_else() {
    let office = Office::new("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 429");
    let mut clerk = office.clerk();
    let path = office.path("made.csv");
    clerk.kept.passwords = Some(path.to_str().unwrap().to_owned());
    let text = format!("{HEADER}\n{}{}", person("n1").replace("Geheim-4711-x", ""), person("n2"));
    let job = clerk.plan(&text).await.done.unwrap().job.unwrap();
    clerk.passwords = RefCell::new(Some(Passwords::create(&path).unwrap()));
    let told = clerk.apply(&text, job).await;
    let waits = told.done.as_ref().unwrap().counts.get(&LineState::Sent(Standing::NotSent)).copied();
    let made = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = made.lines().collect();
    assert_eq!(lines.len(), 2, "only who has none gets one");
    let password = lines[1].strip_prefix("2,n1,").expect("the line and whom it is for").to_owned();
    assert_eq!(waits, Some(1));
    // Gone on with, it is the same password.
    clerk.passwords = RefCell::new(Passwords::reopen(&path).unwrap());
    let told = clerk.apply(&text, job).await;
    assert_eq!(told.done.as_ref().unwrap().counts, counts(&[(DONE, 2)]));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made);
    assert!(!format!("{:?}", told.events).contains(&password));
    for name in ["journal.db", "journal.db-wal", "journal.reserve"] {
        let bytes = std::fs::read(office.path(name)).unwrap();
        let finds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!finds(&password) && !finds("Geheim"), "{name}");
    }
    // The file is lost: whose password nobody knows is said, and none is made in secret.
    std::fs::remove_file(&path).unwrap();
    assert!(Passwords::reopen(&path).unwrap().is_none());
    clerk.passwords = RefCell::new(Some(Passwords::create(&path).unwrap()));
    let told = clerk.apply(&text, job).await;
    let remark = told.remarks().concat();
    assert!(remark.starts_with("password not delivered: ") && remark.contains("lines 2 (n1);"), "{remark}");
}

#[tokio::test]
async fn failed_lines_come_out_as_a_file_that_can_be_mended_and_fed_back() {
    let refusal = "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 400\nmessage = 'no such town'";
    let office = Office::new(refusal);
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    let (job, told) = clerk.run(&people(3)).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(LineState::Sent(Standing::Rejected), 1), (DONE, 2)]));
    let sheet = clerk.open(&people(3)).unwrap();
    let mut reader = Reader::new(&clerk.service, job).unwrap();
    let mut text = header(&sheet);
    for failed in reader.next().await.unwrap() {
        text.extend(failed.written(&sheet).expect("the sheet has it"));
    }
    assert!(reader.next().await.unwrap().is_empty());
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("n1,,Nora") && text.contains("rejected") && !text.contains("Geheim"), "{text}");
    let mended = text.replace("n1,,", "n1,Geheim-4711-x,");
    let plan = clerk.plan(&mended).await;
    assert_eq!(plan.done.as_ref().unwrap().tally.lines(), 1, "only who failed is touched");
    let told = clerk.apply(&mended, plan.done.unwrap().job.unwrap()).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 1)]));
    assert_eq!(office.writes(), 4);
}

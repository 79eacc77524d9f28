//! Lines of which nobody knows whether they were done: looked up, and sent again only where somebody said so and not before its time.

use super::*;

use netex_users::service::import::End;

/// The second create is lost before it was carried out.
const LOST: &str = "[[strike]]\non = ['create']\ntimes = 1\n[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'";

/// The answer of the second create is lost; it was carried out.
const UNHEARD: &str =
    "[[strike]]\non = ['create']\ntimes = 1\n[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\napplied = 'now'";

fn clerk(office: &Office, in_doubt: InDoubt) -> Clerk {
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    clerk.limits.in_doubt = in_doubt;
    clerk
}

#[tokio::test]
async fn what_was_done_and_not_heard_is_found_and_not_sent_again() {
    let office = Office::new(UNHEARD);
    let (_, told) = clerk(&office, InDoubt::Stop).run(&people(4)).await;
    assert_eq!(told.done.as_ref().unwrap().counts, counts(&[(DONE, 4)]));
    assert_eq!(told.line(3), (DONE, "it was looked up: it was done".to_owned()));
    assert_eq!(office.writes(), 4);
}

#[tokio::test]
async fn what_was_lost_stays_in_doubt_and_the_others_go_on() {
    let office = Office::new(LOST);
    let text = people(4);
    let (job, told) = clerk(&office, InDoubt::Stop).run(&text).await;
    assert_eq!(told.done.as_ref().unwrap(), &Applied { end: End::Complete, counts: counts(&[(DOUBT, 1), (DONE, 3)]) });
    assert!(told.line(3).1.contains("nobody is there, or not yet"));
    let office = office.a_minute_later();
    let told = clerk(&office, InDoubt::Stop).apply(&text, job).await;
    assert_eq!(told.done.unwrap().counts[&DOUBT], 1, "however late it is, nobody has said that it may be sent again");
    assert_eq!(office.writes(), 4);
}

#[tokio::test]
async fn it_is_sent_again_where_that_is_wanted_and_its_time_is_over() {
    let office = Office::new(LOST);
    let text = people(4);
    let (job, _) = clerk(&office, InDoubt::Stop).run(&text).await;
    let office = office.a_minute_later();
    let clerk = clerk(&office, InDoubt::Recheck);
    let told = clerk.apply(&text, job).await;
    assert_eq!(told.done.as_ref().unwrap().counts, counts(&[(DONE, 4)]));
    assert!(told.events.iter().all(|event| !matches!(event, Event::Waits { .. })), "its time was over");
    assert_eq!(office.writes(), 5);
    let desk = clerk.service.desk().unwrap();
    let realm = desk.realm.clone();
    let wish = netex_users::journal::changes::Wish { username: Some("n2".into()), ..Default::default() };
    let changes = desk.journal.ask_and_wait(move |store| store.changes(&realm, &wish)).unwrap();
    let standings: Vec<_> = changes.iter().map(|change| change.standing).collect();
    assert_eq!(standings, [Standing::Done, Standing::Dismissed]);
    assert_eq!(changes[0].intent.instead_of, Some(changes[1].id));
}

#[tokio::test]
async fn before_its_time_it_is_waited_for_and_whoever_stops_that_has_sent_nothing() {
    let office = Office::new(LOST);
    let mut clerk = clerk(&office, InDoubt::Recheck);
    clerk.stops = Box::new(|event| matches!(event, Event::Waits { .. }).then_some(Stop::Finish));
    let (_, told) = clerk.run(&people(4)).await;
    let mut waits = Vec::new();
    for event in &told.events {
        if let Event::Waits { why, time } = event {
            waits.push((why.as_str(), *time));
        }
    }
    let (why, time) = waits[0];
    assert_eq!(why, "line 3 may still arrive");
    assert!(time.as_secs() >= 50, "{time:?}");
    assert_eq!(told.done.unwrap().counts, counts(&[(DOUBT, 1), (DONE, 3)]));
    assert_eq!(office.writes(), 4);
}

#[tokio::test]
async fn what_arrives_late_is_found_and_not_sent_again() {
    // It arrives after the connection was cut, and after the first look.
    let late = "[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'\napplied = 'now'\nvisible_after_reads = 1";
    let office = Office::new(late);
    let text = people(1);
    let (job, told) = clerk(&office, InDoubt::Stop).run(&text).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DOUBT, 1)]));
    let office = office.a_minute_later();
    let told = clerk(&office, InDoubt::Recheck).apply(&text, job).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 1)]));
    assert_eq!(office.writes(), 1);
}

#[tokio::test]
async fn somebody_else_of_that_name_is_no_proof() {
    let office = Office::new("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'");
    let text = people(1);
    let (job, _) = clerk(&office, InDoubt::Stop).run(&text).await;
    // Somebody else is made under the name, from another desk.
    let folder = Folder::of(&office.sandbox);
    let other = Office { sandbox: office.sandbox, folder, clock: clock::milliseconds };
    let theirs = text.replace("Nora", "Noa").replace("n1@", "noa@");
    assert_eq!(clerk(&other, InDoubt::Stop).run(&theirs).await.1.done.unwrap().counts, counts(&[(DONE, 1)]));
    let office = Office { sandbox: other.sandbox, folder: office.folder, clock: later };
    let told = clerk(&office, InDoubt::Recheck).apply(&text, job).await;
    assert_eq!(told.line(2), (LineState::Sent(Standing::Rejected), "somebody else has this username".to_owned()));
    assert_eq!(office.writes(), 2);
    assert_eq!(office.field("n1", "name").as_deref(), Some("Noa"));
}

#[tokio::test]
async fn an_update_is_proven_by_its_fields_and_replaced_by_the_same_rule() {
    let cut = "[[strike]]\non = ['update']\ntimes = 1\nanswer = 'cut'\n";
    let unheard = "[[strike]]\non = ['update']\ntimes = 1\nanswer = 'cut'\napplied = 'now'\n";
    let text = "username,location\nmarta.lopez,Vigo\noliver.whitfield,Lugo\n";
    let office = Office::new(&format!("{cut}{unheard}"));
    let (job, told) = clerk(&office, InDoubt::Stop).run(text).await;
    assert_eq!(told.done.as_ref().unwrap().counts, counts(&[(DOUBT, 1), (DONE, 1)]));
    assert_eq!(told.line(3).0, DONE);
    let office = office.a_minute_later();
    let told = clerk(&office, InDoubt::Recheck).apply(text, job).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 2)]));
    assert_eq!(office.field("marta.lopez", "location").as_deref(), Some("Vigo"));
    assert_eq!(office.writes(), 3);
}

#[tokio::test]
async fn what_is_not_waited_for_is_in_doubt() {
    let office = Office::new("[[strike]]\non = ['create']\ntimes = 1\nwait = '20s'");
    let mut clerk = clerk(&office, InDoubt::Stop);
    clerk.stops = Box::new(|event| matches!(event, Event::Began { .. }).then_some(Stop::Abandon));
    let text = people(2);
    let applied = clerk.run(&text).await.1.done.unwrap();
    assert_eq!(applied.end, End::Stopped);
    assert_eq!(applied.counts.values().sum::<u64>(), 2);
    assert!(!applied.counts.contains_key(&LineState::Sent(Standing::Open)), "{applied:?}");
}

#[tokio::test]
async fn two_programs_do_not_carry_out_the_same_job() {
    let office = Office::new("[[strike]]\non = ['create']\nwait = '100ms'");
    let text = people(6);
    let (first, second) = (clerk(&office, InDoubt::Stop), clerk(&office, InDoubt::Stop));
    let job = first.plan(&text).await.done.unwrap().job.unwrap();
    let (one, two) = tokio::join!(first.apply(&text, job), second.apply(&text, job));
    let (done, refused): (Vec<_>, Vec<_>) = [one.done, two.done].into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    assert_eq!(refused[0].as_ref().unwrap_err(), &ImportFault::Claimed(job));
    assert_eq!(office.writes(), 6);
    assert_eq!(second.job(job).counts, counts(&[(DONE, 6)]));
}

#[tokio::test]
async fn a_create_that_is_in_doubt_elsewhere_is_not_sent_and_waits() {
    let office = Office::new("[[strike]]\non = ['create']\ntimes = 1\nanswer = 'cut'");
    let text = people(1);
    clerk(&office, InDoubt::Stop).run(&text).await;
    // The same person in another file, while nobody knows.
    let other = format!("{}{}", people(1), person("n2"));
    let (job, told) = clerk(&office, InDoubt::Stop).run(&other).await;
    assert_eq!(told.done.as_ref().unwrap().counts, counts(&[(LineState::Waiting, 1), (DONE, 1)]));
    assert!(told.line(2).1.contains("in doubt"), "{:?}", told.line(2));
    assert_eq!(office.writes(), 2);
    assert!(clerk(&office, InDoubt::Stop).job(job).waits());
}

//! A service in trouble: a job burns no more lines than it takes to see that, and asks no more than a tenth too much.

use super::*;

use std::time::Duration;

use netex_users::service::import::End;

fn paused(applied: &Applied) -> &str {
    match &applied.end {
        End::Paused(why) => why,
        End::Complete | End::Stopped => panic!("it went on: {applied:?}"),
    }
}

#[tokio::test]
async fn a_storm_opens_the_circuit_and_the_rest_is_not_sent() {
    let office = Office::new("[[strike]]\non = ['create']\nanswer = 'nothing'\nstatus = 503");
    let clerk = office.clerk();
    let text = people(30);
    let (job, told) = clerk.run(&text).await;
    let applied = told.done.as_ref().unwrap();
    assert_eq!(
        paused(applied),
        "5 lines in a row failed in the same way: the gateway answered 503, which does not say whether it was done"
    );
    let doubt = applied.counts[&DOUBT];
    assert!((5..=8).contains(&doubt), "five, and what was on its way: {doubt}");
    assert_eq!(applied.counts[&LineState::Waiting], 30 - doubt);
    assert_eq!(office.writes() as u64, doubt, "each of them once");
    // 30 readings of the plan, and one reading and one change for each line that was tried.
    assert_eq!(office.asked().len() as u64, 30 + 2 * doubt);
    assert!(clerk.job(job).waits());
}

#[tokio::test]
async fn readings_that_fail_are_repeated_within_a_tenth() {
    let office = Office::new(
        "[[strike]]\non = ['read']\ntimes = 40\n[[strike]]\non = ['read']\nanswer = 'nothing'\nstatus = 503",
    );
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    let plan = clerk.plan(&people(60)).await;
    let fault = plan.done.unwrap_err();
    assert!(matches!(&fault, ImportFault::Unread(why) if why.contains("503")), "{fault}");
    let asked = office.asked().len();
    assert!((45..=49).contains(&asked), "{asked}: forty answers, five failures, and at most a tenth more");
    let desk = clerk.service.desk().unwrap();
    let realm = desk.realm.clone();
    assert_eq!(desk.journal.ask_and_wait(move |store| store.jobs(&realm)).unwrap(), [], "no job is left");
}

#[tokio::test]
async fn a_single_failure_is_asked_again_where_there_is_room_for_it() {
    let office = Office::new(
        "[[strike]]\non = ['read']\ntimes = 20\n[[strike]]\non = ['read']\ntimes = 1\nanswer = 'nothing'\nstatus = 503",
    );
    let clerk = office.clerk();
    let plan = clerk.plan(&people(30)).await.done.unwrap();
    assert_eq!((plan.tally.create, plan.tally.error), (30, 0));
    assert_eq!(office.asked().len(), 31);
}

#[tokio::test]
async fn a_token_that_expires_stops_the_job_and_the_next_one_goes_on_at_that_line() {
    let strikes = "[[strike]]\non = ['create']\ntimes = 5\n[[strike]]\non = ['create']\ntimes = 1\nanswer = 'envelope'\nstatus = 401";
    let office = Office::new(strikes);
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    let text = people(9);
    let (job, told) = clerk.run(&text).await;
    let applied = told.done.as_ref().unwrap();
    assert!(paused(applied).starts_with("the token was not accepted (401)"), "{applied:?}");
    assert_eq!(applied.counts, counts(&[(LineState::Waiting, 3), (DONE, 5), (LineState::Sent(Standing::NotSent), 1)]));
    assert_eq!(office.writes(), 6);
    let resumed = office.clerk().apply(&text, job).await.done.unwrap();
    assert_eq!(resumed, Applied { end: End::Complete, counts: counts(&[(DONE, 9)]) });
    assert_eq!(office.writes(), 10);
}

#[tokio::test]
async fn a_token_that_is_not_accepted_stops_the_plan_at_once() {
    let office = Office::new("[[strike]]\non = ['read']\nanswer = 'envelope'\nstatus = 403");
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    let fault = clerk.plan(&people(9)).await.done.unwrap_err();
    assert!(fault.to_string().contains("403") && office.asked().len() == 1, "{fault}");
}

#[tokio::test]
async fn what_never_left_is_sent_again_and_nothing_else_is() {
    let lines = "[[strike]]\non = ['create']\ntimes = 19\n[[strike]]\non = ['create']\ntimes = 1\nanswer = 'nothing'\nstatus = 429";
    let office = Office::new(lines);
    let mut clerk = office.clerk();
    clerk.limits.concurrency = 1;
    let (_, told) = clerk.run(&people(20)).await;
    assert_eq!(told.done.unwrap().counts, counts(&[(DONE, 20)]));
    assert_eq!(office.writes(), 21);
}

#[tokio::test]
async fn no_more_leave_in_a_second_than_the_tenant_allows() {
    let office = Office::new("");
    let mut clerk = office.clerk();
    clerk.limits.rate = rate(20);
    let job = clerk.plan(&people(14)).await.done.unwrap().job.unwrap();
    let begun = clock::Stopwatch::start();
    clerk.apply(&people(14), job).await.done.unwrap();
    // Four at once, and then one each twentieth of a second.
    assert!(begun.elapsed() >= Duration::from_millis(500), "{:?}", begun.elapsed());
    assert_eq!(office.writes(), 14);
}

#[tokio::test]
async fn what_a_service_asks_to_wait_is_waited_by_everything_and_shown() {
    // The thirtieth question is turned away; everything that comes before its time is over would be counted as too early.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let held = std::sync::Mutex::new(None::<clock::Stopwatch>);
    let server = chaos::Chaos::acting(move |stream| {
        use std::io::Write as _;
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut held = held.lock().expect("no thread panics with the lock");
        if number == 30 {
            *held = Some(clock::Stopwatch::start());
            drop(stream.write_all(&chaos::reply(429, "Retry-After: 1\r\n", "")));
            return;
        }
        // What was on its way with it arrives at once; nothing else does within the second.
        let early = held
            .as_ref()
            .is_some_and(|since| (Duration::from_millis(400)..Duration::from_millis(990)).contains(&since.elapsed()));
        let status = if early { 500 } else { 404 };
        let headers = "Content-Type: application/json\r\n";
        drop(stream.write_all(&chaos::reply(status, headers, r#"{"status": 404, "responsePlatforms": {}}"#)));
    });
    let office = Office::new("");
    let mut clerk = office.clerk();
    clerk.service = Service::new(Client::new(chaos::settings(&server)).expect("a client"));
    let told = clerk.plan_how(&people(60), How::default()).await;
    let tally = told.done.unwrap().tally;
    assert_eq!((tally.create, tally.error), (60, 0));
    let waits = told.events.iter().filter(|event| matches!(event, Event::Waits { .. })).count();
    assert!(waits >= 1, "whoever watches sees why nothing happens");
    assert_eq!(server.finish().await.requests.len(), 61);
}

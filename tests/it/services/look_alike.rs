//! The same services against the look-alike, which reads requests with its own code.

use netex_users::api::{Client, Settings};
use netex_users::domain::fields::Field;
use netex_users::domain::roles::Catalogues;
use netex_users::sandbox::{Body, Sandbox, Scenario};

use super::*;

fn start(scenario: Scenario) -> Sandbox {
    Sandbox::start(scenario, 0, Catalogues::default()).expect("a free port of loopback")
}

fn built_in(name: &str) -> Sandbox {
    start(Scenario::built_in(name).expect("a built-in scenario"))
}

fn client_of(sandbox: &Sandbox) -> Client {
    Client::new(settings_of(sandbox)).expect("a client")
}

fn service_of(sandbox: &Sandbox) -> Service {
    journal::service(client_of(sandbox))
}

fn somebody(sandbox: &Sandbox) -> UserKey {
    let people = sandbox.people();
    UserKey::parse(people[3]["id"].as_str().expect("an id")).expect("a key")
}

#[tokio::test]
async fn everybody_is_found_once_in_every_way_of_paging() {
    for name in ["default", "one-based", "short-pages", "repeats", "partial-content", "leaky", "endless"] {
        let sandbox = built_in(name);
        let (people, paging, fault) = everybody(&service_of(&sandbox), Paging::default()).await;
        assert_eq!(fault, None, "{name}");
        let mut found: Vec<_> = people.into_iter().map(|person| person.username).collect();
        let mut there: Vec<_> =
            sandbox.people().iter().map(|user| user["username"].as_str().expect("a username").to_owned()).collect();
        found.sort();
        there.sort();
        assert_eq!(found, there, "{name}");
        let end = if name == "endless" { End::Repeats } else { End::Complete };
        assert_eq!((paging.end(), paging.unusable()), (Some(end), 0), "{name}");
    }
}

#[tokio::test]
async fn a_list_whose_order_does_not_hold_ends_and_nobody_is_found_twice() {
    let sandbox = built_in("restless");
    let (people, paging, _) = everybody(&service_of(&sandbox), Paging::default()).await;
    let mut found: Vec<_> = people.iter().map(|person| &person.username).collect();
    found.sort();
    found.dedup();
    assert!(paging.end().is_some() && found.len() == people.len() && found.len() > 20);
}

#[tokio::test]
async fn a_crowd_is_read_in_pages_of_five_hundred() {
    let sandbox = start(Scenario::built_in("default").expect("a scenario").with_people(3_000));
    let (people, paging, fault) = everybody(&service_of(&sandbox), Paging::default()).await;
    assert_eq!((people.len(), paging.end(), fault), (3_000, Some(End::Complete), None));
    assert_eq!(sandbox.log().len(), 7);
}

#[tokio::test]
async fn every_deed_does_what_it_says() {
    let sandbox = built_in("default");
    let (client, key) = (client_of(&sandbox), somebody(&sandbox));
    let enabled = || sandbox.person(key.as_str()).expect("the person")["enabled"].clone();
    for (deed, verdict, wanted) in [
        (deactivate(Some("hasta luego")), Verdict::Applied, json!(false)),
        (Deed::Activate, Verdict::Applied, json!(true)),
        (new_password(), Verdict::Applied, json!(true)),
        (Deed::WelcomeMail, Verdict::Pending, json!(true)),
        (deactivate(None), Verdict::Applied, json!(false)),
    ] {
        let report = client.deed(&key, &deed, Synchronization::Synchronous).await;
        assert_eq!((report.verdict, enabled()), (verdict, wanted), "{deed}: {report:?}");
    }
    let report = client.deed(&key, &Deed::Delete, Synchronization::Synchronous).await;
    assert_eq!((report.verdict, sandbox.person(key.as_str())), (Verdict::Applied, None));
    let log = sandbox.log();
    let with_a_body = log
        .iter()
        .filter(|exchange| exchange.body != Body::Empty)
        .map(|exchange| &exchange.path[exchange.path.len() - 10..]);
    assert_eq!(with_a_body.collect::<Vec<_>>(), ["deactivate", "gePassword"]);
    let report = client.deed(&key, &Deed::Activate, Synchronization::Synchronous).await;
    assert_eq!((report.verdict, report.cause), (Verdict::Rejected, Cause::Refused(404)));
}

#[tokio::test]
async fn what_every_platform_queued_is_not_done() {
    let sandbox = built_in("queued");
    let report = client_of(&sandbox).deed(&somebody(&sandbox), &Deed::Activate, Synchronization::Synchronous).await;
    assert_eq!((report.verdict, report.notes.len()), (Verdict::Pending, 1));
}

#[tokio::test]
async fn the_groups_of_somebody_are_read_and_nobody_has_none() {
    let sandbox = built_in("default");
    let service = service_of(&sandbox);
    let mut some = 0;
    for user in sandbox.people() {
        let key = UserKey::parse(user["username"].as_str().expect("a username")).expect("a key");
        let groups = service.groups(&key).await.expect("groups");
        assert!(groups.iter().all(|group| !group.code.is_empty() && !group.name.is_empty()));
        some += groups.len();
    }
    assert!(some > 0, "the look-alike has groups");
    let nobody = UserKey::parse("nobody.at.all").expect("a key");
    assert_eq!(service.groups(&nobody).await, Err(ReadFault::NotFound));
}

#[tokio::test]
async fn in_a_read_only_tenant_the_look_alike_sees_nothing_but_questions() {
    let sandbox = built_in("default");
    let settings = || Settings { read_only: true, ..settings_of(&sandbox) };
    let client = || Client::new(settings()).expect("a client");
    let (service, client) = (journal::service(client()), client());
    let key = somebody(&sandbox);
    for deed in every_deed() {
        client.deed(&key, &deed, Synchronization::Asynchronous).await;
    }
    assert_eq!(everybody(&service, Paging::default()).await.2, None);
    let person = service.read(&key).await.expect("the person");
    assert!(service.groups(&key).await.is_ok() && !person.text(Field::Name).is_empty());
    let methods: Vec<_> = sandbox.log().into_iter().map(|exchange| exchange.method).collect();
    assert!(methods.len() > 2 && methods.iter().all(|method| method == "GET"), "{methods:?}");
}

//! A read-only tenant: every key on every screen, and the service saw nothing but reads.

use futures_util::stream;
use netex_users::api::{Client, Settings};
use netex_users::app::listing;
use netex_users::app::model::Model;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::field::Revision;
use netex_users::domain::look::Look;
use netex_users::domain::roles::Catalogues;
use netex_users::domain::tenant::{Synchronization, Tenant};
use netex_users::runtime::run;
use netex_users::runtime::world::Outside;
use netex_users::sandbox::{Sandbox, Scenario};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::chaos::settings_of;
use crate::support::journal;
use crate::support::typed::typed;

/// Presses keys on the real program before this sandbox, until nothing is being waited for.
async fn press(sandbox: &Sandbox, read_only: bool, rounds: &[&str]) -> Model {
    let tenant = Tenant {
        name: "acme".into(),
        sandbox: false,
        production: false,
        read_only,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let mut model = Model::new(tenant, Look::default(), roles());
    let mut first = listing::start(&mut model);
    for keys in rounds {
        // The screen is what is tried here: the client alone would hide what it lets through.
        let settings = Settings { read_only: false, ..settings_of(sandbox) };
        let client = Client::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
        let world = Outside::new(journal::service(client), Vec::new());
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test terminal never fails");
        let inputs = stream::iter(typed(keys));
        model = run(model, first, &mut terminal, inputs, world).await.expect("a test terminal never fails").model;
        first = netex_users::app::effect::Effects::none();
    }
    model
}

fn writes(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.log();
    log.iter().filter(|asked| asked.method != "GET").map(|asked| format!("{} {}", asked.method, asked.path)).collect()
}

fn roles() -> Catalogues {
    catalogues(BUILT_IN, Revision::Original).expect("the built-in roles are without fault")
}

fn sandbox() -> Sandbox {
    Sandbox::start(Scenario::default(), 0, roles()).expect("a free port")
}

/// Every letter and every Ctrl key of both screens; each followed by what would agree to it.
const ROUNDS: [&str; 16] = [
    // The list comes first.
    "",
    "e",
    "<Enter>y",
    "<Esc>p",
    "sekret<Enter><Esc>",
    "<Esc>w",
    "<Enter>",
    "<Esc><Esc>D",
    "marta.lopez<Enter><Esc>",
    "<Esc> m<Enter><Enter>",
    "<Esc><Esc>c",
    "<Esc>n<C-n><Esc>",
    "<Enter>",
    "x<C-s><Enter>",
    "<C-r><Enter>",
    "<C-p>send<Enter><Esc>",
];

#[tokio::test]
async fn nothing_but_reads_leaves_a_read_only_tenant() {
    let sandbox = sandbox();
    let model = press(&sandbox, true, &ROUNDS).await;
    assert_eq!(model.people.index.len(), 44, "the list was read");
    assert_eq!(writes(&sandbox), Vec::<String>::new());
}

/// The control: the same keys write where they may.
#[tokio::test]
async fn the_same_keys_write_where_they_may() {
    let sandbox = sandbox();
    press(&sandbox, false, &ROUNDS).await;
    assert!(writes(&sandbox).len() >= 3, "{:?}", writes(&sandbox));
}

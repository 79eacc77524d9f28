//! The command line that a review shows, run by a shell as a dry run: the program makes of it the very request that the review shows.
//!
//! Nothing here reads a line by itself: bash takes it apart, the program's own options are parsed, and what is compared is the request
//! with its path, its headers and its body.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use netex_users::api::Client;
use netex_users::app::deeds::{self, Kind};
use netex_users::app::effect::{Effect, Ticket};
use netex_users::app::model::{Model, Overlay};
use netex_users::app::msg::{Act, Msg, News};
use netex_users::app::review::{Repairing, Review};
use netex_users::app::update::update;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::domain::bulk::{Bulk, Job};
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::files::Wish;
use netex_users::domain::key::UserKey;
use netex_users::domain::listed::Listed;
use netex_users::domain::look::Look;
use netex_users::domain::order::Order;
use netex_users::domain::person::Person;
use netex_users::domain::photo::Photo;
use netex_users::domain::record::{ChangeId, Purpose};
use netex_users::domain::roles::Catalogues;
use netex_users::domain::tenant::{Synchronization, Tenant};
use netex_users::media::load::load;
use netex_users::sandbox::{Sandbox, Scenario};
use netex_users::service::Service;
use serde_json::Value;

use crate::chaos::settings_of;
use crate::support::{hermetic, journal};

const PASSWORD: &str = "Kanari3#Vogel(88)";

/// A tenant that is a sandbox, a home in which it is configured, and the program that has it open.
struct Desk {
    sandbox: Sandbox,
    home: tempfile::TempDir,
    service: Service,
    tenant: Tenant,
    roles: Catalogues,
}

impl Desk {
    fn new(revision: Revision) -> Self {
        let roles = || catalogues(BUILT_IN, revision).expect("sound roles");
        let sandbox = Sandbox::start(Scenario::default().with_revision(revision), 0, roles()).expect("a free port");
        let service = journal::service(Client::new(settings_of(&sandbox)).expect("a client"));
        let home = tempfile::tempdir().expect("a folder");
        configure(home.path(), &sandbox, revision);
        let tenant = Tenant {
            name: "acme".into(),
            sandbox: false,
            production: false,
            read_only: false,
            revision,
            synchronization: Synchronization::Asynchronous,
        };
        Self { sandbox, home, service, tenant, roles: roles() }
    }

    fn model(&self) -> Model {
        Model::new(self.tenant.clone(), Look::default(), self.roles.clone())
    }

    /// The form of somebody as they are.
    async fn form(&self, username: &str) -> Model {
        let mut model = self.model();
        model.begin(Subject::Known(Box::new(self.person(username).await)));
        model
    }

    async fn person(&self, username: &str) -> Person {
        self.service.read(&UserKey::parse(username).expect("a key")).await.expect("somebody of the sandbox")
    }

    fn transcript(&self, order: &Order, synchronization: Synchronization) -> String {
        self.service.transcript(order, synchronization)
    }

    /// What a shell makes of the line, with whatever else stands behind the command.
    fn run(&self, line: &str, more: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_netex-users"));
        let folder = program.parent().expect("it lies somewhere").to_str().expect("a path in UTF-8");
        let mut command = hermetic::command("bash", self.home.path());
        command.env("PATH", format!("{folder}:/usr/bin:/bin")).env("ACME_TOKEN", self.sandbox.token());
        command.args(["--norc", "-c", &format!("{line} {more}")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("bash starts");
        // A command that asks for no password does not listen.
        let _ = child.stdin.take().expect("it is piped").write_all(format!("{PASSWORD}\n").as_bytes());
        let told = child.wait_with_output().expect("bash ends");
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        let (out, err) = (text(told.stdout), text(told.stderr));
        assert!(told.status.success(), "{line}\n{out}\n{err}");
        assert!(!out.contains(PASSWORD) && !err.contains(PASSWORD), "{out}{err}");
        out
    }

    /// The request that the line would send.
    fn dry(&self, line: &str) -> String {
        let out = self.run(line, "--dry-run");
        let (head, request) = out.split_once("\n\n").unwrap_or_else(|| panic!("{line}\n{out}"));
        assert!(head.starts_with("DRY RUN"), "{head}");
        request.to_owned()
    }

    /// Shows the line of what the review shows, and compares.
    fn compare(&self, model: &mut Model) -> String {
        let Some(Overlay::Review(review)) = &model.overlay else { panic!("no review: {:?}", model.notice) };
        let shown = self.transcript(&review.order, review.synchronization(model.synchronization));
        let line = lines(model).concat();
        assert_same(&self.dry(&line), &shown, &line);
        line
    }
}

/// The same line, headers and JSON. The keys of an object may stand in another order: sections of roles that are said do.
#[track_caller]
fn assert_same(made: &str, shown: &str, line: &str) {
    let parts = |request: &str| {
        let (head, body) = request.trim_end().split_once("\n\n").unwrap_or((request.trim_end(), ""));
        let body = if body.trim().is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") };
        (head.to_owned(), body)
    };
    assert_eq!(parts(made), parts(shown), "{line}");
}

fn configure(home: &Path, sandbox: &Sandbox, revision: Revision) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = home.join(".config/netex-users");
    std::fs::create_dir_all(&folder).expect("the home is ours");
    let (base, revision) = (sandbox.base_url(), revision.word());
    let text =
        format!("[tenants.acme]\nbase_url = '{base}'\ntoken = {{ env = 'ACME_TOKEN' }}\nrevision = '{revision}'\n");
    let file = folder.join("config.toml");
    std::fs::write(&file, text).expect("the home is ours");
    for (path, mode) in [(&folder, 0o700), (&file, 0o600)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the home is ours");
    }
}

fn act(model: &mut Model, act: Act) -> Vec<Effect> {
    update(model, Msg::Act(act)).into_iter().filter(|effect| !matches!(effect, Effect::Draft(_))).collect()
}

/// The lines as they are copied.
fn lines(model: &mut Model) -> Vec<String> {
    let effects = act(model, Act::CommandLine);
    let [Effect::Copy(text)] = effects.as_slice() else { panic!("{effects:?} {:?}", model.notice) };
    let Some(Overlay::CommandLine(shown)) = &model.overlay else { panic!("it is shown") };
    assert_eq!(shown.text(), *text);
    shown.lines.iter().map(ToString::to_string).collect()
}

/// Turns a role over; the catalogue is that of the form.
fn toggle(model: &mut Model, section: &str, role: &str) {
    let section = model.catalogue().section(section).expect("a section").clone();
    model.matrix.grid.toggle(&section, role);
}

fn png(folder: &Path) -> Photo {
    let path = folder.join("m l.png");
    image::RgbImage::from_pixel(8, 6, image::Rgb([9, 99, 199])).save(&path).expect("the home is ours");
    Photo::Picture(load(&path, Wish { convert: true, shrink: true }).expect("a picture"))
}

#[tokio::test]
async fn an_update_with_quotes_clearings_roles_and_a_picture() {
    for revision in Revision::ALL {
        let desk = Desk::new(revision);
        let mut model = desk.form("marta.lopez").await;
        model.form.put(Field::Name, "Martina d'Arc \"$HOME\" `x` ñ山");
        model.form.put(Field::AboutMe, "two\nlines \\ and a\ttab, and \u{202e}more\u{1b}[2J");
        model.form.go_to(Field::Location);
        act(&mut model, Act::Clear);
        model.form.set_switch(Field::Enabled, false);
        toggle(&mut model, "training", "trainer");
        toggle(&mut model, "social", "user");
        model.image.photo = Some(png(desk.home.path()));
        model.desk_ticket = Some("INC '7'".into());
        act(&mut model, Act::Review);
        let line = desk.compare(&mut model);
        for part in ["--clear=location", "--no-roles=social", "--image='m l.png' --fit", "--role='training="] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
}

#[tokio::test]
async fn a_create_with_a_password_that_comes_from_standard_input() {
    for revision in Revision::ALL {
        let desk = Desk::new(revision);
        let mut model = desk.model();
        model.begin(Subject::New);
        for (field, text) in [
            (Field::Username, "nora.vidal"),
            (Field::Password, PASSWORD),
            (Field::Name, "Nora"),
            (Field::Surname, "O'Vidal"),
            (Field::Email, "nora.vidal@acme.example"),
            (Field::Language, "gl"),
            (Field::Timezone, "Europe/Paris"),
            (Field::Interests, "--yes; rm -rf /"),
        ] {
            model.form.put(field, text);
        }
        for section in model.catalogue().sections().to_vec() {
            let role = section.roles[0].key.clone();
            toggle(&mut model, &section.key, &role);
        }
        model.image.photo = Some(Photo::Url("https://acme.example/a b.png?x=1&y='2'".into()));
        act(&mut model, Act::Review);
        let line = desk.compare(&mut model);
        assert!(line.contains(" --password-stdin ") && !line.contains(PASSWORD), "{line}");
    }
}

#[tokio::test]
async fn a_repair_sends_again_what_management_has_already() {
    for revision in Revision::ALL {
        let desk = Desk::new(revision);
        // As the review had it: an update of what was there before, by the id, that is there by now.
        let mut model = desk.form("marta.lopez").await;
        model.form.put(Field::MobilePhone, "+34 611 222 333");
        toggle(&mut model, "training", "trainer");
        act(&mut model, Act::Review);
        let Some(Overlay::Review(Review { order, .. })) = model.overlay.take() else { panic!("{:?}", model.notice) };
        let sent = desk.service.submit(&order, Synchronization::Synchronous).await;
        assert!(matches!(sent, netex_users::domain::outcome::Sent::Report(_)));
        let repair = Repairing { of: ChangeId(1), before: vec![], form: Ticket(0), about: vec![], from: None };
        model.overlay = Some(Overlay::Review(Review {
            order,
            ticket: Ticket(0),
            transcript: None,
            scroll: 0,
            warning: None,
            repair: Some(Box::new(repair)),
            purpose: Purpose::Change,
            below: None,
        }));
        let line = desk.compare(&mut model);
        assert!(line.contains(" --blind ") && line.contains(" --sync "), "{line}");
        let told = desk.run(
            &line.replace(" --blind", "").replace(&desk.person("marta.lopez").await.id.expect("an id"), "marta.lopez"),
            "--dry-run",
        );
        assert!(told.contains("nothing was sent") && !told.contains("PUT"), "without it nothing would be: {told}");
    }
}

#[tokio::test]
async fn every_deed() {
    let desk = Desk::new(Revision::Original);
    let marta = desk.person("marta.lopez").await;
    for (kind, typed) in [
        (Kind::Deactivate, "It's \"over\", ñandú\u{200b}"),
        (Kind::Deactivate, ""),
        (Kind::Welcome, ""),
        (Kind::Password, PASSWORD),
        (Kind::Activate, ""),
        (Kind::Delete, "marta.lopez"),
    ] {
        let off = matches!(kind, Kind::Activate | Kind::Delete);
        if off {
            desk.run("netex-users disable marta.lopez --tenant=acme --sync --yes", "");
        }
        let mut model = desk.model();
        let key = UserKey::parse("marta.lopez").expect("a key");
        let effects: Vec<_> = deeds::ask(&mut model, kind, key).into_iter().collect();
        let [Effect::Read { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        let person = Person { enabled: Some(!off), ..marta.clone() };
        drop(update(&mut model, Msg::News(News::Read(*ticket, Ok(Box::new(person))))));
        drop(update(&mut model, Msg::Paste(typed.to_owned())));
        let line = lines(&mut model).concat();
        act(&mut model, Act::Back);
        let effects = act(&mut model, Act::DoDeed);
        let [Effect::Submit { order, synchronization, .. }, ..] = effects.as_slice() else { panic!("{effects:?}") };
        assert_same(&desk.dry(&line), &desk.transcript(order, *synchronization), &line);
    }
}

#[tokio::test]
async fn one_change_for_many() {
    for revision in Revision::ALL {
        let desk = Desk::new(revision);
        let person = desk.person("marta.lopez").await;
        let own = |role: &str| ("training".to_owned(), role.to_owned());
        let (section, role) = own("trainer");
        let (section, other) = (section, own("user").1);
        for bulk in [
            Bulk::Disable,
            Bulk::Give { section: section.clone(), role: role.clone() },
            Bulk::Take { section: section.clone(), role },
            Bulk::Give { section: section.clone(), role: other.clone() },
            Bulk::Take { section, role: other },
            Bulk::Set { field: Field::Language, value: "gl".into() },
        ] {
            let catalogue = desk.roles.update.clone();
            let Some(order) = bulk.order(&person, revision, &catalogue).expect("it can be done") else { continue };
            let mut model = desk.model();
            model.people.add(&[Listed::from(&person)]);
            model.people.refilter();
            model.people.mark();
            let job = Job { bulk, revision, catalogue };
            let rows = model.people.plan(&job.bulk);
            model.overlay = Some(Overlay::Batch(Box::new(netex_users::app::batch::Batch::plan(job, rows))));
            let lines = lines(&mut model);
            let shown = desk.transcript(&order, Synchronization::Asynchronous);
            assert_same(&desk.dry(&lines.concat()), &shown, &lines.concat());
        }
    }
}

#[tokio::test]
async fn taking_back() {
    let desk = Desk::new(Revision::Original);
    let before = desk.person("marta.lopez").await;
    desk.run("netex-users update marta.lopez --tenant=acme --location=Vigo", "");
    let mut model = desk.form("marta.lopez").await;
    model.form.put(Field::Location, &before.text(Field::Location));
    act(&mut model, Act::Review);
    let Some(Overlay::Review(review)) = &mut model.overlay else { panic!("{:?}", model.notice) };
    review.purpose = Purpose::Undo(ChangeId(1));
    assert!(desk.compare(&mut model).starts_with("netex-users undo 1 --tenant=acme --async"));
}

/// The comparison sees a difference: a line for somebody else, or without one of its options, makes another request.
#[tokio::test]
async fn another_line_is_another_request() {
    let desk = Desk::new(Revision::Original);
    let mut model = desk.form("marta.lopez").await;
    model.form.put(Field::Name, "Martina");
    model.form.put(Field::Location, "Vigo");
    act(&mut model, Act::Review);
    let line = desk.compare(&mut model);
    let right = desk.dry(&line);
    for (part, other) in [(" --location=Vigo", ""), ("=Martina", "=Martin"), ("--async", "--sync")] {
        let wrong = line.replace(part, other);
        assert!(wrong != line && desk.dry(&wrong) != right, "{wrong}");
    }
}

//! A hundred thousand lines of people: read, checked, planned and written. `cargo bench --bench sheets`.
//!
//! `cargo bench --bench sheets -- --figures` measures instead what criterion cannot: the memory that the process takes, and each step once.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use netex_users::codec::digest;
use netex_users::codec::export::{Export, Layout};
use netex_users::codec::plan::{Header, PlanFile, Record, Writer};
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::codec::sheet::{Options, Sheet};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::person::Person;
use netex_users::domain::plan::{Found, Match, Mode, Question, Tally, Terms};
use netex_users::domain::row::{Row, Supply};

const LINES: u32 = 100_000;

fn terms() -> Terms {
    let revision = Revision::Y2019;
    let catalogues = catalogues(BUILT_IN, revision).expect("the data of roles is good");
    Terms { mode: Mode::CreateOrUpdate, matching: Match::Username, revision, catalogues, makes_passwords: false }
}

/// As a spreadsheet of Spain saves it, with every field that a newcomer has.
fn file() -> Vec<u8> {
    let mut text = "Usuario;Contraseña;Nombre;Apellidos;Correo;Idioma;Zona horaria;Teléfono;Móvil;Ubicación;Activo;roles.management;roles.training\r\n".to_owned();
    for n in 0..LINES {
        write!(
            text,
            "begona.nunez.{n};correct-horse-{n};Begoña;Núñez Cañas;begona.nunez.{n}@acme.example;es;Europe/Paris;+34 981 {n:06};+34 600 {n:06};A Coruña;VERDADERO;user;\"user;trainer\"\r\n"
        )
        .expect("a text takes everything");
    }
    text.into()
}

fn sheet(bytes: Vec<u8>) -> Sheet {
    Sheet::read(bytes, &Options::default(), &terms()).map_err(|faults| faults.to_string()).expect("the file is good")
}

/// Every other one is there already, at another place.
fn found(row: &Row) -> Found {
    if row.line.is_multiple_of(2) {
        return Found::Nobody;
    }
    let username = row.text(Field::Username);
    let texts = [(Field::Name, "Begoña"), (Field::Location, "Vigo")];
    let person = Person {
        id: Some(format!("ff80818155{:022}", row.line)),
        username: username.to_owned(),
        texts: texts.map(|(field, text)| (field, text.to_owned())).into(),
        roles: [("management".to_owned(), ["user".to_owned()].into())].into(),
        ..Person::default()
    };
    let key = UserKey::parse(username).expect("the username is good");
    Found::One(Question::Username(key), Box::new(person))
}

/// Plans every line and writes the plan; only the text of the plan is kept.
fn plan(sheet: &Sheet) -> String {
    let (revision, mode, matching) = (Revision::Y2019, Mode::CreateOrUpdate, Match::Username);
    let header = Header::new("acme", "https://acme.example/", revision, mode, matching, sheet.digest());
    let (mut writer, mut text) = Writer::new(&header);
    let mut tally = Tally::default();
    for row in sheet.rows() {
        let step = sheet.terms().plan(&row, found(&row), Supply::default());
        tally.add(&step);
        text += &writer.record(&Record::new(&step, digest::row(&row)));
    }
    text + &writer.seal(&tally).0
}

fn steps(criterion: &mut Criterion) {
    let bytes = file();
    let mut group = criterion.benchmark_group("100,000 lines");
    group.sample_size(10);
    group.bench_function("read and checked", |bench| bench.iter(|| black_box(sheet(bytes.clone()))));
    let sheet = sheet(bytes.clone());
    group.bench_function("planned and written", |bench| bench.iter(|| black_box(plan(&sheet))));
    group.finish();
    criterion.bench_function("one line in the middle", |bench| bench.iter(|| black_box(sheet.row(50_000))));
}

/// Resident memory of this process now and at its highest, in KiB; 0 where the system does not say.
fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches(':').trim_end_matches("kB").trim().parse().unwrap_or(0)
    };
    (of("VmRSS"), of("VmHWM"))
}

#[expect(clippy::disallowed_methods, reason = "the clock is what is measured with")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn figures() -> String {
    let mut out = String::new();
    let mut say = |what: &str, time: Duration, bytes: usize| {
        let (now, highest) = resident();
        writeln!(
            out,
            "{what}: {:.0} ms, {bytes} bytes; resident {now} KiB, highest {highest}",
            time.as_secs_f64() * 1000.0
        )
        .expect("a text takes everything");
    };
    let bytes = file();
    let size = bytes.len();
    say("the file", Duration::ZERO, size);
    let (sheet, time) = timed(|| sheet(bytes));
    say("read and checked", time, size);
    let (count, time) = timed(|| sheet.rows().filter(|row| row.has(Field::Name)).count());
    say("every line read again", time, count);
    let (count, time) = timed(|| {
        let steps = sheet.rows().map(|row| sheet.terms().plan(&row, found(&row), Supply::default()));
        steps.filter(|step| step.request().is_some()).count()
    });
    say("every line planned, nothing kept", time, count);
    let (text, time) = timed(|| plan(&sheet));
    say("planned and written", time, text.len());
    let (plan, time) = timed(|| PlanFile::read(text.into()).map(|plan| plan.len()));
    say("the plan read back", time, plan.unwrap_or_default());
    let export = Export::people(Revision::Y2019, terms().catalogues, Layout::default());
    let (bytes, time) = timed(|| {
        let people = sheet.rows().filter_map(|row| match found(&row) {
            Found::One(_, person) => Some(person),
            Found::Nobody | Found::Several(_) | Found::Unread(_) => None,
        });
        people.map(|person| export.person(&person).len()).sum()
    });
    say("50,000 people exported", time, bytes);
    out
}

criterion_group!(benches, steps);

fn main() {
    if std::env::args().any(|argument| argument == "--figures") {
        std::io::stdout().write_all(figures().as_bytes()).expect("the figures can be written");
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

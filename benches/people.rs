//! A hundred thousand people, searched: `cargo bench --bench people`.
//!
//! `cargo bench --bench people -- --figures` measures instead what criterion cannot: the memory that the process takes, each letter of
//! a query once as it is typed, and the same people as lines in a file (`target/people.txt`) for another finder to be compared with.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group};
use netex_users::app::index::Index;
use netex_users::app::index::search::{Filter, Search, Sort};
use netex_users::domain::listed::Listed;
use netex_users::domain::roles::Roles;

const EVERYONE: u32 = 100_000;
const PAGE: u32 = 500;
/// How often each letter is typed for the figures; the lines tell the best, the percentiles all of them.
const ROUNDS: usize = 9;

const NAMES: [&str; 48] = [
    "Ada",
    "Aitana",
    "Alba",
    "Álvaro",
    "Ana",
    "Andrés",
    "Anjali",
    "Antía",
    "Ben",
    "Brais",
    "Carmen",
    "Chloé",
    "Daniel",
    "Elena",
    "Elif",
    "Emma",
    "Fátima",
    "François",
    "Giorgos",
    "Hugo",
    "İpek",
    "Iria",
    "Jakub",
    "João",
    "José",
    "Jürgen",
    "Karel",
    "Laura",
    "Leo",
    "Lucía",
    "Łukasz",
    "Mária",
    "Marta",
    "Martin",
    "Mei",
    "Nora",
    "Olivia",
    "Øyvind",
    "Paul",
    "Quang",
    "Rosa",
    "Sofía",
    "Thảo",
    "Uwe",
    "Vera",
    "Wim",
    "Xoán",
    "Zoë",
];
const SURNAMES: [&str; 56] = [
    "Adler",
    "Álvarez",
    "Andersson",
    "Bauer",
    "Bianchi",
    "Castro",
    "Castiñeira",
    "Çelik",
    "Costa",
    "Dubois",
    "Eriksen",
    "Estévez",
    "Fernández",
    "Ferreira",
    "Fuchs",
    "García",
    "Gómez",
    "González",
    "Großmann",
    "Haas",
    "Ibáñez",
    "Jansen",
    "Keller",
    "Kellermann",
    "Kowalski",
    "Lefèvre",
    "Lima",
    "Lombardi",
    "López",
    "Maier",
    "Marín",
    "Martínez",
    "Meyer",
    "Moreau",
    "Müller",
    "Núñez",
    "Nguyễn",
    "Novák",
    "Ortiz",
    "Papadopoulos",
    "Pérez",
    "Popov",
    "Quintana",
    "Rodríguez",
    "Rossi",
    "Sánchez",
    "Schäfer",
    "Silva",
    "Szabó",
    "Tóth",
    "Uribe",
    "Vidal",
    "Weber",
    "Wójcik",
    "Yılmaz",
    "Zimmermann",
];

/// The same numbers each time, with no two alike next to each other.
fn mixed(number: u32, salt: u32) -> u32 {
    let mut value = number.wrapping_add(salt).wrapping_mul(0x9E37_79B1);
    value ^= value >> 15;
    value = value.wrapping_mul(0x85EB_CA77);
    value ^ value >> 13
}

fn pick<'a>(of: &[&'a str], number: u32) -> &'a str {
    of[number as usize % of.len()]
}

/// Letters of ASCII as a tenant makes usernames of names.
fn plain(text: &str) -> String {
    let folded = netex_users::app::index::fold::fold(text);
    folded.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect()
}

fn person(number: u32) -> Listed {
    let name = pick(&NAMES, mixed(number, 1));
    let surname = pick(&SURNAMES, mixed(number, 2));
    let second = pick(&SURNAMES, mixed(number, 3));
    let username = format!("{}.{}{number}", plain(name), plain(surname));
    let role = |salt: u32| pick(&["user", "trainer", "admin"], mixed(number, salt) % 17 / 7).to_owned();
    let roles = ["management", "training", "social"].into_iter().zip(4..);
    Listed {
        id: Some((0..4).fold(String::new(), |id, part| format!("{id}{:08x}", mixed(number, 100 + part))).into()),
        email: format!(
            "{username}@{}",
            pick(&["acme.example", "acme.example", "acme.example", "example.org"], mixed(number, 7))
        )
        .into(),
        username: username.into(),
        name: name.into(),
        surname: if number.is_multiple_of(3) { format!("{surname} {second}").into() } else { surname.into() },
        language: pick(&["es", "en", "gl", "pt", "de"], mixed(number, 8)).into(),
        enabled: Some(!mixed(number, 9).is_multiple_of(10)),
        roles: roles.map(|(section, salt)| (section.to_owned(), [role(salt)].into())).collect::<Roles>().into(),
    }
}

fn add(index: &mut Index, people: &[Listed]) {
    for listed in people {
        black_box(index.add(listed));
    }
}

fn index_of(count: u32) -> Index {
    let mut index = Index::default();
    for number in 0..count {
        index.add(&person(number));
    }
    index
}

fn set(search: &mut Search, index: &Index, query: &str) {
    search.set(index, query, &Filter::default(), Sort::Username);
}

fn building(bench: &mut Criterion) {
    let people: Vec<Listed> = (0..EVERYONE).map(person).collect();
    let mut group = bench.benchmark_group("build");
    group.sample_size(20);
    group.bench_function("an index of everyone", |bench| {
        bench.iter(|| {
            let mut index = Index::default();
            add(&mut index, &people);
            index
        });
    });
    let full = index_of(EVERYONE);
    group.bench_function("everyone read again unchanged", |bench| {
        bench.iter_batched_ref(|| full.clone(), |index| add(index, &people), BatchSize::LargeInput);
    });
    group.finish();
}

/// Each letter, after the one before it: what a key in the search costs.
fn letters(bench: &mut Criterion) {
    let index = index_of(EVERYONE);
    let mut group = bench.benchmark_group("letter");
    group.sample_size(20);
    for query in ["keller", "marta lop", "zzz", "example"] {
        for (end, _) in query.char_indices() {
            let (before, after) = (&query[..end], &query[..=end]);
            if after.ends_with(' ') {
                continue;
            }
            let mut search = Search::default();
            set(&mut search, &index, before);
            group.bench_function(format!("{after:?}"), |bench| {
                bench.iter_batched_ref(|| search.clone(), |search| set(search, &index, after), BatchSize::LargeInput);
            });
        }
    }
    let mut search = Search::default();
    set(&mut search, &index, "keller");
    group.bench_function("\"keller\", the last rubbed out", |bench| {
        bench.iter_batched_ref(|| search.clone(), |search| set(search, &index, "kelle"), BatchSize::LargeInput);
    });
    group.finish();
}

fn columns(bench: &mut Criterion) {
    let index = index_of(EVERYONE);
    let mut group = bench.benchmark_group("sort");
    group.sample_size(20);
    for sort in [Sort::AsRead, Sort::Username, Sort::Name, Sort::Surname, Sort::Email] {
        let other = if sort == Sort::AsRead { Sort::Email } else { Sort::AsRead };
        let mut search = Search::default();
        search.set(&index, "", &Filter::default(), other);
        group.bench_function(format!("everyone by {sort:?}"), |bench| {
            bench.iter_batched_ref(
                || search.clone(),
                |search| search.set(&index, "", &Filter::default(), sort),
                BatchSize::LargeInput,
            );
        });
    }
    let mut search = Search::default();
    set(&mut search, &index, "");
    let filter = Filter { enabled: Some(false), ..Filter::default() };
    group.bench_function("only who cannot sign in", |bench| {
        bench.iter_batched_ref(
            || search.clone(),
            |search| search.set(&index, "", &filter, Sort::Username),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// The last page of a hundred thousand arrives while somebody looks at a result.
fn pages(bench: &mut Criterion) {
    let before = index_of(EVERYONE - PAGE);
    let page: Vec<Listed> = (EVERYONE - PAGE..EVERYONE).map(person).collect();
    let mut group = bench.benchmark_group("page");
    group.sample_size(20);
    for query in ["", "keller"] {
        let mut search = Search::default();
        set(&mut search, &before, query);
        group.bench_function(format!("500 more, looking for {query:?}"), |bench| {
            bench.iter_batched_ref(
                || (before.clone(), search.clone()),
                |(index, search)| {
                    add(index, &page);
                    search.extend(index);
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
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
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The measure of the class: letters typed one after the other, each time timed, with the memory beside it.
fn figures() -> String {
    let mut out = String::new();
    let mut say = |line: String| writeln!(out, "{line}").expect("a string takes everything");
    let empty = resident();
    let mut index = Index::default();
    let mut built = Duration::ZERO;
    for number in 0..EVERYONE {
        let listed = person(number);
        built += timed(|| {
            index.add(&listed);
        });
    }
    let read = resident();
    let mut search = Search::default();
    let first = timed(|| set(&mut search, &index, ""));
    let mut times = Vec::new();
    for query in ["keller", "marta lop", "zzz", "example", "jansen@", "ngu", "lopez mart", "acme", "40417", "e a o"] {
        let mut line = format!("{query:>12}:");
        let mut of = vec![(Duration::MAX, 0); query.len()];
        for _ in 0..ROUNDS {
            set(&mut search, &index, "");
            for (end, _) in query.char_indices() {
                let time = timed(|| set(&mut search, &index, &query[..=end]));
                times.push(time);
                of[end] = (of[end].0.min(time), search.len());
            }
        }
        for (letter, (time, found)) in query.chars().zip(of) {
            write!(line, "  {letter} {:.2} ms {found}", milliseconds(time)).expect("so does this");
        }
        say(line);
    }
    times.sort();
    let at = |part: usize| milliseconds(times[(times.len() * part / 100).min(times.len() - 1)]);
    say(format!("all letters: p50 {:.2} ms, p90 {:.2}, p99 {:.2}, highest {:.2}", at(50), at(90), at(99), at(100)));
    let built = milliseconds(built);
    say(format!("everyone added in {built:.0} ms, first list by username in {:.1} ms", milliseconds(first)));
    let people = index.len();
    index.shrink();
    say(format!(
        "{} bytes a person in the index, {} in the search; resident KiB: {} before, {} read, {} searched, {} at the highest",
        index.bytes() / people,
        search.bytes() / people,
        empty.0,
        read.0,
        resident().0,
        resident().1
    ));
    out
}

fn lines() -> String {
    (0..EVERYONE).map(person).fold(String::new(), |mut lines, listed| {
        let Listed { username, name, surname, email, .. } = listed;
        writeln!(lines, "{username}  {name} {surname}  {email}").expect("a string takes everything");
        lines
    })
}

criterion_group!(benches, building, letters, columns, pages);

fn main() {
    if std::env::args().any(|argument| argument == "--figures") {
        let figures = figures();
        std::io::stdout().write_all(figures.as_bytes()).expect("the figures can be written");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/people.txt");
        std::fs::write(file, lines()).expect("the people can be written beside the build");
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

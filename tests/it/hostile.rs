//! Outside text on every way out: whatever a server, a file or the environment says, the terminal and the log are given nothing that moves
//! a cursor, turns a direction or cannot be seen (faults.md 84 and 85, I-10).
//!
//! A hundred thousand strings for each way that takes no process, made of what does harm and of what only looks so. The oracle is that
//! of [`crate::support::sequences`], which shares nothing with the program.

use std::fs;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, Mutex};

use netex_users::app::listing;
use netex_users::app::model::{Model, Overlay};
use netex_users::app::msg::{Msg, News};
use netex_users::app::people::Copied;
use netex_users::app::status::{Answered, Job, Settling};
use netex_users::app::update::update;
use netex_users::config::verbosity::Verbosity;
use netex_users::domain::deed::Deed;
use netex_users::domain::key::UserKey;
use netex_users::domain::listed::Listed;
use netex_users::domain::look::Look;
use netex_users::domain::order::{DeedOrder, Order};
use netex_users::domain::outcome::{Answer, Cause, PlatformReport, PlatformState, Report, Verdict};
use netex_users::domain::untrusted::{Untrusted, visible};
use netex_users::runtime::log::Log;
use netex_users::ui;
use netex_users::ui::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::support::hermetic;
use crate::support::sequences::{foreign_sequences, is_invisible};
use crate::turns::desk::model;

/// How many strings each way out is given.
const MANY: usize = 100_000;

/// Pieces that do harm somewhere, and pieces that must come through unharmed.
const PIECES: [&str; 40] = [
    "\x1b[2J",
    "\x1b[31m",
    "\x1b]0;owned\x07",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1bP+q\x1b\\",
    "\x1b_Gi=1\x1b\\",
    "\x1bc",
    "\x1b",
    "\x07",
    "\x08",
    "\r",
    "\n",
    "\t",
    "\x7f",
    "\0",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{2028}",
    "\u{fe0f}",
    "\u{e0041}",
    "\u{ad}",
    "\u{61c}",
    "admin",
    "ñé",
    "山田",
    "e\u{301}",
    "👩\u{200d}👧",
    "🇪🇸",
    "עברית",
    "<b>",
    "%s",
    "=1+1",
    " ",
];

/// A source of strings that is the same in every run.
struct Strings(u64);

impl Strings {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).expect("it is below")
    }

    /// Up to six pieces, and between them any character at all.
    fn next(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.number(5) {
            text.push_str(PIECES[self.number(PIECES.len())]);
            if self.number(3) == 0 {
                let any = u32::try_from(self.number(0x11_0000)).expect("it is small");
                text.extend(char::from_u32(any));
            }
        }
        text
    }
}

/// What in a text no terminal should get. The joiner and the variation selector inside an emoji are a part of the glyph.
fn harm(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_control() || is_invisible(*c)).collect()
}

#[test]
fn the_oracle_finds_every_harmful_piece_and_leaves_the_others() {
    let harmless: Vec<_> = PIECES.iter().copied().filter(|piece| harm(piece).is_empty()).collect();
    // It is milder than the program, which shows the first four too.
    assert_eq!(harmless[..4], ["\u{200d}", "\u{2028}", "\u{fe0f}", "\u{ad}"]);
    assert_eq!(harmless[4..].concat(), "adminñé山田e\u{301}👩\u{200d}👧🇪🇸עברית<b>%s=1+1 ");
    assert!(PIECES.contains(&"\x1b[2J") && !harm("\x1b[2J").is_empty() && !harm("\u{202e}").is_empty());
}

#[test]
fn a_text_that_is_shown_has_no_harm_in_it_and_is_not_changed_by_showing_it_twice() {
    let mut strings = Strings(1);
    let mut harmful = 0;
    for _ in 0..MANY {
        let text = strings.next();
        harmful += usize::from(!harm(&text).is_empty());
        let shown = visible(&text);
        assert_eq!(harm(&shown), Vec::<char>::new(), "{text:?}");
        assert_eq!(visible(&shown), shown, "{text:?}");
        assert_eq!(format!("{}", Untrusted::new(text.clone())), shown);
    }
    assert!(harmful > MANY / 2, "the strings do no harm: {harmful}");
}

#[test]
fn a_line_of_the_log_has_no_harm_in_it() {
    let lines = Arc::new(Mutex::new((0, Vec::new())));
    let into = Arc::clone(&lines);
    let sink = move |line: &str| {
        let mut lines = into.lock().expect("nobody panics with it");
        lines.0 += 1;
        if line.matches('\n').count() != 1 || !harm(line.trim_end_matches('\n')).is_empty() {
            lines.1.push(line.to_owned());
        }
    };
    let log = Log::new(Arc::new(AtomicU8::new(Verbosity::Trace as u8)), Box::new(sink));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(log), || {
        let mut strings = Strings(2);
        for _ in 0..MANY / 4 {
            let [one, two, three, four] = [(); 4].map(|()| strings.next());
            tracing::warn!(target: "netex_users::hostile", one, two = %two, three = ?three, "{four}");
        }
    });
    let lines = lines.lock().unwrap();
    assert_eq!((lines.0, lines.1.as_slice()), (MANY / 4, [].as_slice()));
}

/// Draws on a terminal of this size, and gives what stands in its cells.
fn drawn(model: &Model, (width, height): (u16, u16)) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test terminal never fails");
    terminal.draw(|frame| ui::draw(model, frame)).expect("a test terminal never fails");
    terminal.backend().buffer().content().iter().map(|cell| cell.symbol().to_owned()).collect()
}

#[track_caller]
fn assert_harmless(cells: &[String]) {
    let harmful: Vec<_> = cells.iter().filter(|cell| !harm(cell).is_empty()).collect();
    assert!(harmful.is_empty(), "{harmful:?}");
}

/// A request whose platforms say such things, of which the answer in full shows every one.
fn answered(strings: &mut Strings, platforms: usize) -> Model {
    let mut text = || Untrusted::new(strings.next());
    let rows = (0..platforms).map(|_| PlatformReport {
        name: text(),
        state: PlatformState::Failed,
        status: Some(500),
        message: Some(text()),
        location: Some(text()),
    });
    let platforms = rows.collect();
    let report = Report {
        http: Some(500),
        message: Some(text()),
        location: Some(text()),
        platforms,
        notes: vec![text()],
        ..Report::without_reply(Verdict::Rejected, Cause::Nonsense(text()))
    };
    let key = UserKey::parse("marta.lopez").expect("a key");
    let order = Order::Deed(DeedOrder { key, username: strings.next(), deed: Deed::Activate }.into());
    let mut model = model();
    let answer = Answer { report, asked: "14:02:11".into(), took: std::time::Duration::from_secs(1) };
    let answered =
        Answered { order, form: model.ticket(), answer, settling: Settling::NotNeeded, repair: None, seen: None };
    model.status.job = Job::Answered(Box::new(answered));
    model
}

#[test]
fn a_cell_of_the_status_has_no_harm_in_it() {
    let mut strings = Strings(3);
    let (each, mut shown) = (60, 0);
    while shown < MANY / 10 {
        let mut model = answered(&mut strings, each);
        model.overlay = Some(Overlay::Detail(0));
        assert_harmless(&drawn(&model, (100, 300)));
        shown += 3 * each;
    }
    let model = answered(&mut strings, 5);
    for size in [(80, 24), (120, 40), (40, 12)] {
        assert_harmless(&drawn(&model, size));
    }
}

#[test]
fn a_cell_of_a_text_has_no_harm_in_it() {
    let mut strings = Strings(7);
    let area = Rect::new(0, 0, 60, 1);
    for unicode in [true, false] {
        let theme = Theme::new(Look { unicode, ..Look::default() });
        for _ in 0..MANY / 2 {
            let text = strings.next();
            let mut buffer = Buffer::empty(area);
            ui::text::put(&mut buffer, 0, 0, area.width, &ui::text::safe(&text, theme), Style::new());
            let shown: String = buffer.content().iter().map(Cell::symbol).collect();
            assert_eq!(harm(&shown), Vec::<char>::new(), "{text:?}");
            assert!(unicode || shown.is_ascii(), "{text:?} became {shown:?}");
        }
    }
}

/// A person of whom everything is hostile.
fn person(strings: &mut Strings, number: usize) -> Listed {
    let mut text = || strings.next().into_boxed_str();
    let language = text().into();
    let (username, name, surname, email) = (text(), text(), text(), text());
    let id = Some(format!("{number}{}", text()).into());
    Listed { id, username, name, surname, email, language, ..Listed::default() }
}

#[test]
fn a_cell_of_the_list_of_people_has_no_harm_in_it() {
    let mut strings = Strings(4);
    for _ in 0..5 {
        let mut model = model();
        model.screen = netex_users::app::model::Screen::People;
        model.focus = netex_users::app::model::Focus::List;
        let ticket = ticket_of(&listing::start(&mut model));
        let people = (0..250).map(|number| person(&mut strings, number)).collect();
        let copied = Copied { people, when: Some("14:02".into()) };
        drop(update(&mut model, Msg::News(News::Copied(ticket, Some(copied)))));
        let cells = drawn(&model, (160, 256));
        assert_harmless(&cells);
        assert!(cells.concat().contains("250 people"), "nobody is shown: {}", cells[..480].concat());
    }
}

fn ticket_of(effects: &netex_users::app::effect::Effects) -> netex_users::app::effect::Ticket {
    match effects.as_slice() {
        [netex_users::app::effect::Effect::LoadCopy { ticket }] => *ticket,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_command_prints_of_a_file_has_no_harm_in_it() {
    let mut strings = Strings(5);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/netex-users");
    fs::create_dir_all(&folder).unwrap();
    let quoted = |text: &str| {
        let escaped = text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect::<Vec<_>>().concat();
        format!("\"{escaped}\"")
    };
    for round in 0..16 {
        let mut text = String::new();
        for number in 0..60 {
            // What is at fault is told with its value, and what is sound is listed.
            let (key, value) = (quoted(&format!("{number}{}", strings.next())), quoted(&strings.next()));
            let entry = match round % 4 {
                0 => format!("[recipes.{key}]\nhelp = {value}\nusername = {value}\n"),
                1 => format!("[tenants.{key}]\nrevision = {value}\n"),
                2 => format!("{key} = {value}\n"),
                _ => format!("[recipes.r{number}]\nhelp = \"x\"\n{key} = 1\nlocation = {value}\n"),
            };
            text.push_str(&entry);
        }
        fs::write(folder.join("config.toml"), text).unwrap();
        for arguments in [["config", "check"].as_slice(), &["doctor"], &["doctor", "--json"]] {
            let output = hermetic::output(
                hermetic::command(env!("CARGO_BIN_EXE_netex-users"), home.path()).args(arguments),
                home.path(),
            );
            let told = [output.stdout, output.stderr].concat();
            assert!(told.len() > 500, "nothing is told: {}", String::from_utf8_lossy(&told));
            assert_eq!(foreign_sequences(&told, &[]), Vec::<String>::new(), "{arguments:?}");
        }
    }
}

#[test]
fn what_a_command_is_called_with_is_told_without_harm() {
    let mut strings = Strings(6);
    let home = tempfile::tempdir().unwrap();
    for _ in 0..40 {
        let word = strings.next().replace('\0', "");
        for arguments in [
            ["explain", "--", &word],
            ["doctor", "--tenant", &word],
            ["config", "check", &word],
            ["sandbox", "--scenario", &word],
        ] {
            let mut command = hermetic::command(env!("CARGO_BIN_EXE_netex-users"), home.path());
            let output = hermetic::output(command.args(arguments), home.path());
            let told = [output.stdout, output.stderr].concat();
            assert_eq!(foreign_sequences(&told, &[]), Vec::<String>::new(), "{arguments:?}");
        }
    }
}

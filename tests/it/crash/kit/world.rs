//! What the server knows and does: people, weather, and what is still to come.
//!
//! It has no rule of one person per username: a second create makes a second person, and is counted.

use std::collections::{BTreeMap, BTreeSet};

use netex_users::domain::record::WINDOW;

use super::clock::{BEGIN, Hands};
use super::dice::Dice;

/// A person of the world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// The given name: in the loop over rows the tag of the request that wrote last.
    pub name: String,
    /// The surname.
    pub surname: String,
    /// The password.
    pub password: String,
    /// How many creates made this person. More than one is one too many.
    pub created: u32,
}

/// A write that arrived, with what became of it.
#[derive(Clone, Debug)]
pub struct Write {
    /// When it arrived.
    pub at: i64,
    /// The given name that it brought: its tag, where it has one. What was not brought is empty, and stays as it was.
    pub tag: String,
    /// Whether it was a `POST`.
    pub creates: bool,
    /// The person.
    pub username: String,
    /// The surname that it brought.
    pub surname: String,
    /// The password that it brought.
    pub password: String,
    /// Whether it was applied.
    pub applied: bool,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weather {
    /// It is applied and answered.
    Fair,
    /// It is applied, and answered after a while.
    Slow,
    /// The connection is cut, nothing is applied.
    CutBefore,
    /// It is applied, and the connection is cut.
    CutAfter,
    /// Nothing is applied, and no answer comes.
    SilentBefore,
    /// It is applied, and no answer comes.
    SilentAfter,
    /// A gateway answers for a service that never saw it.
    GatewayBefore,
    /// A gateway answers, and the service did it.
    GatewayAfter,
    /// The connection is cut, and it is applied later.
    Late,
}

/// How bad the weather is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Climate {
    /// Every request is done and answered.
    Calm,
    /// Three in ten writes meet something.
    Usual,
    /// Every write that is not answered well is applied later: for the controls, so that none is spared by chance.
    Stormy,
}

/// One in so many writes, in thousandths; the rest is fair.
const STORMS: [(Weather, u64); 8] = [
    (Weather::Slow, 60),
    (Weather::CutBefore, 60),
    (Weather::CutAfter, 60),
    (Weather::SilentBefore, 4),
    (Weather::SilentAfter, 4),
    (Weather::GatewayBefore, 30),
    (Weather::GatewayAfter, 30),
    (Weather::Late, 60),
];

/// How much later than a request what it asks for may be done: within the window, with what the clock moves between the keeping of an
/// intent and the arrival of its request left over.
const LATEST: u64 = (WINDOW.as_secs() - 10) * 1_000;

/// What a child is at that has not said anything yet.
pub const STARTING: &str = "starting";

/// The world.
#[derive(Debug)]
pub struct World {
    hands: Hands,
    now: i64,
    dice: Dice,
    climate: Climate,
    bad_reads: u64,
    people: BTreeMap<String, Resident>,
    refused: BTreeSet<String>,
    late: Vec<(i64, usize)>,
    writes: Vec<Write>,
    weathers: BTreeMap<Weather, u64>,
    drafts: BTreeMap<String, u64>,
    phases: BTreeMap<u32, String>,
    found: BTreeMap<String, u64>,
}

impl World {
    /// A world with those who are there from the beginning. How bad its weather is says `climate`.
    pub fn new(hands: Hands, people: BTreeMap<String, Resident>, dice: Dice, climate: Climate) -> Self {
        Self {
            hands,
            now: BEGIN,
            dice,
            climate,
            bad_reads: 50,
            people,
            refused: BTreeSet::new(),
            late: Vec::new(),
            writes: Vec::new(),
            weathers: BTreeMap::new(),
            drafts: BTreeMap::new(),
            phases: BTreeMap::new(),
            found: BTreeMap::new(),
        }
    }

    /// The same, where every write about some people is refused, and fewer readings fail: a job waits before it asks again, in real time.
    pub fn for_jobs(self, refused: BTreeSet<String>) -> Self {
        Self { refused, bad_reads: 12, ..self }
    }

    /// Whether every write about this person is refused.
    pub fn refuses(&self, username: &str) -> bool {
        self.refused.contains(username)
    }

    /// Everybody.
    pub fn people(&self) -> &BTreeMap<String, Resident> {
        &self.people
    }

    /// Every write that arrived.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// How often each weather struck.
    pub fn weathers(&self) -> &BTreeMap<Weather, u64> {
        &self.weathers
    }

    /// What time it is.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Moves the clock, and does what was to be done meanwhile.
    pub fn move_to(&mut self, now: i64) {
        self.now = self.now.max(now);
        let due: Vec<usize> = self.late.iter().filter(|(at, _)| *at <= self.now).map(|(_, write)| *write).collect();
        self.late.retain(|(at, _)| *at > self.now);
        for write in due {
            self.apply(write);
        }
        self.hands.set(self.now).expect("the clock can be written");
    }

    /// Does everything that is still to come.
    pub fn end(&mut self) {
        self.move_to(i64::MAX / 4);
    }

    /// How bad the weather is from now on.
    pub fn turn(&mut self, climate: Climate) {
        self.climate = climate;
    }

    /// Takes a write and gives its weather; what it asks for is done by then, or will be, or never.
    pub fn take(&mut self, mut write: Write) -> Weather {
        let tick = i64::try_from(self.dice.below(100)).unwrap_or_default();
        self.move_to(self.now + tick);
        write.at = self.now;
        let weather = self.weather();
        *self.weathers.entry(weather).or_default() += 1;
        let number = self.writes.len();
        self.writes.push(write);
        match weather {
            Weather::Fair | Weather::Slow | Weather::CutAfter | Weather::SilentAfter | Weather::GatewayAfter => {
                self.apply(number);
            }
            Weather::Late => {
                let later = i64::try_from(self.dice.below(LATEST)).unwrap_or_default();
                self.late.push((self.now + later, number));
            }
            Weather::CutBefore | Weather::SilentBefore | Weather::GatewayBefore => {}
        }
        weather
    }

    /// The weather of a read: most of them are answered.
    pub fn read_weather(&mut self) -> Weather {
        match (self.dice.below(1000), self.dice.below(2)) {
            _ if self.climate == Climate::Calm => Weather::Fair,
            (throw, 0) if throw < self.bad_reads => Weather::CutBefore,
            (throw, _) if throw < self.bad_reads => Weather::GatewayBefore,
            _ => Weather::Fair,
        }
    }

    /// Somebody says that a draft is on the disk.
    pub fn typed(&mut self, about: &str, version: u64) {
        self.drafts.insert(about.to_owned(), version);
    }

    /// Somebody is about to take a draft away.
    pub fn dropping(&mut self, about: &str) {
        self.drafts.remove(about);
    }

    /// The drafts that have to be there.
    pub fn drafts(&self) -> &BTreeMap<String, u64> {
        &self.drafts
    }

    /// A child says what it begins with.
    pub fn begins(&mut self, number: u32, phase: &str) {
        self.phases.insert(number, phase.to_owned());
    }

    /// What a child was at.
    pub fn phase(&self, number: u32) -> &str {
        self.phases.get(&number).map_or(STARTING, String::as_str)
    }

    /// A child says how many lines it found standing so.
    pub fn found(&mut self, standing: &str, lines: u64) {
        *self.found.entry(standing.to_owned()).or_default() += lines;
    }

    /// What children found, all taken together.
    pub fn all_found(&self) -> &BTreeMap<String, u64> {
        &self.found
    }

    fn weather(&mut self) -> Weather {
        let mut throw = self.dice.below(1000);
        match self.climate {
            Climate::Calm => return Weather::Fair,
            Climate::Stormy if throw < 400 => return Weather::Late,
            Climate::Stormy | Climate::Usual => {}
        }
        for (weather, share) in STORMS {
            if throw < share {
                return weather;
            }
            throw -= share;
        }
        Weather::Fair
    }

    fn apply(&mut self, number: usize) {
        let write = &mut self.writes[number];
        if self.refused.contains(&write.username) {
            return;
        }
        write.applied = true;
        let resident = self.people.entry(write.username.clone()).or_default();
        resident.created += u32::from(write.creates);
        for (there, brought) in [
            (&mut resident.name, &write.tag),
            (&mut resident.surname, &write.surname),
            (&mut resident.password, &write.password),
        ] {
            if !brought.is_empty() {
                there.clone_from(brought);
            }
        }
    }
}

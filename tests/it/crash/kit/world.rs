//! What the server knows and does: people, weather, and what is still to come.
//!
//! It has no rule of one person per username: a second create makes a second person, and is counted.

use std::collections::BTreeMap;
use std::ops::Range;

use netex_users::domain::record::WINDOW;

use super::clock::{BEGIN, Hands};
use super::dice::Dice;
use super::people::{self, Kind};

/// A person of the world.
#[derive(Clone, Debug, Default)]
pub struct Resident {
    /// The tag of the request that wrote last.
    pub name: String,
    /// The surname.
    pub surname: String,
    /// How many creates made this person. More than one is one too many.
    pub created: u32,
}

/// A write that arrived, with what became of it.
#[derive(Clone, Debug)]
pub struct Write {
    /// Its tag.
    pub tag: String,
    /// Whether it was a `POST`.
    pub creates: bool,
    /// The person.
    pub username: String,
    /// The surname that it brought; an update that brings none leaves the one that is there.
    pub surname: Option<String>,
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

/// The world.
#[derive(Debug)]
pub struct World {
    hands: Hands,
    now: i64,
    dice: Dice,
    climate: Climate,
    people: BTreeMap<String, Resident>,
    late: Vec<(i64, usize)>,
    writes: Vec<Write>,
    weathers: BTreeMap<Weather, u64>,
    drafts: BTreeMap<String, u64>,
}

impl World {
    /// A world with the people that its rows change. How bad its weather is says `climate`.
    pub fn new(hands: Hands, rows: Range<u32>, dice: Dice, climate: Climate) -> Self {
        let updates = rows.filter(|row| people::kind(*row) == Kind::Update);
        let resident = |row| {
            let resident = Resident { name: "before".to_owned(), surname: "Before".to_owned(), created: 1 };
            (people::username(row), resident)
        };
        Self {
            hands,
            now: BEGIN,
            dice,
            climate,
            people: updates.map(resident).collect(),
            late: Vec::new(),
            writes: Vec::new(),
            weathers: BTreeMap::new(),
            drafts: BTreeMap::new(),
        }
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

    /// Takes a write and gives its weather; what it asks for is done by then, or will be, or never.
    pub fn take(&mut self, write: Write) -> Weather {
        let tick = i64::try_from(self.dice.below(100)).unwrap_or_default();
        self.move_to(self.now + tick);
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
        match self.dice.below(100) {
            _ if self.climate == Climate::Calm => Weather::Fair,
            0..3 => Weather::CutBefore,
            3..5 => Weather::GatewayBefore,
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
        write.applied = true;
        let resident = self.people.entry(write.username.clone()).or_default();
        resident.created += u32::from(write.creates);
        resident.name.clone_from(&write.tag);
        if let Some(surname) = &write.surname {
            resident.surname.clone_from(surname);
        }
    }
}

//! The loop itself: what comes next, what it changes, and when it is shown.

use std::future::ready;
use std::pin::pin;
use std::time::Duration;

use crossterm::event::{Event, KeyEvent};
use futures_util::stream::{Fuse, FuturesUnordered};
use futures_util::{Stream, StreamExt as _};
use ratatui::Terminal;
use ratatui::backend::Backend;
use tokio::select;

use crate::app::batch;
use crate::app::effect::{Effect, Effects};
use crate::app::jobs;
use crate::app::keymap;
use crate::app::model::Model;
use crate::app::msg::{Act, Msg, News};
use crate::app::ticket_number;
use crate::app::update::update;
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::input::{Input, Stop};
use crate::runtime::world::{Task, World};
use crate::runtime::{Left, PATIENCE};
use crate::ui;

/// The most that happens before it is shown: a flood of keys or answers must not freeze the picture.
const BATCH: usize = 1000;
/// So soon after a paste no key sends or confirms anything: a pasted text can hold the mark of its own end, and an Enter behind it
/// (faults.md 88).
const AFTER_PASTE: Duration = Duration::from_millis(100);

/// How long it is said that a letter is missing: the very next key, which takes every other notice away, is the letter behind it.
const SAID: Duration = Duration::from_secs(10);
const FOREIGN: &str = "The terminal sent a letter that is not UTF-8, and it was left out: set the terminal to UTF-8.";

/// Everything that the loop holds.
pub struct Turns<S: Stream, W> {
    /// What is shown.
    pub model: Model,
    world: W,
    inputs: Fuse<S>,
    /// Reads, look-ups, pictures: dropped when the program leaves.
    tasks: FuturesUnordered<Task>,
    /// Submissions: waited for.
    sent: FuturesUnordered<Task>,
    /// Clocks: nobody waits for them.
    timers: FuturesUnordered<Task>,
    screen: Screen,
    pasted: Option<Stopwatch>,
    missing: Option<Stopwatch>,
    stop: Option<Stop>,
}

/// How far the terminal is from showing the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Screen {
    Current,
    Old,
    /// Something else wrote on it.
    Foreign,
}

/// What comes next.
enum Next {
    Input(Input),
    Answer(Option<News>),
}

impl<S: Stream<Item = Input> + Unpin, W: World> Turns<S, W> {
    /// A loop that has drawn nothing yet.
    pub fn new(model: Model, inputs: Fuse<S>, world: W) -> Self {
        Self {
            model,
            world,
            inputs,
            tasks: FuturesUnordered::new(),
            sent: FuturesUnordered::new(),
            timers: FuturesUnordered::new(),
            screen: Screen::Old,
            pasted: None,
            missing: None,
            stop: None,
        }
    }

    /// Takes turns until the program has to end or has come to rest.
    ///
    /// # Errors
    /// The terminal cannot be drawn on.
    pub async fn go<B: Backend>(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error> {
        loop {
            self.show(terminal)?;
            if self.is_over() {
                return Ok(());
            }
            let Some(next) = self.next().await else {
                return Ok(());
            };
            self.take(next);
            // Everything else that is there already is shown together with it.
            for _ in 1..BATCH {
                if self.is_over() {
                    break;
                }
                let Some(next) = self.there().await else { break };
                self.take(next);
            }
        }
    }

    /// What is left when nothing more happens.
    pub fn left(self) -> Left {
        Left { model: self.model, stop: self.stop }
    }

    /// Waits for the answer of a request that is on its way. Whoever asks once more to leave is let go.
    pub async fn finish<B: Backend>(&mut self, terminal: &mut Terminal<B>) {
        if self.sent.is_empty() || self.stop == Some(Stop::Fault) {
            return;
        }
        self.world.wind_down();
        if self.stop != Some(Stop::Hangup) {
            let seconds = PATIENCE.as_secs();
            self.model
                .say(format!("A request is on its way: waiting at most {seconds} s for its answer. ^Q leaves now."));
            self.screen = Screen::Old;
            // A terminal that cannot be drawn on any more is no reason not to wait.
            let _ = self.show(terminal);
        }
        let mut deadline = pin!(clock::pass(PATIENCE));
        while !self.sent.is_empty() {
            // The answer first: it is what all this is about.
            select! {
                biased;
                Some(answer) = self.sent.next() => {
                    // What would follow from it, such as reading the user again, is not begun any more.
                    // Only drafts follow the answer: that of what was sent and done goes.
                    let effects = answer.map(|news| update(&mut self.model, Msg::News(news)));
                    effects.into_iter().flatten().for_each(|effect| self.of_a_draft(effect));
                }
                () = &mut deadline => return,
                Some(input) = self.inputs.next() => if self.is_impatient(&input) { return },
                else => return,
            }
        }
    }

    fn of_a_draft(&self, effect: Effect) {
        if let Effect::Draft(_) = effect {
            drop(self.world.perform(effect));
        }
    }

    /// Has what was typed on the disk before the program ends.
    pub fn flush(&mut self) {
        if let Err(why) = self.world.flush() {
            self.model.drafts.trouble = Some(why);
        }
    }

    fn is_impatient(&self, input: &Input) -> bool {
        match input {
            // One hang-up is said twice, by its signal and by the end of the terminal, and nobody is there any more to be impatient.
            Input::Stop(Stop::Hangup) => false,
            Input::Stop(Stop::Terminate | Stop::Quit | Stop::Interrupt | Stop::Fault) => true,
            Input::Terminal(Event::Key(key)) => {
                matches!(
                    keymap::message(&self.model, *key),
                    Some(Msg::Act(Act::Quit | Act::QuitAnyway | Act::QuitKept))
                )
            }
            Input::Terminal(_) | Input::Foreign | Input::Continued => false,
        }
    }

    fn is_over(&self) -> bool {
        self.stop.is_some() || self.model.closing
    }

    /// The next thing that happens; nothing when the inputs have ended and no question is open.
    async fn next(&mut self) -> Option<Next> {
        let is_at_rest = self.inputs.is_done() && self.tasks.is_empty() && self.sent.is_empty();
        if is_at_rest {
            return None;
        }
        // Inputs first: a person can leave even while answers flood in, and keys that were pressed before an answer was there are taken as they
        // were meant. Clocks last, so that a password is not hidden or a second not counted before what was done in it.
        select! {
            biased;
            Some(input) = self.inputs.next() => Some(Next::Input(input)),
            Some(answer) = self.sent.next() => Some(Next::Answer(answer)),
            Some(answer) = self.tasks.next() => Some(Next::Answer(answer)),
            Some(answer) = self.timers.next() => Some(Next::Answer(answer)),
            else => None,
        }
    }

    /// The next thing that has happened already.
    async fn there(&mut self) -> Option<Next> {
        select! {
            biased;
            next = self.next() => next,
            () = ready(()) => None,
        }
    }

    fn take(&mut self, next: Next) {
        match next {
            Next::Input(input) => self.input(input),
            Next::Answer(Some(news)) => self.tell(Msg::News(news)),
            Next::Answer(None) => {}
        }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Terminal(Event::Key(key)) => self.key(key),
            Input::Terminal(Event::Paste(text)) => {
                self.pasted = Some(Stopwatch::start());
                self.tell(Msg::Paste(text));
            }
            // All of it anew, even where the size is the one of before: a terminal that was small for a moment has cut what it showed.
            Input::Terminal(Event::Resize(..)) => self.screen = Screen::Foreign,
            Input::Terminal(Event::FocusGained | Event::FocusLost | Event::Mouse(_)) => {}
            Input::Foreign => {
                self.missing = Some(Stopwatch::start());
                self.tell(Msg::Refused(FOREIGN));
            }
            Input::Continued => {
                let resumed = self.world.resume();
                self.foreign(resumed.is_ok());
            }
            Input::Stop(stop) => self.stop = Some(stop),
        }
    }

    fn key(&mut self, key: KeyEvent) {
        let Some(msg) = keymap::message(&self.model, key) else {
            return;
        };
        let just_pasted = self.pasted.is_some_and(|since| since.elapsed() < AFTER_PASTE);
        // What is picked in the palette may be any of these.
        let sends = matches!(
            msg,
            Msg::Act(
                Act::Send
                    | Act::DoDeed
                    | Act::Batch(batch::Act::Run)
                    | Act::Pick
                    | Act::Yes
                    | Act::TicketNumber(ticket_number::Act::Take)
                    | Act::Jobs(jobs::Act::CarryOut | jobs::Act::GoOn)
            )
        );
        if just_pasted && sends {
            self.tell(Msg::Refused("Nothing is sent right after a paste: press the key again."));
        } else {
            self.tell(msg);
        }
    }

    fn tell(&mut self, msg: Msg) {
        self.screen = self.screen.max(Screen::Old);
        let effects = update(&mut self.model, msg);
        if self.model.notice.is_none() && self.missing.is_some_and(|since| since.elapsed() < SAID) {
            self.model.refuse(FOREIGN);
        }
        self.want(effects);
    }

    /// Has the world do what is wanted.
    pub fn want(&mut self, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Suspend => {
                    // Every thread stops with the program, and whoever stops it may kill it.
                    self.flush();
                    let suspended = self.world.suspend();
                    self.foreign(suspended.is_ok());
                }
                Effect::Redraw => self.screen = Screen::Foreign,
                // A terminal that is gone is noticed by the next frame.
                Effect::Copy(text) => drop(self.world.copy(&text)),
                Effect::Submit { .. }
                | Effect::Apply { .. }
                | Effect::Jobs { wish: jobs::Wish::CarryOut(_) | jobs::Wish::GoOn { .. }, .. } => {
                    self.sent.push(self.world.perform(effect));
                }
                Effect::Wake { .. } => self.timers.push(self.world.perform(effect)),
                Effect::Read { .. }
                | Effect::Settle { .. }
                | Effect::Transcribe { .. }
                | Effect::List { .. }
                | Effect::LookAt { .. }
                | Effect::Load { .. }
                | Effect::Decode { .. }
                | Effect::Rate { .. }
                | Effect::Generate { .. }
                | Effect::ListZones { .. }
                | Effect::ReadPage { .. }
                | Effect::LoadCopy { .. }
                | Effect::Draft(_)
                | Effect::Attention { .. }
                | Effect::History { .. }
                | Effect::Tell { .. }
                | Effect::ForUndo { .. }
                | Effect::Jobs { .. }
                | Effect::Groups { .. } => self.tasks.push(self.world.perform(effect)),
            }
        }
    }

    /// The terminal was somebody else's for a while; where it could not be had again, it is gone.
    fn foreign(&mut self, is_ours_again: bool) {
        self.screen = Screen::Foreign;
        if !is_ours_again {
            self.stop = Some(Stop::Hangup);
        }
    }

    fn show<B: Backend>(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error> {
        if self.screen == Screen::Current || matches!(self.stop, Some(Stop::Hangup | Stop::Fault)) {
            return Ok(());
        }
        if self.screen == Screen::Foreign {
            terminal.clear()?;
        }
        terminal.draw(|frame| ui::draw(&self.model, frame))?;
        self.screen = Screen::Current;
        Ok(())
    }
}

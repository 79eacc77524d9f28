//! A place to try the loop at: a terminal that counts what is written, and a world that notes what is wanted.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use futures_util::{FutureExt as _, Stream};
use netex_users::app::drafts::Wanted;
use netex_users::app::effect::{Effect, Effects};
use netex_users::app::model::Model;
use netex_users::app::msg::News;
use netex_users::domain::draft::Subject;
use netex_users::domain::field::Revision;
use netex_users::domain::look::{Depth, Look};
use netex_users::domain::outcome::{Answer, Cause, ReadFault, Report, Verdict};
use netex_users::domain::roles::Catalogues;
use netex_users::domain::tenant::{Synchronization, Tenant};
use netex_users::runtime::clock;
use netex_users::runtime::input::Input;
use netex_users::runtime::paint::Painter;
use netex_users::runtime::run;
use netex_users::runtime::world::{Task, World};
use ratatui::Terminal;
use ratatui::layout::Size;

use crate::support::typed::typed;

/// What the world answers.
pub enum Reply {
    /// This, after a while.
    After(Duration, News),
    /// Nothing, ever, and nobody has to wait for it.
    Never,
}

/// The loop's surroundings. Runs share what was asked and written.
pub struct Desk {
    reply: Rc<dyn Fn(&Effect) -> Reply>,
    seen: Rc<Seen>,
}

#[derive(Default)]
struct Seen {
    asked: RefCell<Vec<Effect>>,
    writes: RefCell<Vec<Vec<u8>>>,
    suspended: Cell<usize>,
    resumed: Cell<usize>,
    gone: Cell<bool>,
    breaks_after: Cell<Option<usize>>,
}

impl Desk {
    /// A world that answers as the table says.
    pub fn new(reply: impl Fn(&Effect) -> Reply + 'static) -> Self {
        Self { reply: Rc::new(reply), seen: Rc::default() }
    }

    /// A world that answers nothing.
    pub fn silent() -> Self {
        Self::new(|_| Reply::Never)
    }

    /// The terminal cannot be had again once it was given away.
    pub fn without_terminal(self) -> Self {
        self.seen.gone.set(true);
        self
    }

    /// The terminal refuses everything after so many writes.
    pub fn breaking_after(self, writes: usize) -> Self {
        self.seen.breaks_after.set(Some(writes));
        self
    }

    /// Presses keys, and comes back when the program is at rest.
    pub async fn run(&self, model: Model, keys: &str) -> Model {
        self.run_inputs(model, stream::iter(typed(keys))).await
    }

    /// Presses keys of which the last ends the program; the person stays there.
    pub async fn run_endless(&self, model: Model, inputs: Vec<Input>) -> Model {
        self.run_inputs(model, stream::iter(inputs).chain(stream::pending())).await
    }

    /// Lets these inputs come.
    pub async fn run_inputs(&self, model: Model, inputs: impl Stream<Item = Input> + Unpin) -> Model {
        self.start(model, inputs).await.expect("a terminal in memory can be drawn on")
    }

    /// Lets these inputs come, on a terminal that may refuse.
    pub async fn try_run(&self, model: Model, inputs: Vec<Input>) -> io::Result<Model> {
        self.start(model, stream::iter(inputs)).await
    }

    async fn start(&self, model: Model, inputs: impl Stream<Item = Input> + Unpin) -> io::Result<Model> {
        let glass = Glass(Rc::clone(&self.seen));
        let mut terminal = Terminal::new(Painter::new(glass, || Some(Size { width: 80, height: 24 })))?;
        let world = Table { reply: Rc::clone(&self.reply), seen: Rc::clone(&self.seen) };
        // The model is large, and a future holds it several times.
        Ok(Box::pin(run(model, Effects::none(), &mut terminal, inputs, world)).await?.model)
    }

    /// What the program wanted, in that order, without what it wanted of drafts.
    pub fn asked(&self) -> Vec<Effect> {
        let all = self.seen.asked.borrow();
        all.iter().filter(|effect| !matches!(effect, Effect::Draft(_))).cloned().collect()
    }

    /// What the program wanted of drafts, in that order.
    pub fn of_drafts(&self) -> Vec<Wanted> {
        let wanted = |effect: &Effect| if let Effect::Draft(wanted) = effect { Some(wanted.clone()) } else { None };
        self.seen.asked.borrow().iter().filter_map(wanted).collect()
    }

    /// How often a change was sent.
    pub fn submissions(&self) -> usize {
        self.asked().iter().filter(|effect| matches!(effect, Effect::Submit { .. })).count()
    }

    /// How often something was written on the terminal.
    pub fn writes(&self) -> usize {
        self.seen.writes.borrow().len()
    }

    /// What was written last.
    pub fn last_write(&self) -> String {
        self.seen.writes.borrow().last().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    /// What stood on the screen after the last write.
    pub fn screen(&self) -> String {
        let [rows, columns] = [24, 80].map(|cells| NonZero::new(cells).expect("more than none"));
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        self.seen.writes.borrow().iter().for_each(|bytes| terminal.process(bytes));
        terminal.screen().contents()
    }

    /// How often the terminal was given to the shell.
    pub fn suspended(&self) -> usize {
        self.seen.suspended.get()
    }

    /// How often the program was told that it runs again.
    pub fn resumed(&self) -> usize {
        self.seen.resumed.get()
    }
}

struct Glass(Rc<Seen>);

impl Write for Glass {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut writes = self.0.writes.borrow_mut();
        if self.0.breaks_after.get().is_some_and(|most| writes.len() >= most) {
            return Err(io::Error::other("the line is cut"));
        }
        writes.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Table {
    reply: Rc<dyn Fn(&Effect) -> Reply>,
    seen: Rc<Seen>,
}

impl World for Table {
    fn perform(&self, effect: Effect) -> Task {
        let reply = (self.reply)(&effect);
        self.seen.asked.borrow_mut().push(effect);
        match reply {
            Reply::After(time, news) => Box::pin(clock::pass(time).map(|()| Some(news))),
            Reply::Never => Box::pin(async { None }),
        }
    }

    fn suspend(&self) -> io::Result<()> {
        self.seen.suspended.set(self.seen.suspended.get() + 1);
        if self.seen.gone.get() { Err(io::Error::other("no terminal")) } else { Ok(()) }
    }

    fn resume(&self) -> io::Result<()> {
        self.seen.resumed.set(self.seen.resumed.get() + 1);
        Ok(())
    }
}

/// The empty form of a new user.
pub fn model() -> Model {
    let tenant = Tenant {
        name: "sandbox".into(),
        sandbox: true,
        production: false,
        read_only: false,
        revision: Revision::Original,
        synchronization: Synchronization::Synchronous,
    };
    let look = Look { depth: Depth::Sixteen, unicode: true };
    let mut model = Model::new(tenant, look, Catalogues::default());
    model.begin(Subject::New);
    model
}

/// The program with a new user typed in whole.
pub fn filled() -> Model {
    let keys =
        "nora.vidal<Tab>correct horse<Tab>Nora<Tab>Vidal<Tab>nora.vidal@acme.example<Tab>gl<Tab>Europe/Paris<Tab>";
    let desk = Desk::silent();
    desk.run(model(), keys).now_or_never().expect("a form that waits for nothing")
}

/// Answers a submission after a while, and nothing else.
pub fn answered(effect: &Effect, verdict: Verdict, time: Duration) -> Reply {
    if let Effect::Submit { ticket, .. } = effect {
        let report = Report::without_reply(verdict, Cause::Platforms);
        let answer = Answer { report, asked: "14:02:11".into(), took: time };
        Reply::After(time, News::Answered(*ticket, Box::new(answer)))
    } else {
        Reply::Never
    }
}

/// Finds nobody, after a while.
pub fn not_found(effect: &Effect, time: Duration) -> Reply {
    if let Effect::Read { ticket, .. } = effect {
        Reply::After(time, News::Read(*ticket, Err(ReadFault::NotFound)))
    } else {
        Reply::Never
    }
}

/// Wakes the program when it asked to be woken.
pub fn woken(effect: &Effect) -> Reply {
    if let Effect::Wake { ticket, after } = effect { Reply::After(*after, News::Woke(*ticket)) } else { Reply::Never }
}

//! Everything that the screen shows, as one value.

use std::path::PathBuf;

use crate::app::attention::{Attention, View};
use crate::app::batch::{Batch, Limits};
use crate::app::chooser::Chooser;
use crate::app::command_line;
use crate::app::deeds;
use crate::app::drafts::{Drafts, list};
use crate::app::editor::TextEditor;
use crate::app::effect::Ticket;
use crate::app::form::Form;
use crate::app::help::Help;
use crate::app::history::{History, Summary};
use crate::app::image::{Pane, PasteQuestion, UrlQuestion};
use crate::app::jobs::{self, Jobs};
use crate::app::menu::Menu;
use crate::app::msg::Act;
use crate::app::open::Question;
use crate::app::palette::Palette;
use crate::app::people::People;
use crate::app::picker::Picker;
use crate::app::review::Review;
use crate::app::roles::Matrix;
use crate::app::status::Status;
use crate::app::three_way::ThreeWay;
use crate::app::ticket_number;
use crate::domain::deed::Group;
use crate::domain::draft::{Draft, Fault, Subject};
use crate::domain::field::Operation;
use crate::domain::fields::Field;
use crate::domain::look::Look;
use crate::domain::outcome::ReadFault;
use crate::domain::recipe::Recipe;
use crate::domain::record::{ChangeId, Circumstances};
use crate::domain::roles::{Catalogue, Catalogues, RoleGrid};
use crate::domain::tenant::{Synchronization, Tenant};

/// Everything that the screen shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Where the changes go.
    pub tenant: Tenant,
    /// The mode that the next request is sent in.
    pub synchronization: Synchronization,
    /// What the terminal can show.
    pub look: Look,
    /// The sections and roles of this tenant's revision.
    pub catalogues: Catalogues,
    /// Everybody who was read.
    pub people: People,
    /// What a tenant allows of a bulk change.
    pub limits: Limits,
    /// Named sets of values for somebody new, from the configuration.
    pub recipes: Vec<Recipe>,
    /// Which of the two screens is shown.
    pub screen: Screen,
    /// The fields.
    pub form: Form,
    /// The number of this form: answers about another one leave it alone.
    pub form_ticket: Ticket,
    /// The roles.
    pub matrix: Matrix,
    /// The picture.
    pub image: Pane,
    /// What became of the last request.
    pub status: Status,
    /// The pane that has the keys.
    pub focus: Focus,
    /// What lies over the screen and has the keys instead.
    pub overlay: Option<Overlay>,
    /// One line that says what just happened; gone with the next key.
    pub notice: Option<Notice>,
    /// The reading of the user again after an update, that is being waited for.
    pub reloading: Option<Ticket>,
    /// The reading of a user again after a deed, for the list alone.
    pub refreshing: Option<Ticket>,
    /// The password that is being made.
    pub making: Option<Ticket>,
    /// The change that is being read, to tell it.
    pub telling: Option<Ticket>,
    /// The folder in which the last picture was chosen.
    pub last_folder: Option<PathBuf>,
    /// The names of the time zones, once they were read.
    pub zones: Vec<String>,
    /// Why nothing can be sent although the tenant allows it: there is no journal to keep it in first.
    pub no_journal: Option<String>,
    /// The number of the ticket that is being worked on, kept with every change.
    pub desk_ticket: Option<String>,
    /// What was typed and not sent.
    pub drafts: Drafts,
    /// When that number is asked for.
    pub ticketing: ticket_number::Asking,
    /// Every change that is not finished.
    pub attention: Attention,
    /// Files of people.
    pub jobs: Jobs,
    /// The create in doubt that the next one of this form replaces.
    pub instead_of: Option<ChangeId>,
    /// What the program was started with and its commands need as well, such as `--config=FILE`.
    pub started_with: Vec<String>,
    /// The program is leaving.
    pub closing: bool,
    tickets: u64,
}

/// The two screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Everybody.
    #[default]
    People,
    /// One person: form, roles, image.
    Editor,
}

/// A pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The list of people.
    #[default]
    List,
    /// The fields of the form.
    Fields,
    /// The role matrix.
    Roles,
    /// The picture.
    Image,
    /// What became of the last request.
    Status,
}

/// What lies over the screen. One at a time, and each carries only what exists then.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys; what was below comes back after it.
    Help(Help, Option<Box<Overlay>>),
    /// Every act.
    Palette(Palette),
    /// A yes-or-no question.
    Confirm(Confirm),
    /// The list of languages or time zones.
    Chooser(Chooser),
    /// The file picker.
    Picker(Box<Picker>),
    /// The question for a picture's URL.
    Url(UrlQuestion),
    /// The question for pasted base64.
    Paste(PasteQuestion),
    /// The question for an id or username.
    Open(Question),
    /// What will be sent.
    Review(Review),
    /// A row of the status pane in full, and the first line shown.
    Detail(usize),
    /// The question before a deed.
    Deed(Box<deeds::Question>),
    /// A few things to choose from.
    Menu(Menu),
    /// A plan for many, and its run.
    Batch(Box<Batch>),
    /// What somebody else changed meanwhile.
    ThreeWay(ThreeWay),
    /// What was typed and not sent.
    Drafts(list::View),
    /// The groups of a user.
    Groups(Groups),
    /// What needs attention.
    Attention(Box<View>),
    /// The question for the number of the ticket.
    TicketNumber(ticket_number::Question),
    /// What was done here.
    History(Box<History>),
    /// What goes into a ticket.
    Summary(Summary),
    /// The command line of what is about to be sent.
    CommandLine(command_line::Shown),
    /// Files of people.
    Jobs(Box<jobs::View>),
}

/// A yes-or-no question.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// The question.
    pub question: String,
    /// What follows from a no, where it needs saying.
    pub hint: &'static str,
    /// What a yes does.
    pub yes: Act,
}

/// The groups of a user, being read or as read.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Whose.
    pub username: String,
    /// The question that is open.
    pub ticket: Ticket,
    /// The answer.
    pub answer: Option<Result<Vec<Group>, ReadFault>>,
    /// The first line that is shown.
    pub scroll: usize,
}

/// One line that says what just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something to know.
    Info(String),
    /// Something that was not done, and why.
    Refused(String),
}

impl Model {
    /// The program as it starts: the list of people, still empty.
    pub fn new(tenant: Tenant, look: Look, catalogues: Catalogues) -> Self {
        let form = Form::new(tenant.revision);
        Self {
            synchronization: tenant.synchronization,
            tenant,
            look,
            catalogues,
            people: People::new(),
            limits: Limits::default(),
            recipes: Vec::new(),
            screen: Screen::People,
            form,
            form_ticket: Ticket(0),
            matrix: Matrix::default(),
            image: Pane::default(),
            status: Status::default(),
            focus: Focus::List,
            overlay: None,
            notice: None,
            reloading: None,
            refreshing: None,
            making: None,
            telling: None,
            last_folder: None,
            zones: Vec::new(),
            no_journal: None,
            desk_ticket: None,
            drafts: Drafts::default(),
            ticketing: ticket_number::Asking::default(),
            attention: Attention::default(),
            jobs: Jobs::default(),
            instead_of: None,
            started_with: Vec::new(),
            closing: false,
            tickets: 0,
        }
    }

    /// The number of a new question.
    pub fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Create or update.
    pub fn operation(&self) -> Operation {
        self.form.subject.operation()
    }

    /// The sections and roles of this operation.
    pub fn catalogue(&self) -> &Catalogue {
        self.catalogues.of(self.operation())
    }

    /// What was typed, chosen and toggled.
    pub fn draft(&self) -> Draft {
        self.form.draft(self.image.photo.clone(), self.matrix.grid.clone())
    }

    /// Everything that is wrong, of every field.
    pub fn faults(&self) -> Vec<Fault> {
        self.draft().faults(self.catalogue())
    }

    /// Whether something stands in the form that was not sent: for an existing user anything that would be sent, for a new one anything
    /// typed, and nothing once it was sent and done.
    pub fn has_unsent_work(&self) -> bool {
        if self.status.forbids(self.form_ticket).is_some() && self.status.sending().is_none() {
            return false;
        }
        self.form.is_touched() || self.image.photo.is_some() || self.matrix.grid.is_any_touched()
    }

    /// Whom the form is about, for a question: a name, or what was typed of it.
    pub fn who(&self) -> String {
        match &self.form.subject {
            Subject::Known(person) => person.full_name(),
            Subject::Blind(key) => key.as_str().to_owned(),
            Subject::New => {
                let typed = self.form.text(Field::Username);
                if typed.is_empty() { "the new user".to_owned() } else { typed }
            }
        }
    }

    /// Puts another user before the agent. Whatever was on the form stays as a draft; where it cannot, the caller has asked.
    pub fn begin(&mut self, subject: Subject) {
        let ticket = self.ticket();
        self.begin_as(subject, ticket);
    }

    /// The same with a number for the form that is known already.
    pub fn begin_as(&mut self, subject: Subject, ticket: Ticket) {
        let roles = subject.person().map(|person| person.roles.clone()).unwrap_or_default();
        self.form = Form::about(subject, self.tenant.revision);
        self.form_ticket = ticket;
        self.matrix = Matrix::new(RoleGrid::new(roles));
        self.image = Pane::default();
        self.screen = Screen::Editor;
        self.focus = Focus::Fields;
        self.overlay = None;
        self.reloading = None;
        self.instead_of = None;
    }

    /// What is kept with the next order.
    pub fn circumstances(&self) -> Circumstances {
        Circumstances { ticket: self.desk_ticket.clone(), ..Circumstances::default() }
    }

    /// The text that letters go into, if any has the keys.
    pub fn editor_mut(&mut self) -> Option<&mut TextEditor> {
        match &mut self.overlay {
            Some(Overlay::Palette(palette)) => Some(&mut palette.query),
            Some(Overlay::Chooser(chooser)) => Some(&mut chooser.query),
            Some(Overlay::Picker(picker)) => Some(&mut picker.query),
            Some(Overlay::Url(question)) => Some(&mut question.editor),
            Some(Overlay::Open(question)) => Some(&mut question.editor),
            Some(Overlay::Menu(menu)) => Some(&mut menu.query),
            Some(Overlay::Attention(view)) => view.dismissing.as_mut(),
            Some(Overlay::Jobs(view)) => view.editor_mut(self.tenant.production),
            Some(Overlay::TicketNumber(question)) => Some(&mut question.editor),
            Some(Overlay::Deed(question)) => question.kind.prompt().map(|_| &mut question.editor),
            Some(Overlay::History(history)) => history.finding.then_some(&mut history.query),
            Some(Overlay::Batch(batch)) => batch.wants_name(self.tenant.production).then_some(&mut batch.typed),
            Some(
                Overlay::Help(..)
                | Overlay::Confirm(_)
                | Overlay::Paste(_)
                | Overlay::Review(_)
                | Overlay::Detail(_)
                | Overlay::ThreeWay(_)
                | Overlay::Drafts(_)
                | Overlay::Groups(_)
                | Overlay::Summary(_)
                | Overlay::CommandLine(_),
            ) => None,
            None if self.focus == Focus::List && self.people.finding => Some(&mut self.people.query),
            None if self.focus == Focus::Fields => self.form.editor_mut(),
            None => None,
        }
    }

    /// Says what just happened.
    pub fn say(&mut self, words: impl Into<String>) {
        self.notice = Some(Notice::Info(words.into()));
    }

    /// Says what was not done, and why.
    pub fn refuse(&mut self, words: impl Into<String>) {
        self.notice = Some(Notice::Refused(words.into()));
    }
}

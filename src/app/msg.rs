//! Everything that can happen: an act of a person, a letter, a paste, or an answer of the world.

use crate::app::attention;
use crate::app::batch;
use crate::app::chooser;
use crate::app::drafts;
use crate::app::editor::Edit;
use crate::app::effect::Ticket;
use crate::app::history;
use crate::app::image;
use crate::app::jobs;
use crate::app::menu;
use crate::app::model::Focus;
use crate::app::open;
use crate::app::people::{self, Copied, PageRead};
use crate::app::picker;
use crate::app::roles;
use crate::app::status;
use crate::app::three_way;
use crate::app::ticket_number;
use crate::domain::deed::Group;
use crate::domain::files::{Folder, Look, MediaFault};
use crate::domain::history::Told;
use crate::domain::outcome::{Answer, BulkAnswer, ReadFault, Settlement};
use crate::domain::person::Person;
use crate::domain::photo::Picture;
use crate::domain::secret::Secret;

/// Everything that can happen.
pub enum Msg {
    /// A person did something that has a name.
    Act(Act),
    /// A person typed a letter where text is edited.
    Type(char),
    /// A person pasted. A paste is text: whatever it holds, it presses no key.
    Paste(String),
    /// A key that cannot be used now was pressed; why.
    Refused(&'static str),
    /// The world answered.
    News(News),
}

/// What a person can do. Every key stands for one of these, and so does every line of the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Change the text under the cursor.
    Edit(Edit),
    /// Go on to the next field or pane.
    Next,
    /// Go back to the field or pane before.
    Previous,
    /// Go to a pane.
    Go(Focus),
    /// Turn the switch over.
    Flip,
    /// Empty the field on the server, or take that choice back.
    Clear,
    /// Open the list of the field.
    Choose,
    /// Make a password.
    Generate,
    /// Show the password for ten seconds.
    Reveal,
    /// In the list of languages or time zones.
    Chooser(chooser::Act),
    /// In the list of people.
    People(people::Act),
    /// In a menu.
    Menu(menu::Act),
    /// Show these people only: the nth filter of the menu.
    TakeFilter(usize),
    /// The nth change of the menu, for everybody who is marked.
    PlanChange(usize),
    /// Begin somebody new by the nth recipe of the configuration.
    TakeRecipe(usize),
    /// Ask for a recipe to fill the form of somebody who is there in by.
    Recipes,
    /// Fill the form in by the nth recipe.
    ApplyRecipe(usize),
    /// With a plan for many, or its run.
    Batch(batch::Act),
    /// With what was typed and not sent.
    Drafts(drafts::list::Act),
    /// In the view of what somebody else changed.
    ThreeWay(three_way::Act),
    /// In the history of what was done.
    History(history::Act),
    /// With files of people.
    Jobs(jobs::Act),
    /// Do the deed that is asked about.
    DoDeed,
    /// In the role matrix.
    Roles(roles::Act),
    /// In the image pane and its questions.
    Image(image::Act),
    /// In the file picker.
    Picker(picker::Act),
    /// At the question for an id or username.
    Open(open::Act),
    /// In the status pane.
    Status(status::Act),
    /// With what needs attention.
    Attention(attention::Act),
    /// At the question for the number of the ticket.
    TicketNumber(ticket_number::Act),
    /// Look at what would be sent.
    Review,
    /// Show the command line of what is asked about, and copy it.
    CommandLine,
    /// Send what the review shows.
    Send,
    /// Begin a new user.
    New,
    /// Begin a new user with an empty form.
    NewEmpty,
    /// Begin a new user although something was not sent.
    NewAnyway,
    /// Ask for the id or username of a user to open.
    Find,
    /// Ask for it although something was not sent.
    FindAnyway,
    /// Change between synchronous and asynchronous.
    Synchronization,
    /// Scroll what is shown over the screen, by lines; down where positive.
    Scroll(i16),
    /// Move in the palette, by lines.
    Move(i16),
    /// Do what the palette shows.
    Pick,
    /// Show the keys.
    Help,
    /// Show every act.
    Palette,
    /// Yes, to the question.
    Yes,
    /// One step back. Loses nothing.
    Back,
    /// Give the terminal back to the shell until `fg`.
    Suspend,
    /// Back to the form, with what was typed and not sent.
    Editor,
    /// Draw everything anew.
    Redraw,
    /// Leave the program.
    Quit,
    /// Leave the program, and stop the job that is being carried out.
    QuitStopping,
    /// Leave the program although something was not sent.
    QuitAnyway,
    /// Leave the program, knowing what becomes of what was typed.
    QuitKept,
}

/// How well a password withstands guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Guessed in no time.
    Weak,
    /// Guessed by who wants to.
    Fair,
    /// Hard to guess.
    Good,
    /// Not guessed.
    Strong,
}

/// What the world answers.
#[derive(Debug)]
pub enum News {
    /// A user was read, or not.
    Read(Ticket, Result<Box<Person>, ReadFault>),
    /// A request was answered, or something else became of it.
    Answered(Ticket, Box<Answer>),
    /// Somebody else changed a field meanwhile, so nothing was sent; with the person as they are now.
    Conflict(Ticket, Box<Person>),
    /// A username was looked up.
    Settled(Ticket, Settlement),
    /// What would be sent, written out.
    Transcribed(Ticket, String),
    /// A folder was listed, or not.
    Listed(Ticket, Result<Folder, MediaFault>),
    /// A file was looked at, or is no picture.
    Looked(Ticket, Result<Box<Look>, MediaFault>),
    /// A picture is ready to be sent, or not.
    Loaded(Ticket, Result<Box<Picture>, LoadFault>),
    /// A password was rated.
    Rated(Ticket, Strength),
    /// A password was made.
    Generated(Ticket, Made),
    /// The names of the time zones.
    Zones(Ticket, Vec<String>),
    /// A page of everybody was read, or not.
    Page(Ticket, Result<PageRead, ReadFault>),
    /// A part of the copy of the last time; nothing where there is none that can be used.
    Copied(Ticket, Option<Copied>),
    /// The groups of a user.
    Groups(Ticket, Result<Vec<Group>, ReadFault>),
    /// A bulk change of one person ended.
    Applied(Ticket, Box<BulkAnswer>),
    /// Something about drafts.
    Draft(drafts::Told),
    /// What was asked about changes that are not finished.
    Attention(Ticket, attention::Told),
    /// A part of what was done, or why it cannot be read.
    History(Ticket, Result<history::Part, String>),
    /// A change, to tell it.
    Told(Ticket, Result<Box<Told>, String>),
    /// A change that is to be taken back, and the person as they are now; or why it cannot be.
    ForUndo(Ticket, Result<(Box<Told>, Box<Person>), String>),
    /// Something about files of people.
    Jobs(Ticket, jobs::Told),
    /// The time that was asked for has passed.
    Woke(Ticket),
}

/// Why a picture is not ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadFault {
    /// The picture; some of these can be mended if the agent agrees ([`crate::app::image::wish_for`]).
    Media(MediaFault),
    /// What was pasted is not the text of a picture; in words.
    Paste(String),
}

/// A password that was made. Its `Debug` says no more.
pub struct Made(pub Secret);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Made")
    }
}

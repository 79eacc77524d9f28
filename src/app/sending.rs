//! From the form to the review, from the review to the service, and what follows from the answer.

use std::sync::Arc;
use std::time::Duration;

use crate::app::attention;
use crate::app::drafts;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::listing;
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::Act;
use crate::app::open::{Question, State};
use crate::app::review::{Repairing, Review};
use crate::app::status::{self, Answered, Job, Sending, Settling};
use crate::app::three_way::{self, ThreeWay};
use crate::app::ticket_number;
use crate::domain::deed::Deed;
use crate::domain::draft::{Fault, Refusal};
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, Settlement, Verdict};
use crate::domain::person::Person;
use crate::domain::record::{ChangeId, Circumstances, Purpose, Standing, WINDOW};
use crate::domain::repair::AtHand;
use crate::domain::roles::RoleGrid;
use crate::domain::tenant::Synchronization;
use crate::domain::undo::{Left, Undo};
use crate::domain::untrusted::visible;

const SECOND: Duration = Duration::from_secs(1);

/// Opens the review, or says everything that stands against it and goes to the first of it.
pub fn review(model: &mut Model) -> Effects {
    if let Some(why) = forbidden(model) {
        model.refuse(why);
        return Effects::none();
    }
    model.form.tried = true;
    match model.draft().check(model.catalogue()) {
        Ok(request) => show(model, Order::Change(Arc::new(request))),
        Err(Refusal::Nothing) => {
            model.refuse("Nothing was changed, so there is nothing to send.");
            Effects::none()
        }
        Err(Refusal::Faults(faults)) => {
            go_to_first(model, &faults);
            Effects::none()
        }
    }
}

fn forbidden(model: &Model) -> Option<&'static str> {
    read_only(model).or_else(|| model.status.forbids(model.form_ticket))
}

/// Why nothing can be sent at all, in words.
pub fn read_only(model: &Model) -> Option<&'static str> {
    let tenant = model.tenant.read_only.then_some("This tenant is read-only: nothing can be sent.");
    tenant.or(model.no_journal.as_ref().map(|_| "There is no journal to keep a change in first: nothing can be sent."))
}

/// Why a deed cannot be sent now, in words: it is not about the form, so only a request on its way is in the way.
pub fn forbidden_now(model: &Model) -> Option<&'static str> {
    read_only(model).or_else(|| model.status.sending().map(|_| "A request is on its way; wait for its answer."))
}

/// Shows what a repair would send.
pub fn show_repair(model: &mut Model, order: Order, repairing: Repairing) -> Effects {
    let ticket = model.ticket();
    let synchronization = Synchronization::Synchronous;
    let transcribe = Effect::Transcribe { ticket, order: order.clone(), synchronization };
    let repair = Some(Box::new(repairing));
    model.overlay = Some(Overlay::Review(Review {
        order,
        ticket,
        transcript: None,
        scroll: 0,
        warning: None,
        repair,
        purpose: Purpose::Change,
        below: None,
    }));
    Effects::one(transcribe)
}

fn show(model: &mut Model, order: Order) -> Effects {
    let ticket = model.ticket();
    let doubt = model.instead_of.is_some() && order.is_create()
        || model.status.answered().is_some_and(|answered| {
            answered.form == model.form_ticket && answered.verdict() == Verdict::InDoubt && answered.order.is_create()
        });
    let warning = doubt.then(|| {
        "An earlier request for this username is in doubt. It was looked up twice and not found; sending again may still make two.".to_owned()
    });
    open_review(model, order, ticket, warning, Purpose::Change)
}

fn open_review(model: &mut Model, order: Order, ticket: Ticket, warning: Option<String>, purpose: Purpose) -> Effects {
    let transcribe = Effect::Transcribe { ticket, order: order.clone(), synchronization: model.synchronization };
    let below = model.overlay.take().filter(|_| purpose != Purpose::Change).map(Box::new);
    model.overlay = Some(Overlay::Review(Review {
        order,
        ticket,
        transcript: None,
        scroll: 0,
        warning,
        repair: None,
        purpose,
        below,
    }));
    Effects::one(transcribe)
}

/// Shows what would take a change back, and first what of it stays as it is.
pub fn review_undo(model: &mut Model, undo: Undo) -> Effects {
    let ticket = model.ticket();
    // One line each, whatever the texts from outside hold.
    let stays = |left: &Left| visible(&format!("Stays as it is: {} {}", left.what, left.why)).into_owned();
    let stays: Vec<String> = undo.left.iter().map(stays).collect();
    let warning = (!stays.is_empty()).then(|| stays.join("\n"));
    open_review(model, undo.order, ticket, warning, Purpose::Undo(undo.of))
}

fn go_to_first(model: &mut Model, faults: &[Fault]) {
    let Some(first) = faults.first() else {
        return;
    };
    go_to_field(model, first.field);
    let label = first.field.spec().label;
    model.refuse(match faults.len() {
        1 => format!("Not sent: {label} {}.", first.words),
        more => format!("Not sent: {more} fields need mending. First: {label} {}.", first.words),
    });
}

fn go_to_field(model: &mut Model, field: Field) {
    if field == Field::Roles {
        model.focus = Focus::Roles;
    } else if field == Field::Image {
        model.focus = Focus::Image;
    } else if model.form.go_to(field) {
        model.focus = Focus::Fields;
    }
}

/// The written-out request is there.
pub fn transcribed(model: &mut Model, ticket: Ticket, text: String) -> Effects {
    let open = match &mut model.overlay {
        Some(Overlay::TicketNumber(question)) => question.below_mut(),
        open => open.as_mut(),
    };
    if let Some(Overlay::Review(review)) = open
        && review.ticket == ticket
    {
        review.transcript = Some(text);
    }
    Effects::none()
}

/// Sends what the review shows. Without a review it opens one: nothing is ever sent unseen.
pub fn send(model: &mut Model) -> Effects {
    let of_form = match &model.overlay {
        Some(Overlay::Review(review)) => review.repair.is_none() && review.purpose == Purpose::Change,
        Some(_) | None => true,
    };
    let why = if of_form { forbidden(model) } else { forbidden_now(model) };
    if let Some(why) = why {
        model.overlay = None;
        model.refuse(why);
        return Effects::none();
    }
    if matches!(model.overlay, Some(Overlay::Review(_)))
        && let Some(effects) = ticket_number::ask_first(model, Act::Send)
    {
        return effects;
    }
    match model.overlay.take() {
        Some(Overlay::Review(Review { order, repair, purpose, .. })) => submit_as(model, order, repair, purpose),
        Some(_) | None => review(model),
    }
}

/// Sends an order that was reviewed or asked about.
pub fn submit(model: &mut Model, order: Order) -> Effects {
    submit_as(model, order, None, Purpose::Change)
}

/// The same with its reason. What is sent because of another change was not made from the form, and leaves it alone.
fn submit_as(model: &mut Model, order: Order, repair: Option<Box<Repairing>>, purpose: Purpose) -> Effects {
    let (ticket, tick) = (model.ticket(), model.ticket());
    let form = match &repair {
        Some(repair) => repair.form,
        None if purpose == Purpose::Change => model.form_ticket,
        None => model.ticket(),
    };
    let mut circumstances = circumstances(model, &order, repair.as_deref());
    if purpose != Purpose::Change {
        circumstances.purpose = purpose;
    }
    let synchronization = if repair.is_some() { Synchronization::Synchronous } else { model.synchronization };
    model.status.make_room();
    model.status.job =
        Job::Sending(Sending { ticket, order: order.clone(), form, seconds: 0, tick, watched: true, repair });
    model.status.row = 0;
    // From the list the next person can be seen to at once; from the form what comes next is reading the answer.
    model.focus = if model.screen == Screen::People { Focus::List } else { Focus::Status };
    model.form.blamed.clear();
    Effects::one(Effect::Submit { ticket, order, synchronization, circumstances })
        .and(Effects::one(Effect::Wake { ticket: tick, after: SECOND }))
}

/// What is kept with an order. A create replaces one in doubt only where it is of the same username.
fn circumstances(model: &mut Model, order: &Order, repair: Option<&Repairing>) -> Circumstances {
    let mut kept = model.circumstances();
    if let Some(repair) = repair {
        kept.purpose = Purpose::Repair(repair.of);
    } else if order.is_create() {
        let is_of = |id: &ChangeId| {
            model.attention.item(*id).is_none_or(|item| item.change.intent.username == order.username())
        };
        kept.instead_of = model.instead_of.filter(is_of);
        model.instead_of = None;
    }
    kept
}

/// The answer is there. It counts once, and for the request that was asked about.
pub fn answered(model: &mut Model, ticket: Ticket, answer: Answer) -> Effects {
    let Job::Sending(sending) = &model.status.job else {
        return Effects::none();
    };
    if sending.ticket != ticket {
        return Effects::none();
    }
    let (order, form, watched) = (sending.order.clone(), sending.form, sending.watched);
    let repair = sending.repair.clone();
    let verdict = answer.report.verdict;
    if !watched {
        model.say(format!("{} {}: {}", order.word(), order.username(), verdict.word()));
    }
    let ours = form == model.form_ticket && !matches!(order, Order::Deed(_));
    if ours && verdict != Verdict::Applied {
        blame(model, &answer);
    }
    let listed = keep_at_hand(model, &answer, &order);
    let answered = Answered { order: order.clone(), form, answer, settling: Settling::NotNeeded, repair, seen: None };
    model.status.job = Job::Answered(Box::new(answered));
    let follows = match verdict {
        Verdict::InDoubt if order.is_create() => look(model, false),
        Verdict::Applied | Verdict::Pending if order.is_update() && ours => reload(model),
        Verdict::Applied | Verdict::Pending => look_at_again(model, &order),
        Verdict::NotSent | Verdict::Rejected | Verdict::Partial | Verdict::InDoubt => Effects::none(),
    };
    follows.and(listed)
}

/// Keeps in memory what a repair would need and the journal does not have, and reads the list anew: what is not finished is on it now.
fn keep_at_hand(model: &mut Model, answer: &Answer, order: &Order) -> Effects {
    let Some(change) = answer.report.change else { return Effects::none() };
    if Standing::after(answer.report.verdict).needs_attention() {
        model.attention.at_hand.insert(change, AtHand::of(order));
    }
    attention::refresh(model)
}

/// Reads whom a deed or a create was about, so that the list shows them as they are now. Who was deleted is not shown any more.
fn look_at_again(model: &mut Model, order: &Order) -> Effects {
    if let Order::Deed(deed) = order
        && deed.deed == Deed::Delete
    {
        model.people.forget(deed.key.as_str(), &deed.username);
        return Effects::none();
    }
    let Some(key) = order.key() else {
        return Effects::none();
    };
    let same = model.form.subject.person().is_some_and(|person| person.username == order.username());
    if same && !model.has_unsent_work() {
        return reload(model);
    }
    let ticket = model.ticket();
    Effects::one(Effect::Read { ticket, key })
}

/// Somebody else changed a field meanwhile: nothing was sent. The form takes what is there now as its ground, keeps what was typed, and
/// shows both.
pub fn conflict(model: &mut Model, ticket: Ticket, person: Person) -> Effects {
    let Some(sending) = model.status.sending().filter(|sending| sending.ticket == ticket) else {
        return Effects::none();
    };
    let (order, form) = (sending.order.clone(), sending.form);
    model.status.job = Job::Nothing;
    let Order::Change(request) = order else {
        return Effects::none();
    };
    listing::refresh(model, &person);
    if form != model.form_ticket {
        model.refuse(format!("{} was changed by somebody else meanwhile: nothing was sent.", request.username()));
        return Effects::none();
    }
    model.overlay = Some(Overlay::ThreeWay(ThreeWay::of(&request, &person)));
    model.screen = Screen::Editor;
    model.focus = Focus::Fields;
    model.matrix.grid.rebase(person.roles.clone());
    model.form.rebase(person);
    model.refuse("Nothing was sent: somebody else changed this user meanwhile.");
    Effects::none()
}

/// In the view of what somebody else changed: giving one's own value up for theirs.
pub fn three_way(model: &mut Model, act: three_way::Act) -> Effects {
    let Some(Overlay::ThreeWay(view)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        three_way::Act::Move(by) => view.go(by),
        three_way::Act::Theirs => {
            let at = view.at;
            let Some(row) = view.rows.get_mut(at) else {
                return Effects::none();
            };
            row.given_up = true;
            let field = row.field;
            give_up(model, field);
        }
    }
    Effects::none()
}

/// Puts a field back to what is there now.
fn give_up(model: &mut Model, field: Field) {
    let Some(person) = model.form.subject.person().cloned() else {
        return;
    };
    if field == Field::Roles {
        model.matrix.grid = RoleGrid::new(person.roles);
    } else if field == Field::Image {
        model.image.photo = None;
    } else if field == Field::Enabled {
        model.form.set_switch(field, person.enabled.unwrap_or_default());
    } else {
        model.form.put(field, &person.text(field));
    }
}

/// Puts the service's words beside the fields that it blames, and goes to the first.
fn blame(model: &mut Model, answer: &Answer) {
    let blamed: Vec<_> = answer
        .report
        .messages()
        .filter_map(|message| Some((Field::blamed_in(message.raw())?, message.clone())))
        .collect();
    // A create that was done in part is locked, so there the agent stays where e opens the user.
    if let Some((field, _)) = blamed.first().filter(|_| answer.report.verdict == Verdict::Rejected) {
        go_to_field(model, *field);
    }
    model.form.blamed = blamed;
}

/// Reads the user again, so that the form shows what is there now. A picture that was sent is not sent again.
fn reload(model: &mut Model) -> Effects {
    model.image.photo = None;
    let Some(key) = model
        .form
        .subject
        .person()
        .and_then(|person| UserKey::parse(person.id.as_deref().unwrap_or(&person.username)).ok())
    else {
        return Effects::none();
    };
    let ticket = model.ticket();
    model.reloading = Some(ticket);
    Effects::one(Effect::Read { ticket, key })
}

/// Looks the username of a create in doubt up.
fn look(model: &mut Model, last: bool) -> Effects {
    let ticket = model.ticket();
    let Job::Answered(answered) = &mut model.status.job else {
        return Effects::none();
    };
    let Order::Change(request) = &answered.order else {
        return Effects::none();
    };
    let request = Arc::clone(request);
    answered.settling = Settling::Looking { ticket, last };
    Effects::one(Effect::Settle { ticket, request, change: answered.answer.report.change })
}

/// The username was looked up. Nobody there proves nothing until the window has passed.
pub fn settled(model: &mut Model, ticket: Ticket, settlement: Settlement) -> Effects {
    let wake = model.ticket();
    let Job::Answered(answered) = &mut model.status.job else {
        return Effects::none();
    };
    match answered.settling {
        Settling::Looking { ticket: asked, last } if asked == ticket => {
            if settlement == Settlement::Nobody && !last {
                answered.settling = Settling::Waiting(wake);
                return Effects::one(Effect::Wake { ticket: wake, after: WINDOW });
            }
            if settlement == Settlement::Nobody && answered.form == model.form_ticket {
                model.instead_of = answered.answer.report.change;
            }
            let is_kept = answered.answer.report.change.is_some();
            answered.settling = Settling::Settled(settlement);
            if is_kept { attention::refresh(model) } else { Effects::none() }
        }
        Settling::Looking { .. } | Settling::NotNeeded | Settling::Waiting(_) | Settling::Settled(_) => Effects::none(),
    }
}

/// The time that was asked for has passed: the clock of a request, the window after a doubt, or a password that is hidden again.
pub fn woke(model: &mut Model, ticket: Ticket) -> Effects {
    if model.form.reveal == Some(ticket) {
        model.form.reveal = None;
    }
    if let Some(Overlay::Deed(question)) = &mut model.overlay
        && question.reveal == Some(ticket)
    {
        question.reveal = None;
    }
    match &mut model.status.job {
        Job::Sending(sending) if sending.tick == ticket => {
            sending.seconds += 1;
            Effects::one(Effect::Wake { ticket, after: SECOND })
        }
        Job::Answered(answered) if answered.settling == Settling::Waiting(ticket) => look(model, true),
        Job::Sending(_) | Job::Answered(_) | Job::Nothing => Effects::none(),
    }
}

/// In the status pane.
pub fn status(model: &mut Model, act: status::Act) -> Effects {
    match act {
        status::Act::Move(by) => model.status.go(by),
        status::Act::Detail => {
            if model.status.answered().is_some() {
                model.overlay = Some(Overlay::Detail(0));
            }
        }
        status::Act::Edit => return open_last(model),
        status::Act::Look => return look_now(model),
    }
    Effects::none()
}

/// Looks again at once. While the window has not passed the answer is not the last.
fn look_now(model: &mut Model) -> Effects {
    let is_other = |answered: &&Answered| !answered.order.is_create() || answered.verdict() == Verdict::Pending;
    let other = model.status.answered().filter(is_other);
    if let Some(change) = other.and_then(|answered| answered.answer.report.change) {
        return attention::look_at(model, change);
    }
    let last = match model.status.answered() {
        Some(answered) if answered.answer.report.verdict == Verdict::InDoubt => match answered.settling {
            Settling::Looking { .. } => return Effects::none(),
            Settling::Settled(Settlement::Nobody) => true,
            Settling::NotNeeded | Settling::Waiting(_) | Settling::Settled(_) => false,
        },
        Some(_) | None => {
            model.refuse("Only a create in doubt is looked up.");
            return Effects::none();
        }
    };
    look(model, last)
}

/// Opens the user of the last request: by the id where the answer had one.
fn open_last(model: &mut Model) -> Effects {
    let Some(answered) = model.status.answered() else {
        return Effects::none();
    };
    if answered.form != model.form_ticket && drafts::loss(model).is_some() {
        model.refuse("What you typed was not sent: ^F asks about it, and opens a user.");
        return Effects::none();
    }
    let Some(key) = answered.answer.report.id.clone().or_else(|| answered.order.key()) else {
        return Effects::none();
    };
    let ticket = model.ticket();
    let mut question = Question::new();
    question.editor.paste(key.as_str());
    question.state = State::Reading(ticket, key.clone());
    model.overlay = Some(Overlay::Open(question));
    Effects::one(Effect::Read { ticket, key })
}

/// Changes the mode; an open review is written out anew, because the mode is in it.
pub fn synchronization(model: &mut Model) -> Effects {
    if matches!(&model.overlay, Some(Overlay::Review(review)) if review.repair.is_some()) {
        model.refuse("A repair waits for every platform: only then each says what it did.");
        return Effects::none();
    }
    model.synchronization = model.synchronization.other();
    model.say(format!("The next request is {}.", model.synchronization.word()));
    match model.overlay.take() {
        Some(Overlay::Review(review)) => {
            let (ticket, order) = (model.ticket(), review.order.clone());
            model.overlay = Some(Overlay::Review(Review { ticket, transcript: None, ..review }));
            Effects::one(Effect::Transcribe { ticket, order, synchronization: model.synchronization })
        }
        other => {
            model.overlay = other;
            Effects::none()
        }
    }
}

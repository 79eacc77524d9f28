//! After every message: what lies on the disk follows what stands in the form.
//!
//! Where nothing changed, nothing is copied: this runs for every key.

use std::sync::Arc;

use crate::app::drafts::{Drafts, Line, Told, Waiting, Wanted, list, resume};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::image::Pane;
use crate::app::model::{Model, Notice, Screen};
use crate::app::status::Job;
use crate::domain::draft::Subject;
use crate::domain::kept::{DraftFault, Held, KeptDraft, KeptPhoto, Whom};
use crate::domain::order::Order;
use crate::domain::outcome::Verdict;
use crate::domain::photo::Photo;

/// Looks at what a message changed, and says what is wanted of the disk for it.
pub fn follow(model: &mut Model) -> Effects {
    let effects = arrived(model).and(left(model));
    answered(model);
    effects.and(waited(model)).and(typed(model))
}

/// Asks for the list.
pub fn ask(model: &mut Model) -> Effects {
    if model.no_journal.is_some() {
        return Effects::none();
    }
    let ticket = model.ticket();
    model.drafts.asked = Some(ticket);
    want(Wanted::List { ticket })
}

pub(super) fn want(wanted: Wanted) -> Effects {
    Effects::one(Effect::Draft(wanted))
}

/// At the start, and whenever the list of people is shown again, the drafts are counted.
fn arrived(model: &mut Model) -> Effects {
    let before = model.drafts.screen.replace(model.screen);
    let comes_back = before == Some(Screen::Editor) && model.screen == Screen::People;
    if before.is_none() || comes_back { ask(model) } else { Effects::none() }
}

/// Another form is there: what was typed in the one before stays as a draft.
pub(super) fn left(model: &mut Model) -> Effects {
    let form = model.form_ticket;
    if model.drafts.form == form {
        return Effects::none();
    }
    let old = std::mem::replace(&mut model.drafts.form, form);
    let sent = model.drafts.sent.take();
    (model.drafts.settled, model.drafts.ground) = (None, None);
    model.drafts.resuming = model.drafts.resuming.take().filter(|resuming| resuming.form == form);
    let Some(kept) = model.drafts.kept.take() else {
        return ask(model);
    };
    if model.notice.is_none() {
        model.say(format!("What you typed for {} is kept as a draft: d in the list.", kept.who()));
    }
    let next = is_undecided(model, old).then(|| {
        let covered = sent.is_some_and(|(_, sent)| kept.is_part_of(&sent));
        Waiting { form: old, covered }
    });
    let released =
        if next.is_some() { std::mem::replace(&mut model.drafts.waiting, next).map(|one| one.form) } else { Some(old) };
    let effects = released.map_or_else(Effects::none, |form| want(Wanted::Release { form }));
    effects.and(ask(model))
}

/// Whether the request of a form is on its way or in doubt: its end decides over the draft.
fn is_undecided(model: &Model, form: Ticket) -> bool {
    match &model.status.job {
        Job::Sending(sending) => sending.form == form && is_change(&sending.order),
        Job::Answered(answered) => {
            answered.form == form && answered.verdict() == Verdict::InDoubt && answered.forbids().is_some()
        }
        Job::Nothing => false,
    }
}

fn is_change(order: &Order) -> bool {
    match order {
        Order::Change(_) => true,
        Order::Deed(_) => false,
    }
}

/// Notes what was sent, and that it was accepted.
fn answered(model: &mut Model) {
    let drafts = &mut model.drafts;
    match &model.status.job {
        Job::Sending(sending) if sending.form == drafts.form && is_change(&sending.order) => {
            if drafts.sent.as_ref().is_none_or(|(ticket, _)| *ticket != sending.ticket) {
                drafts.sent = drafts.kept.clone().map(|kept| (sending.ticket, kept));
            }
        }
        Job::Answered(answered) if answered.form == drafts.form && answered.order.is_update() => {
            if matches!(answered.verdict(), Verdict::Applied | Verdict::Pending)
                && let Some((_, sent)) = drafts.sent.take()
            {
                drafts.settled = Some(sent);
            }
        }
        Job::Sending(_) | Job::Answered(_) | Job::Nothing => {}
    }
}

/// What became of the request of a form that was left.
fn waited(model: &mut Model) -> Effects {
    let Some(Waiting { form, covered }) = model.drafts.waiting else {
        return Effects::none();
    };
    let done = match &model.status.job {
        Job::Sending(sending) if sending.form == form => return Effects::none(),
        Job::Answered(answered) if answered.form == form && is_change(&answered.order) => match answered.verdict() {
            Verdict::Applied | Verdict::Pending => covered || answered.order.is_create(),
            Verdict::Partial => answered.order.is_create(),
            Verdict::InDoubt if answered.forbids().is_some() => return Effects::none(),
            Verdict::InDoubt | Verdict::NotSent | Verdict::Rejected => false,
        },
        Job::Sending(_) | Job::Answered(_) | Job::Nothing => false,
    };
    model.drafts.waiting = None;
    want(if done { Wanted::Drop { form } } else { Wanted::Release { form } }).and(ask(model))
}

/// Keeps what stands in the form where it is not what is kept.
fn typed(model: &mut Model) -> Effects {
    if !is_worth_keeping(model) {
        model.drafts.settled = None;
        return drop_kept(model);
    }
    if let Some(kept) = model.drafts.kept.as_ref().filter(|kept| is_kept(model, kept)) {
        let is_settled = model.drafts.settled.as_ref().is_some_and(|sent| kept.is_part_of(sent));
        return if is_settled { drop_kept(model) } else { Effects::none() };
    }
    if model.no_journal.is_some() {
        if !std::mem::replace(&mut model.drafts.warned, true) && model.notice.is_none() {
            model.refuse("There is no journal: drafts cannot be kept, what you type is lost when you leave.");
        }
        return Effects::none();
    }
    let draft = Arc::new(draft_of(model));
    if model.drafts.settled.as_ref().is_some_and(|sent| draft.is_part_of(sent)) {
        return drop_kept(model);
    }
    model.drafts.kept = Some(Arc::clone(&draft));
    want(Wanted::Keep { form: model.form_ticket, draft })
}

fn drop_kept(model: &mut Model) -> Effects {
    match model.drafts.kept.take() {
        Some(_) => want(Wanted::Drop { form: model.form_ticket }),
        None => Effects::none(),
    }
}

/// Whether there is anything to keep: a create that was carried out, wholly or in part, is never sent again, so nothing is left of it.
fn is_worth_keeping(model: &Model) -> bool {
    let carried_out = model.status.answered().is_some_and(|answered| {
        answered.form == model.form_ticket
            && answered.order.is_create()
            && matches!(answered.verdict(), Verdict::Applied | Verdict::Pending | Verdict::Partial)
    });
    let image = &model.image;
    let chosen = image.photo.is_some() || image.again.is_some();
    !carried_out && (chosen || model.matrix.grid.is_any_touched() || model.form.is_worth_keeping())
}

/// Whether a draft is what stands in the form.
fn is_kept(model: &Model, kept: &KeptDraft) -> bool {
    let form = &model.form;
    kept.password == (form.password_again || form.has_password())
        && kept.instead_of == model.instead_of
        && kept.roles == *model.matrix.grid.wanted()
        && kept.recipe.as_deref() == form.recipe.as_ref().map(|recipe| recipe.name.as_str())
        && is_photo(&model.image, kept.photo.as_ref())
        && form.is_typed(&kept.entries)
        && kept.whom.is(&form.subject)
}

fn is_photo(image: &Pane, kept: Option<&KeptPhoto>) -> bool {
    let is_chosen = |is: &str, from: Option<&str>| match kept {
        Some(KeptPhoto::Chosen { name, folder }) => name == is && folder.as_deref() == from,
        Some(KeptPhoto::Url(_)) | None => false,
    };
    match (&image.photo, &image.again) {
        (Some(Photo::Url(url)), _) => matches!(kept, Some(KeptPhoto::Url(kept)) if kept == url),
        (Some(Photo::Picture(picture)), _) => is_chosen(&picture.name, image.folder.as_deref()),
        (None, Some((name, folder))) => is_chosen(name, folder.as_deref()),
        (None, None) => kept.is_none(),
    }
}

fn photo_of(image: &Pane) -> Option<KeptPhoto> {
    match (&image.photo, &image.again) {
        (Some(Photo::Url(url)), _) => Some(KeptPhoto::Url(url.clone())),
        (Some(Photo::Picture(picture)), _) => {
            Some(KeptPhoto::Chosen { name: picture.name.clone(), folder: image.folder.clone() })
        }
        (None, Some((name, folder))) => Some(KeptPhoto::Chosen { name: name.clone(), folder: folder.clone() }),
        (None, None) => None,
    }
}

/// What stands in the form, without what is never kept.
fn draft_of(model: &mut Model) -> KeptDraft {
    let form = &model.form;
    KeptDraft {
        whom: whom_of(&form.subject, &mut model.drafts),
        entries: form.typed(),
        roles: model.matrix.grid.wanted().clone(),
        photo: photo_of(&model.image),
        password: form.password_again || form.has_password(),
        recipe: form.recipe.as_ref().map(|recipe| recipe.name.clone()),
        instead_of: model.instead_of,
    }
}

/// The person is copied once, and not for every key.
fn whom_of(subject: &Subject, drafts: &mut Drafts) -> Whom {
    match subject {
        Subject::New => Whom::New,
        Subject::Blind(key) => Whom::Blind(key.clone()),
        Subject::Known(person) => {
            let same = drafts.ground.take().filter(|ground| **ground == **person);
            let ground = same.unwrap_or_else(|| Arc::new((**person).clone()));
            drafts.ground = Some(Arc::clone(&ground));
            Whom::Known(ground)
        }
    }
}

/// The world answered something about drafts.
pub fn told(model: &mut Model, told: Told) -> Effects {
    match told {
        Told::Keeping(answer) => keeping(model, answer),
        Told::Listed(ticket, answer) => listed(model, ticket, answer),
        Told::Taken(ticket, answer) => return resume::taken(model, ticket, answer),
        Told::Discarded(ticket, answer) => return list::discarded(model, ticket, answer),
    }
    Effects::none()
}

fn keeping(model: &mut Model, answer: Result<(), String>) {
    match answer {
        Ok(()) if model.drafts.trouble.take().is_some() => model.say("Drafts can be kept again, and this one was."),
        Ok(()) => {}
        Err(why) => {
            model.refuse(format!("The draft could not be kept: {why}. It is lost if the program ends now."));
            model.drafts.trouble = Some(why);
        }
    }
}

fn listed(model: &mut Model, ticket: Ticket, answer: Result<Vec<Line>, DraftFault>) {
    if model.drafts.asked != Some(ticket) {
        return;
    }
    model.drafts.asked = None;
    let lines = answer.unwrap_or_else(|fault| {
        model.refuse(format!("The drafts could not be listed: {fault}"));
        Vec::new()
    });
    list::replace(model, lines);
    compare(model);
    if model.screen == Screen::People && !std::mem::replace(&mut model.drafts.offered, true) {
        offer(model);
    }
}

/// What was left of the last time is offered once.
fn offer(model: &mut Model) {
    let free: Vec<&Line> = model.drafts.lines.iter().filter(|line| line.row.held == Held::Nobody).collect();
    let words = match free.as_slice() {
        [] => return,
        [one] => format!("d goes on with what was typed and not sent ({}): {}.", one.when, one.row.about),
        more => format!("d shows {} drafts that were typed and not sent.", more.len()),
    };
    if model.notice.is_none() {
        model.say(words);
    }
}

/// Says that another draft is about the person of this form.
fn compare(model: &mut Model) {
    let form = model.form_ticket;
    let username = match &model.form.subject {
        Subject::Known(person) => person.username.as_str(),
        Subject::Blind(key) => key.as_str(),
        Subject::New => return,
    };
    if model.screen != Screen::Editor || std::mem::replace(&mut model.drafts.compared, form) == form {
        return;
    }
    let about = |line: &&Line| line.form.is_none() && line.row.username.as_deref() == Some(username);
    let Some(line) = model.drafts.lines.iter().find(about) else { return };
    let notice = match line.row.held {
        Held::Elsewhere => Notice::Refused(format!("Another session of yours has unsent work about {username} open.")),
        Held::Nobody | Held::Here => {
            Notice::Info(format!("A draft about {username} is kept ({}): d in the list goes on with it.", line.when))
        }
    };
    model.notice.get_or_insert(notice);
}

//! What each platform says to a change (api.md 4.1), and how a scenario bends it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::domain::tenant::Synchronization;
use crate::sandbox::reply;

/// How a scenario bends the answer of one platform. A failure is never seen in asynchronous mode, since nobody waited for it, except
/// that of `management`, which is always waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bend {
    /// Another status.
    pub status: Option<u16>,
    /// A message.
    pub message: Option<String>,
    /// The platform is not in the answer at all.
    #[serde(default)]
    pub absent: bool,
}

/// What is changed, each with statuses of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new user.
    Create,
    /// Fields of a user.
    Update,
    /// A user can sign in again.
    Activate,
    /// A user cannot sign in any more.
    Deactivate,
    /// A new password.
    Password,
    /// A mail to a user.
    WelcomeMail,
    /// A user is gone.
    Delete,
}

/// The platforms of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platforms {
    mode: Synchronization,
    answers: Vec<Answer>,
    /// What the envelope says where management took it, instead of management's own status and nothing.
    says: Option<(u16, &'static str)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    platform: String,
    status: u16,
    message: Option<String>,
}

impl Platforms {
    /// The statuses of the vendor's examples, in their order. No example shows `play` in a create or an update; it answers where it has
    /// something to do (api.md 7, row 39), and at once in both modes, as it does to activate. It is in no example of a delete either, and
    /// nothing there says that it has something to do. Password and mail are management's alone, whatever the mode.
    pub fn usual(change: Change, mode: Synchronization, play: bool) -> Self {
        let queued = |now: u16| Some(if mode == Synchronization::Asynchronous { 202 } else { now });
        let (training, social, play, management) = match change {
            Change::Create => (queued(201), queued(201), play.then_some(201), 201),
            Change::Update => (queued(200), queued(204), play.then_some(204), 204),
            Change::Activate | Change::Deactivate => (queued(200), queued(204), Some(204), 204),
            Change::Delete => (queued(200), queued(204), None, 204),
            Change::Password => (None, None, None, 204),
            Change::WelcomeMail => (None, None, None, 202),
        };
        let all = [("training", training), ("social", social), ("play", play), ("management", Some(management))];
        let answers = all
            .into_iter()
            .filter_map(|(platform, status)| Some((platform, status?)))
            .map(|(platform, status)| Answer { platform: platform.to_owned(), status, message: None })
            .collect();
        let says = (change == Change::WelcomeMail).then_some((204, "Welcome mail sent to user"));
        Self { mode, answers, says }
    }

    /// The training platform refuses what management took. In asynchronous mode nobody hears of it.
    pub fn training_refuses(&mut self, faults: &[String]) {
        if !faults.is_empty() {
            self.bend("training", &Bend { status: Some(400), message: Some(faults.join("; ")), absent: false });
        }
    }

    /// Bends the answers as a scenario says. A platform that is not there is added: which ones answer is not a closed set.
    pub fn bend_all(&mut self, bends: &BTreeMap<String, Bend>) {
        for (platform, bend) in bends {
            self.bend(platform, bend);
        }
    }

    fn bend(&mut self, platform: &str, bend: &Bend) {
        let queued = self.mode == Synchronization::Asynchronous && platform != "management";
        if queued && bend.status.is_some_and(|status| status >= 400) {
            return;
        }
        if bend.absent {
            self.answers.retain(|answer| answer.platform != platform);
            return;
        }
        if !self.answers.iter().any(|answer| answer.platform == platform) {
            self.answers.push(Answer { platform: platform.to_owned(), status: 200, message: None });
        }
        for answer in self.answers.iter_mut().filter(|answer| answer.platform == platform) {
            answer.status = bend.status.unwrap_or(answer.status);
            answer.message.clone_from(&bend.message);
        }
    }

    /// Whether management took the change; without it nothing happened.
    pub fn is_taken(&self) -> bool {
        self.management() < 400
    }

    /// The envelope. Its status is that of management, as in every example but the welcome mail's (api.md 3).
    pub fn envelope(&self) -> Value {
        let answers: Map<String, Value> = self
            .answers
            .iter()
            .map(|answer| {
                let content = json!({"location": null, "message": answer.message, "status": answer.status});
                (answer.platform.clone(), content)
            })
            .collect();
        let (status, message) = self.says.filter(|_| self.is_taken()).unwrap_or((self.management(), ""));
        reply::envelope(status, message, &Value::Object(answers))
    }

    fn management(&self) -> u16 {
        self.answers.iter().find(|answer| answer.platform == "management").map_or(200, |answer| answer.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(platforms: &Platforms) -> Vec<(&str, u16)> {
        platforms.answers.iter().map(|answer| (answer.platform.as_str(), answer.status)).collect()
    }

    #[test]
    fn a_failure_is_seen_only_by_those_who_wait_for_it() {
        let down = Bend { status: Some(500), ..Bend::default() };
        for (mode, social) in [(Synchronization::Synchronous, 500), (Synchronization::Asynchronous, 202)] {
            let mut platforms = Platforms::usual(Change::Create, mode, false);
            platforms.bend("social", &down);
            assert_eq!(statuses(&platforms)[1], ("social", social));
            assert!(platforms.is_taken());
            platforms.bend("management", &down);
            assert!(!platforms.is_taken());
            assert_eq!(platforms.envelope()["status"], 500);
        }
    }

    #[test]
    fn a_mail_that_management_did_not_send_is_not_said_to_be_sent() {
        let mut platforms = Platforms::usual(Change::WelcomeMail, Synchronization::Synchronous, false);
        assert_eq!(platforms.envelope()["message"], "Welcome mail sent to user");
        platforms.bend("management", &Bend { status: Some(500), ..Bend::default() });
        assert_eq!((&platforms.envelope()["status"], &platforms.envelope()["message"]), (&json!(500), &json!("")));
    }

    #[test]
    fn a_platform_can_be_left_out_and_another_one_added() {
        let mut platforms = Platforms::usual(Change::Update, Synchronization::Synchronous, true);
        platforms.bend("play", &Bend { absent: true, ..Bend::default() });
        platforms.bend("talent", &Bend::default());
        assert_eq!(statuses(&platforms), [("training", 200), ("social", 204), ("management", 204), ("talent", 200)]);
    }
}

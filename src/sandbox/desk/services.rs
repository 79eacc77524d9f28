//! What each service does: header, body, people, platforms.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::domain::field::{Operation, Revision};
use crate::domain::tenant::Synchronization;
use crate::sandbox::deeds;
use crate::sandbox::desk::{Call, Desk};
use crate::sandbox::platforms::{Change, Platforms};
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::scenario::{Service, Strike};
use crate::sandbox::store::{Ids, Refused, Store};

/// The header that says whether the platforms are waited for (api.md 2).
const MODE_HEADER: &str = "x-cloud-synchronization";

impl Desk {
    /// Does what was asked, as far as the strike lets it.
    pub(super) fn perform(&self, call: &Call, strike: &Strike) -> Reply {
        let answer = match call.service {
            Service::Read => self.read(&call.key),
            Service::List => self.list(call.query.as_deref()),
            Service::Groups => self.groups(call),
            Service::Create => self.create(call, strike),
            Service::Update => self.update(call, strike),
            Service::Activate => self.enable(Change::Activate, call, strike),
            Service::Deactivate => self.enable(Change::Deactivate, call, strike),
            Service::ChangePassword => self.change_password(call, strike),
            Service::WelcomeMail => self.mail(call, strike),
            Service::Delete => self.delete(call, strike),
        };
        answer.unwrap_or_else(|(status, message)| Reply::refusal(status, &message))
    }

    fn read(&self, key: &str) -> Result<Reply, Refusal> {
        let user = self.state().store.read(key, self.view()).ok_or_else(unknown)?;
        Ok(Reply::json(200, user))
    }

    fn list(&self, query: Option<&str>) -> Result<Reply, Refusal> {
        let mut state = self.state();
        let request = state.lists;
        state.lists += 1;
        let listed = state.store.listed();
        let page = self.scenario.paging.page(query, listed.len(), request).map_err(|fault| (400, fault))?;
        let lines = page.places.iter().filter_map(|place| state.store.line(*listed.get(*place)?, self.view()));
        Ok(page.reply(&lines.collect::<Vec<_>>()))
    }

    fn groups(&self, call: &Call) -> Result<Reply, Refusal> {
        let state = self.state();
        let number = found(&state.store, call, Ids::Four)?;
        let groups = state.store.founder(number).map_or_else(Vec::new, |fields| self.groups.of(number, &fields));
        let paging = self.scenario.paging.plain();
        let page = paging.page(call.query.as_deref(), groups.len(), 0).map_err(|fault| (400, fault))?;
        let lines = page.places.iter().filter_map(|place| groups.get(*place).map(Value::to_string));
        Ok(page.reply(&lines.collect::<Vec<_>>()))
    }

    fn create(&self, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        let mode = self.mode(&call.headers)?;
        self.check_content_type(&call.headers)?;
        let checked = self.rules.check(Operation::Create, &call.body).map_err(|faults| (400, faults))?;
        let mut platforms = Platforms::usual(Change::Create, mode, self.has_play(checked.sends_roles_of("play")));
        platforms.training_refuses(&checked.training);
        platforms.bend_all(&strike.platforms);
        let mut location = None;
        if platforms.is_taken() {
            let created = self.state().store.create(checked.fields, strike.visible_after_reads);
            location = Some(format!("{}/management/rest/users/{}", self.base_url, created.map_err(refused)?));
        }
        // The pages show the header for the synchronous create alone (api.md 4.1).
        let location = location.filter(|_| mode == Synchronization::Synchronous);
        Ok(Reply { location, ..Reply::json(200, platforms.envelope()) })
    }

    fn update(&self, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        let mode = self.mode(&call.headers)?;
        self.check_content_type(&call.headers)?;
        // The latest page in Spanish takes all four ids, every other one two (api.md 4; 7, row 24).
        let ids = if self.scenario.revision == Revision::Y2023 { Ids::Four } else { Ids::Two };
        let mut state = self.state();
        let number = found(&state.store, call, ids)?;
        let checked = self.rules.check(Operation::Update, &call.body).map_err(|faults| (400, faults))?;
        let mut platforms = Platforms::usual(Change::Update, mode, self.has_play(checked.sends_roles_of("play")));
        platforms.training_refuses(&checked.training);
        platforms.bend_all(&strike.platforms);
        if platforms.is_taken() {
            state.store.update(number, checked.fields, strike.visible_after_reads).map_err(refused)?;
        }
        Ok(Reply::json(200, platforms.envelope()))
    }

    /// Activate and deactivate. Whoever is so already stays so, and the answer is the same (api.md 7, row 28).
    fn enable(&self, change: Change, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        let mode = self.mode(&call.headers)?;
        let mut state = self.state();
        let number = found(&state.store, call, Ids::Two)?;
        let enabled = change == Change::Activate;
        if enabled {
            deeds::nothing(self.rules.strict, &call.body)?;
        } else {
            deeds::message(self.rules.strict, &call.headers, &call.body)?;
        }
        let platforms = bent(change, mode, strike);
        if platforms.is_taken() {
            let fields = Map::from_iter([("enabled".to_owned(), Value::Bool(enabled))]);
            state.store.update(number, fields, strike.visible_after_reads).map_err(refused)?;
        }
        Ok(Reply::json(200, platforms.envelope()))
    }

    /// Always synchronous, whatever the header says (api.md 2), and nothing is kept of it.
    fn change_password(&self, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        found(&self.state().store, call, Ids::Two)?;
        deeds::new_password(self.rules.strict, &call.headers, &call.body)?;
        Ok(Reply::json(200, bent(Change::Password, Synchronization::Synchronous, strike).envelope()))
    }

    /// No mail is sent. The header is not for this service (api.md 2).
    fn mail(&self, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        found(&self.state().store, call, Ids::Four)?;
        deeds::nothing(self.rules.strict, &call.body)?;
        Ok(Reply::json(200, bent(Change::WelcomeMail, Synchronization::Synchronous, strike).envelope()))
    }

    fn delete(&self, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        let mode = self.mode(&call.headers)?;
        let mut state = self.state();
        let number = found(&state.store, call, Ids::Two)?;
        deeds::nothing(self.rules.strict, &call.body)?;
        if self.scenario.delete_needs_disabled && state.store.is_enabled(number) {
            return Err((400, "the user is enabled: deactivate the user before deleting".to_owned()));
        }
        let platforms = bent(Change::Delete, mode, strike);
        if platforms.is_taken() {
            state.store.delete(number, strike.visible_after_reads).map_err(refused)?;
        }
        Ok(Reply::json(200, platforms.envelope()))
    }

    fn has_play(&self, is_sent: bool) -> bool {
        is_sent || self.scenario.revision != Revision::Original
    }

    fn mode(&self, headers: &HeaderMap) -> Result<Synchronization, Refusal> {
        let Some(value) = headers.get(MODE_HEADER) else { return Ok(self.scenario.without_header) };
        value
            .to_str()
            .ok()
            .and_then(Synchronization::from_word)
            .ok_or_else(|| (400, "X-Cloud-Synchronization must be synchronous or asynchronous".to_owned()))
    }

    /// The original pages do not mention the content type; the later ones star it (api.md 2).
    fn check_content_type(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let is_json = match headers.get(header::CONTENT_TYPE) {
            Some(value) => value.as_bytes().starts_with(b"application/json"),
            None => self.scenario.revision == Revision::Original,
        };
        if is_json || !self.rules.strict {
            Ok(())
        } else {
            Err((415, "Content-Type must be application/json".to_owned()))
        }
    }
}

/// The platforms of a change that none of them refuses by itself.
fn bent(change: Change, mode: Synchronization, strike: &Strike) -> Platforms {
    let mut platforms = Platforms::usual(change, mode, false);
    platforms.bend_all(&strike.platforms);
    platforms
}

fn found(store: &Store, call: &Call, ids: Ids) -> Result<u32, Refusal> {
    store.find(&call.key, ids).ok_or_else(unknown)
}

fn unknown() -> Refusal {
    (404, "there is no user with this id or username".to_owned())
}

fn refused(why: Refused) -> Refusal {
    match why {
        Refused::Unknown => unknown(),
        Refused::Taken => (400, "username: already used by another user".to_owned()),
    }
}

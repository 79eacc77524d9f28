//! What happens to every request: it is written down, its token is looked at, and a scenario may strike it.
//!
//! What the single services do is in [`services`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::sandbox::check::Rules;
use crate::sandbox::groups::Groups;
use crate::sandbox::log::{Exchange, Log, TOKEN_HEADER, Token};
use crate::sandbox::reply::Reply;
use crate::sandbox::scenario::{Answer, Applied, Scenario, Service, Strike};
use crate::sandbox::store::{Ids, Store, View};
use crate::sandbox::wire::Cut;

mod services;

/// A request that reached a service.
#[derive(Clone)]
pub struct Call {
    /// Which service.
    pub service: Service,
    /// The id or username of the path; empty on create and on the list.
    pub key: String,
    /// The query of the address, encoded as it came.
    pub query: Option<String>,
    /// Its headers, the token among them.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Where every request ends up.
pub struct Desk {
    scenario: Scenario,
    rules: Rules,
    groups: Groups,
    base_url: String,
    state: Mutex<State>,
}

struct State {
    store: Store,
    log: Log,
    /// How often each strike of the scenario may still strike; nothing is always.
    left: Vec<Option<u32>>,
    /// How often the list of users was asked for.
    lists: usize,
}

/// Without the people and without the token: only what there is.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk for a scenario.
    pub fn new(scenario: Scenario, rules: Rules, store: Store, groups: Groups, base_url: String) -> Self {
        let left = scenario.strikes.iter().map(|strike| strike.times).collect();
        let state = State { store, log: Log::default(), left, lists: 0 };
        Self { scenario, rules, groups, base_url, state: Mutex::new(state) }
    }

    /// The token that is accepted.
    pub fn token(&self) -> &str {
        &self.scenario.token
    }

    /// The last requests, oldest first.
    pub fn log(&self) -> Vec<Exchange> {
        self.state().log.exchanges()
    }

    /// Everybody as they are.
    pub fn people(&self) -> Vec<Value> {
        self.state().store.everybody(self.view())
    }

    /// Somebody as they are.
    pub fn person(&self, key: &str) -> Option<Value> {
        let state = self.state();
        let number = state.store.find(key, Ids::Two)?;
        state.store.person(number, self.view())
    }

    /// Writes a request down.
    pub fn write_down(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) {
        let exchange = Exchange::new(method, uri, headers, self.token_of(headers), body);
        self.state().log.push(body.len(), exchange);
    }

    /// Answers a request, or cuts its connection.
    pub async fn answer(self: &Arc<Self>, call: Call, cut: &Cut) -> Reply {
        if self.token_of(&call.headers) != Token::Right {
            return self.wrong_token();
        }
        let strike = self.strike(call.service);
        let usual = match strike.applied {
            Applied::Now => Some(self.perform(&call, &strike)),
            Applied::Never => None,
            Applied::After(span) => {
                self.perform_later(strike.wait + span, call, strike.clone());
                None
            }
        };
        if !strike.wait.is_zero() {
            tokio::time::sleep(strike.wait).await;
        }
        match (strike.answer, usual) {
            (Answer::Usual, Some(usual)) => usual,
            (Answer::Mirrored, Some(usual)) => usual.mirrored(),
            (Answer::Envelope { status, message }, _) => Reply::refusal(status, &message),
            (Answer::Page(status), _) => Reply::sign_in(status),
            (Answer::Nothing(status), _) => Reply::nothing(status),
            // A scenario cannot ask for a usual answer to a change that did not happen.
            (Answer::Cut | Answer::Usual | Answer::Mirrored, _) => {
                cut.throw();
                Reply::nothing(503)
            }
        }
    }

    /// A task of its own: this one ends when somebody stops waiting for the answer.
    fn perform_later(self: &Arc<Self>, span: Duration, call: Call, strike: Strike) {
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(span).await;
            // Nobody waits for this answer any more.
            let _ = desk.perform(&call, &strike);
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> View {
        View { revision: self.scenario.revision, leaky: self.scenario.leaky }
    }

    fn token_of(&self, headers: &HeaderMap) -> Token {
        match headers.get(TOKEN_HEADER) {
            None => Token::Missing,
            Some(value) if value.as_bytes() == self.scenario.token.as_bytes() => Token::Right,
            Some(_) => Token::Wrong,
        }
    }

    fn wrong_token(&self) -> Reply {
        let wrong = &self.scenario.wrong_token;
        if wrong.page {
            Reply::sign_in(wrong.status)
        } else {
            Reply::refusal(wrong.status, "the authorization token is missing or wrong")
        }
    }

    /// The first strike for a service that is not used up; it is used by asking for it.
    fn strike(&self, service: Service) -> Strike {
        let mut state = self.state();
        for (strike, left) in self.scenario.strikes.iter().zip(&mut state.left) {
            if strike.on.contains(&service) && *left != Some(0) {
                *left = left.map(|left| left - 1);
                return strike.clone();
            }
        }
        Strike::none()
    }
}

//! What happens to a request, step by step: token, scenario, header, body, people, platforms.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::Value;

use crate::domain::field::{Operation, Revision};
use crate::domain::tenant::Synchronization;
use crate::sandbox::check::Rules;
use crate::sandbox::log::{Exchange, Log, TOKEN_HEADER, Token};
use crate::sandbox::platforms::Platforms;
use crate::sandbox::reply::Reply;
use crate::sandbox::scenario::{Answer, Applied, Scenario, Service, Strike};
use crate::sandbox::store::{Refused, Store, View};
use crate::sandbox::wire::Cut;

/// The header that says whether the platforms are waited for (api.md 2).
const MODE_HEADER: &str = "x-cloud-synchronization";

/// A request that reached a service.
#[derive(Clone)]
pub struct Call {
    /// Which service.
    pub service: Service,
    /// The id or username of the path; empty on create.
    pub key: String,
    /// Its headers, the token among them.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Where every request ends up.
pub struct Desk {
    scenario: Scenario,
    rules: Rules,
    base_url: String,
    state: Mutex<State>,
}

struct State {
    store: Store,
    log: Log,
    /// How often each strike of the scenario may still strike; nothing is always.
    left: Vec<Option<u32>>,
}

/// Without the people and without the token: only what there is.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk for a scenario.
    pub fn new(scenario: Scenario, rules: Rules, store: Store, base_url: String) -> Self {
        let left = scenario.strikes.iter().map(|strike| strike.times).collect();
        Self { scenario, rules, base_url, state: Mutex::new(State { store, log: Log::default(), left }) }
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

    fn perform(&self, call: &Call, strike: &Strike) -> Reply {
        let answer = match call.service {
            Service::Read => self.read(&call.key),
            Service::Create => self.change(Operation::Create, call, strike),
            Service::Update => self.change(Operation::Update, call, strike),
        };
        answer.unwrap_or_else(|(status, message)| Reply::refusal(status, &message))
    }

    fn read(&self, key: &str) -> Result<Reply, Refusal> {
        let user = self.state().store.read(key, self.view()).ok_or_else(unknown)?;
        Ok(Reply::json(200, user))
    }

    fn change(&self, operation: Operation, call: &Call, strike: &Strike) -> Result<Reply, Refusal> {
        let mode = self.mode(&call.headers)?;
        self.check_content_type(&call.headers)?;
        let mut state = self.state();
        if operation == Operation::Update && !state.store.knows(&call.key) {
            return Err(unknown());
        }
        let checked = self.rules.check(operation, &call.body).map_err(|faults| (400, faults))?;
        let play = checked.sends_roles_of("play") || self.scenario.revision != Revision::Original;
        let mut platforms = Platforms::usual(operation, mode, play);
        platforms.training_refuses(&checked.training);
        platforms.bend_all(&strike.platforms);
        let mut location = None;
        if platforms.is_taken() {
            let (fields, hidden_reads) = (checked.fields, strike.visible_after_reads);
            match operation {
                Operation::Create => {
                    let id = state.store.create(fields, hidden_reads).map_err(refused)?;
                    location = Some(format!("{}/management/rest/users/{id}", self.base_url));
                }
                Operation::Update => state.store.update(&call.key, fields, hidden_reads).map_err(refused)?,
            }
        }
        // The pages show the header for the synchronous create alone (api.md 4.1).
        let location = location.filter(|_| mode == Synchronization::Synchronous);
        Ok(Reply { location, ..Reply::json(200, platforms.envelope()) })
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

/// An HTTP status, and the message of the envelope.
type Refusal = (u16, String);

fn unknown() -> Refusal {
    (404, "there is no user with this id or username".to_owned())
}

fn refused(why: Refused) -> Refusal {
    match why {
        Refused::Unknown => unknown(),
        Refused::Taken => (400, "username: already used by another user".to_owned()),
    }
}

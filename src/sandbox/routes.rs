//! The addresses: which service a request is for. What the service does is the [`Desk`]'s.
//!
//! Another service is a route here, a variant of [`Service`] and an arm at the desk.

use std::sync::Arc;

use axum::Router;
use axum::body::{self, Bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};

use crate::sandbox::desk::{Call, Desk};
use crate::sandbox::reply::Reply;
use crate::sandbox::scenario::Service;
use crate::sandbox::wire::Cut;

/// The largest body that is read: a picture far above the training platform's limit still has to reach the check that refuses it.
const LARGEST: usize = 16 * 1024 * 1024;

/// The services under both prefixes: `ws` as every page has it, `zuul` as one example has it (api.md 1). Not nested: that would take the
/// prefix from the path that is written down.
pub fn router(desk: Arc<Desk>) -> Router {
    let to = |service: Service| {
        move |State(desk): Shared, ConnectInfo(cut): ConnectInfo<Cut>, key: Option<Path<String>>, request: Request| async move {
            let key = key.map_or_else(String::new, |Path(key)| key);
            serve(&desk, service, key, &cut, request).await
        }
    };
    let mut router = Router::new();
    for prefix in ["/integration/ws", "/integration/zuul"] {
        let users = format!("{prefix}/management/rest/users");
        let user = format!("{users}/{{key}}");
        router = router
            .route(&users, get(to(Service::List)).post(to(Service::Create)))
            .route(&user, get(to(Service::Read)).put(to(Service::Update)).delete(to(Service::Delete)))
            .route(&format!("{user}/activate"), put(to(Service::Activate)))
            .route(&format!("{user}/deactivate"), put(to(Service::Deactivate)))
            .route(&format!("{user}/changePassword"), put(to(Service::ChangePassword)))
            .route(&format!("{user}/welcomeMail"), post(to(Service::WelcomeMail)))
            .route(&format!("{user}/groups"), get(to(Service::Groups)));
    }
    router.fallback(nowhere).method_not_allowed_fallback(wrong_method).with_state(desk)
}

type Shared = State<Arc<Desk>>;

async fn nowhere(State(desk): Shared, request: Request) -> Response {
    match heard(&desk, request).await {
        Ok(_) => Reply::nowhere().into_response(),
        Err(reply) => reply.into_response(),
    }
}

async fn wrong_method(State(desk): Shared, request: Request) -> Response {
    match heard(&desk, request).await {
        Ok(_) => Reply::nothing(405).into_response(),
        Err(reply) => reply.into_response(),
    }
}

async fn serve(desk: &Arc<Desk>, service: Service, key: String, cut: &Cut, request: Request) -> Response {
    match heard(desk, request).await {
        Ok((parts, body)) => {
            let query = parts.uri.query().map(str::to_owned);
            let call = Call { service, key, query, headers: parts.headers, body };
            desk.answer(call, cut).await.into_response()
        }
        Err(reply) => reply.into_response(),
    }
}

/// Reads a request to its end and writes it down, whatever becomes of it.
async fn heard(desk: &Desk, request: Request) -> Result<(Parts, Bytes), Reply> {
    let (parts, body) = request.into_parts();
    let read = body::to_bytes(body, LARGEST).await;
    let known = read.as_deref().unwrap_or_default();
    desk.write_down(&parts.method, &parts.uri, &parts.headers, known);
    match read {
        Ok(body) => Ok((parts, body)),
        Err(_) => Err(Reply::refusal(413, "the body is larger than the sandbox reads, or it broke off")),
    }
}

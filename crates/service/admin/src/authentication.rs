//! Who asks over TCP: a token is looked up at each request, so that one that was removed or has expired opens nothing from
//! then on, on connections that are open too. Wrong ones are slowed by source. What a role may do is `access`'s matter.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use io_store::{Scope, TokenRecord, TokenRole, TokenUse, USE_NOTED_FOR};
use jiff::Timestamp;

use crate::access::{Access, Caller};
use crate::tokens::{self, PREFIX};
use crate::wire::{Problem, ProblemKind};
use crate::wrong_tokens::Source;
use crate::{AdminState, endpoints};

/// Longest text that is looked up: a token has 46 octets.
const MAX_TEXT: usize = 100;

/// Gives the request its caller, if it shows a token. What shows none goes on, to what is open to anyone; there a token is not
/// looked at, so that a probe whose token has expired does not take a sound node for a dead one.
pub(crate) async fn authenticate(State(state): State<Arc<AdminState>>, mut request: Request, next: Next) -> Response {
    let Some(source) = request.extensions().get::<Source>().copied() else { return next.run(request).await };
    let Some(text) = bearer(request.headers()).filter(|_| !endpoints::is_for_anyone(request.uri().path())) else {
        return next.run(request).await;
    };
    match caller(&state, text, source).await {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => {
            tokio::time::sleep(state.wrong_tokens.note(source, Instant::now())).await;
            not_in_force().into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// What the request shows as its token; the empty text for one that shows something else (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let shown = headers.get(header::AUTHORIZATION)?;
    let token = shown.to_str().ok().and_then(|shown| shown.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Some(token.map_or("", |(_, text)| text.trim()))
}

/// Whose token it is. None: nobody's.
async fn caller(state: &AdminState, text: &str, source: Source) -> Result<Option<Caller>, Problem> {
    if !text.starts_with(PREFIX) || text.len() > MAX_TEXT {
        return Ok(None);
    }
    let found = state.tokens.by_digest(Scope::Operator, tokens::digest(text)).await.map_err(|error| {
        tracing::error!(%error, "a token cannot be looked up");
        Problem::new(ProblemKind::Unavailable, "tokens cannot be looked up at present; the server's log says why")
    })?;
    let now = (state.now)();
    let Some(token) = found.filter(|token| token.expires.is_none_or(|expires| now < expires)) else { return Ok(None) };
    note_use(state, &token, source, now).await;
    let access = match token.role {
        TokenRole::Operator => Access::Operator,
        TokenRole::TenantAdministrator(id) => Access::Tenant { id, administrator: true },
        TokenRole::Reader(Some(id)) => Access::Tenant { id, administrator: false },
        TokenRole::Reader(None) => Access::Reader,
    };
    Ok(Some(Caller { actor: token.name, origin: source.to_string(), access }))
}

/// What cannot be noted keeps nobody from asking.
async fn note_use(state: &AdminState, token: &TokenRecord, source: Source, now: Timestamp) {
    if token.last_used.as_ref().is_some_and(|last| now.duration_since(last.at) < USE_NOTED_FOR) {
        return;
    }
    let used = TokenUse { at: now, from: source.to_string() };
    if let Err(error) = state.tokens.note_use(Scope::Operator, &token.name, used).await {
        tracing::warn!(%error, token = token.name, "the use of a token cannot be noted");
    }
}

/// One answer to all that opens nothing, so that it tells nothing of tokens that are there.
fn not_in_force() -> Problem {
    Problem::new(
        ProblemKind::Unauthorized,
        "this token is not in force: it is unknown, was removed or has expired; `postwarden token list` at the server \
         shows which are",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_a_request_shows() {
        let check = |shown: Option<&str>, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            shown.map(|shown| headers.insert(header::AUTHORIZATION, shown.parse().unwrap()));
            assert_eq!(bearer(&headers), expected, "{shown:?}");
        };
        check(None, None);
        check(Some("Bearer pw_x"), Some("pw_x"));
        check(Some("bearer  pw_x "), Some("pw_x"));
        check(Some("Basic cHc6cHc="), Some(""));
        check(Some("pw_x"), Some(""));
        check(Some(""), Some(""));
    }
}

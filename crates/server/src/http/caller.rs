//! Who calls, and whether they may.
//!
//! [`authenticate`] finds out who a request comes from and never refuses; [`require`], which stands before each group
//! of addresses, does. A request with the session cookie that changes something must come from a page of this server
//! (cross-site request forgery); one with a bearer token cannot be forged that way.

use super::app::App;
use super::failure::Refusal;
use crate::openapi::SESSION_COOKIE;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use center::Actor;
use center::accounts::{Principal, Secret};
use center::db::now;
use fault::{Error, Result, WireError};
use std::net::{IpAddr, SocketAddr};

pub(crate) use center::accounts::Role;

/// Somebody who has proved who they are.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) principal: Principal,
    /// The session, where the cookie was the proof.
    pub(crate) session: Option<Secret>,
    /// When they did, as the center counts: see [`center::Center::moment_of_proof`].
    proved_at: u64,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address(pub(crate) IpAddr);

/// The caller, or why there is none.
#[derive(Clone)]
struct Identity(std::result::Result<Caller, WireError>);

/// What an address needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// A user, also one who has to change the password first.
    SignedIn,
    /// A user with at least this role.
    Role(Role),
    /// A terminal.
    Terminal,
    /// A terminal, or a user with at least this role.
    TerminalOr(Role),
}

/// Layer: notes who a request comes from, and from where.
pub(crate) async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let address = client_address(peer, request.headers(), &app.config.trusted_proxies);
    let identity = identify(&app, request.method(), request.headers()).await;
    let caller = identity.as_ref().ok().cloned();
    request.extensions_mut().insert(Address(address));
    request.extensions_mut().insert(Identity(identity.map_err(|error| WireError::from(&error))));
    let mut response = next.run(request).await;
    if let Some(caller) = caller {
        response.extensions_mut().insert(caller);
    }
    response
}

async fn identify(app: &App, method: &Method, headers: &HeaderMap) -> Result<Caller> {
    let proved_at = app.center.moment_of_proof();
    if let Some(token) = bearer(headers) {
        let principal = app.center.authenticate(&token, now()).await?;
        return Ok(Caller { principal, session: None, proved_at });
    }
    let Some(token) = session_cookie(headers) else {
        return Err(Error::denied("no credentials").with_notice("account.sign_in_required"));
    };
    if !method.is_safe() {
        require_same_origin(headers, app.config.public_url.as_deref())?;
    }
    let principal = app.center.authenticate(&token, now()).await?;
    Ok(Caller { principal, session: Some(token), proved_at })
}

/// Whether whoever a request came from is still the same, with the same role.
pub(crate) async fn is_still(caller: &Caller, app: &App, headers: &HeaderMap) -> bool {
    let now = identify(app, &Method::GET, headers).await;
    now.is_ok_and(|now| now.principal == caller.principal)
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::from(token.trim().to_owned()))
}

fn session_cookie(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == SESSION_COOKIE)?;
    Some(Secret::from(token.to_owned()))
}

/// Browsers say where a request comes from: `Sec-Fetch-Site`, older ones only `Origin`.
fn require_same_origin(headers: &HeaderMap, public_url: Option<&str>) -> Result<()> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_own_origin(origin, public_url, text("host")),
        (None, None) => false,
    };
    if is_same {
        return Ok(());
    }
    Err(Error::denied("request from another site").with_notice("account.cross_site"))
}

fn is_own_origin(origin: &str, public_url: Option<&str>, host: Option<&str>) -> bool {
    match public_url {
        Some(url) => origin.eq_ignore_ascii_case(url),
        None => origin.split_once("://").is_some_and(|(_, place)| Some(place) == host),
    }
}

/// Refuses a sign-in that a page of another site has begun.
pub(crate) fn refuse_foreign_page(headers: &HeaderMap, public_url: Option<&str>) -> Result<()> {
    let from_browser = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    if from_browser { require_same_origin(headers, public_url) } else { Ok(()) }
}

/// The peer; behind trusted proxies, the last address that none of them has vouched for.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        lines.flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        address = hop;
    }
    address
}

/// Layer before a group of addresses: lets only those pass who may use them.
pub(crate) async fn require(need: Need, mut request: Request, next: Next) -> Result<Response, Refusal> {
    let identity = request.extensions().get::<Identity>().cloned();
    let identity = identity.ok_or_else(|| Error::bug("request without identity"))?;
    let caller = identity.0.map_err(Error::from)?;
    let principal = &caller.principal;
    match need {
        Need::SignedIn => require_user(principal)?,
        Need::Role(role) => principal.require(role)?,
        Need::Terminal => principal.require_terminal().map(drop)?,
        Need::TerminalOr(role) => {
            principal.require_terminal().map(drop).or_else(|_| principal.require(role))?
        }
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

fn require_user(principal: &Principal) -> Result<()> {
    match principal {
        Principal::User { .. } => Ok(()),
        // Says which role it takes.
        Principal::Terminal { .. } => principal.require(Role::Viewer),
    }
}

impl Caller {
    /// Number of the user.
    pub(crate) fn user_id(&self) -> Result<i64> {
        match &self.principal {
            Principal::User { id, .. } => Ok(*id),
            Principal::Terminal { .. } => Err(Error::bug("a terminal where users are")),
        }
    }
}

fn caller(parts: &Parts) -> Result<Caller, Refusal> {
    let found = parts.extensions.get::<Caller>().cloned();
    found.ok_or_else(|| Refusal(Error::bug("handler of callers without a guard")))
}

fn address(parts: &Parts) -> Result<Address, Refusal> {
    parts
        .extensions
        .get::<Address>()
        .copied()
        .ok_or_else(|| Refusal(Error::bug("request without an address")))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        caller(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        address(parts)
    }
}

/// The caller, for the history and the audit trail.
pub(crate) struct By(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let name = caller(parts)?.principal.name().to_owned();
        Ok(Self(Actor { name, address: Some(address(parts)?.0.to_string()) }))
    }
}

/// The terminal that calls.
pub(crate) struct TerminalId(pub(crate) String);

/// The terminal that calls, and when it has proved that; its request may have come in slowly since.
pub(crate) struct Proved {
    pub(crate) id: String,
    pub(crate) at: u64,
}

impl<S: Sync> FromRequestParts<S> for TerminalId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(caller(parts)?.principal.require_terminal()?.to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for Proved {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let caller = caller(parts)?;
        Ok(Self { id: caller.principal.require_terminal()?.to_owned(), at: caller.proved_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_change_must_come_from_a_page_of_this_server() {
        let check = |pairs: &[(&'static str, &str)], url| require_same_origin(&headers(pairs), url).is_ok();
        assert!(check(&[("sec-fetch-site", "same-origin")], None));
        assert!(!check(&[("sec-fetch-site", "same-site"), ("origin", "http://h"), ("host", "h")], None));
        assert!(check(&[("origin", "http://h:8088"), ("host", "h:8088")], None));
        assert!(!check(&[("origin", "http://evil"), ("host", "h:8088")], None));
        assert!(!check(&[("origin", "null"), ("host", "h")], None));
        assert!(check(&[("origin", "https://public"), ("host", "inner")], Some("https://public")));
        assert!(!check(&[("origin", "https://inner"), ("host", "inner")], Some("https://public")));
        assert!(!check(&[], None));
    }

    #[test]
    fn only_trusted_proxies_may_name_the_client() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let forwarded = headers(&[("x-forwarded-for", "1.1.1.1, 2.2.2.2, 10.0.0.2")]);
        assert_eq!(client_address(ip("9.9.9.9"), &forwarded, &[]), ip("9.9.9.9"));
        assert_eq!(client_address(ip("10.0.0.1"), &forwarded, &[ip("10.0.0.1")]), ip("10.0.0.2"));
        let both = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(client_address(ip("10.0.0.1"), &forwarded, &both), ip("2.2.2.2"));
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = session_cookie(&headers(&[("cookie", "a=b; driver_center_session=xyz")])).unwrap();
        assert_eq!(found.expose(), "xyz");
        assert!(session_cookie(&headers(&[("cookie", "driver_center_sessions=xyz")])).is_none());
    }
}

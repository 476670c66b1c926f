//! Requests to Glance: bounded, authenticated, and repeated where repeating changes nothing.

use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use fault::{Error, Kind, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::{HeaderMap, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, RequestBuilder, SendBody};

use super::GlanceAuth;
use super::keystone::Token;

/// Connecting, and the longest silence within a transfer.
const STALL: Duration = Duration::from_secs(60);
/// A whole request with a small answer.
const ANSWER: Duration = Duration::from_secs(60);
/// From the last byte of an upload to its answer: Glance may move the data to its own store meanwhile.
const UPLOAD_ANSWER: Duration = Duration::from_secs(30 * 60);
/// A transfer slower than this on average is given up.
const SLOWEST_BYTES_PER_SECOND: u64 = 64 * 1024;
/// The longest answer in JSON: a page of images.
const JSON_BYTES: u64 = 16 * 1024 * 1024;
/// Most of a refusal that is read.
const REFUSAL_BYTES: u64 = 4096;
/// Pauses before a request that changes nothing is made again.
pub(super) const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// A connection to one Glance.
pub(super) struct Http {
    agent: Agent,
    endpoint: Option<String>,
    auth: GlanceAuth,
    token: Token,
}

impl Http {
    pub(super) fn new(endpoint: Option<&str>, auth: GlanceAuth, trusted_pem: Option<&[u8]>) -> Result<Self> {
        if endpoint.is_none() && matches!(auth, GlanceAuth::None { .. }) {
            return Err(Error::invalid("reach Glance: its address is needed where there is no Keystone"));
        }
        let endpoint = endpoint.map(|url| url.trim_end_matches('/').trim_end_matches("/v2").to_owned());
        Ok(Self { agent: agent(trusted_pem)?, endpoint, auth, token: Token::default() })
    }

    pub(super) fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.repeating(|| {
            let (url, headers) = self.prepare(path)?;
            let request = with(self.agent.get(&url), &headers).config().timeout_global(Some(ANSWER)).build();
            json(&url, accept(&url, request.call())?)
        })
    }

    pub(super) fn delete(&self, path: &str) -> Result<()> {
        self.repeating(|| {
            let (url, headers) = self.prepare(path)?;
            let request =
                with(self.agent.delete(&url), &headers).config().timeout_global(Some(ANSWER)).build();
            accept(&url, request.call()).map(drop)
        })
    }

    /// Makes an image known.
    pub(super) fn post_json(&self, body: &Value) -> Result<()> {
        let (url, headers) = self.prepare("/v2/images")?;
        let request = with(self.agent.post(&url), &headers).content_type("application/json");
        let request = request.config().timeout_global(Some(ANSWER)).build();
        accept(&url, request.send(body.to_string())).map(drop)
    }

    /// Sends `length` bytes. Look at the failure of `body` first: the network only says that it ended.
    pub(super) fn put_stream(&self, path: &str, body: &mut impl Read, length: u64) -> Result<()> {
        let (url, headers) = self.prepare(path)?;
        let request = with(self.agent.put(&url), &headers)
            .header("content-type", "application/octet-stream")
            .header("content-length", length.to_string())
            .config()
            .timeout_per_read(Some(UPLOAD_ANSWER))
            .timeout_global(Some(transfer(length) + UPLOAD_ANSWER))
            .build();
        accept(&url, request.send(SendBody::from_reader(body))).map(drop)
    }

    /// A body of any length, read by whoever asked.
    pub(super) fn get_stream(&self, path: &str) -> Result<Box<dyn Read + Send>> {
        let (url, headers) = self.prepare(path)?;
        let response = accept(&url, with(self.agent.get(&url), &headers).call())?;
        Ok(Box::new(response.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    /// The address, and the headers that say who asks.
    fn prepare(&self, path: &str) -> Result<(String, Vec<(&'static str, String)>)> {
        match &self.auth {
            GlanceAuth::None { user, project } => {
                let headers = vec![
                    ("x-identity-status", "Confirmed".to_owned()),
                    ("x-user-id", user.clone()),
                    ("x-tenant-id", project.clone()),
                    ("x-roles", "admin,member".to_owned()),
                ];
                let endpoint = self.endpoint.clone().unwrap_or_default();
                Ok((format!("{endpoint}{path}"), headers))
            }
            GlanceAuth::Keystone(keystone) => {
                let (token, found) = self.token.get(keystone, &self.agent)?;
                let endpoint = self.endpoint.clone().or(found).ok_or_else(|| {
                    Error::not_found(
                        "reach Glance: Keystone's catalogue has no image service; name its address",
                    )
                })?;
                Ok((format!("{endpoint}{path}"), vec![("x-auth-token", token)]))
            }
        }
    }

    /// Tries again what failed in passing, and with a new token what was refused for the old one.
    fn repeating<T>(&self, request: impl Fn() -> Result<T>) -> Result<T> {
        for pause in PAUSES {
            match request() {
                Err(error) if error.kind() == Kind::Unavailable => thread::sleep(pause),
                Err(error) if error.kind() == Kind::Denied && self.token.forget() => {}
                outcome => return outcome,
            }
        }
        request()
    }
}

fn transfer(bytes: u64) -> Duration {
    ANSWER + Duration::from_secs(bytes / SLOWEST_BYTES_PER_SECOND)
}

fn agent(trusted_pem: Option<&[u8]>) -> Result<Agent> {
    let mut tls = TlsConfig::builder();
    if let Some(pem) = trusted_pem {
        let certificates: Vec<Certificate<'static>> = parse_pem(pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                Ok(_) | Err(_) => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(Error::invalid("trust certificates for Glance: there is none in the file"));
        }
        tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
    }
    Ok(Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("driver-center/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(STALL))
        .timeout_per_read(Some(STALL))
        .timeout_per_write(Some(STALL))
        .build()
        .into())
}

fn with<Any>(request: RequestBuilder<Any>, headers: &[(&'static str, String)]) -> RequestBuilder<Any> {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

/// The answer, if it is a success.
pub(super) fn accept(url: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>> {
    let response = answer.map_err(|error| {
        Error::unavailable(format!("reach {url}: {error}"))
            .with_notice("store.unreachable")
            .with_value("url", url)
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let kind = match status.as_u16() {
        401 | 403 => Kind::Denied,
        404 | 410 => Kind::NotFound,
        409 => Kind::Conflict,
        413 | 507 => Kind::NoSpace,
        429 => Kind::Busy,
        400..=499 => Kind::Invalid,
        _ => Kind::Unavailable,
    };
    let mut said = String::new();
    // What it says beside the status is a help only.
    let _unsaid =
        response.into_body().into_with_config().limit(REFUSAL_BYTES).reader().read_to_string(&mut said);
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect();
    Err(Error::new(kind, format!("use {url}: it answers {}: {said}", status.as_u16()))
        .with_notice("store.refused")
        .with_value("url", url)
        .with_value("status", status.as_u16()))
}

/// A header of an answer.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

pub(super) fn json<T: DeserializeOwned>(url: &str, response: Response<Body>) -> Result<T> {
    let reader = response.into_body().into_with_config().limit(JSON_BYTES).reader();
    serde_json::from_reader(reader).map_err(|error| match error.is_io() {
        true => broken_off(error.into()),
        false => Error::unavailable(format!("understand the answer of {url}: {error}"))
            .with_notice("store.unreachable")
            .with_value("url", url),
    })
}

/// A body that ended too early.
pub(super) fn broken_off(error: io::Error) -> Error {
    Error::unavailable(format!("read from Glance: {error}"))
}

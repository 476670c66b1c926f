//! Blocking HTTP with one place for authentication, limits and errors.
//!
//! [`Client`] speaks to one server. It bounds the time and the size of everything that it reads, follows no
//! redirect, uses no proxy from the environment and never repeats a request: whether something may be
//! repeated is known to the caller alone.
//!
//! What a server says about a failure becomes a [`fault::Error`] of the kind that the server named. Notices:
//!
//! | id | values | when |
//! | --- | --- | --- |
//! | `net.bad_url` | `url` | the address of the server is no `http` or `https` address |
//! | `net.unreachable` | `url` | no connection: name, route, port, or it broke off |
//! | `net.timeout` | `url` | connected, but it took too long |
//! | `net.tls` | `url` | the certificate of the server is not trusted, or TLS failed otherwise |
//! | `net.bad_certificate_file` | – | the certificates to trust cannot be read |
//! | `net.not_driver_center` | `url` | something else answers there: a redirect, a page, a login portal, a proxy; of kind `Unavailable` whatever its status, except that of a body that is too large |
//! | `net.too_large` | `url`, `limit_bytes` | more bytes than the object can have |
//! | `net.upload_broke_off` | `name` | the connection did not come back; sending the file again goes on |
//! | `net.not_taken_in` | `name` | the server has the whole file but did not begin to import it |
//! | `server.failed` | `message` | the server names no message; any other id is passed on, with `message` |

mod body;
mod delivery;
mod events;
mod failure;
mod resumable;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fault::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Response, Uri};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder, SendBody};

pub use delivery::{News, Parcel, Sender};
pub use events::{Events, ServerEvent};
pub use resumable::Uploaded;

/// How much room a body in memory gets at once; pages that nothing is written to cost nothing.
const RESERVED_BYTES_MAX: u64 = 16 << 20;

/// Every bound on what a server can make this program wait for or keep.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Resolving the name, connecting and the TLS handshake.
    pub connect: Duration,
    /// Longest silence within a transfer.
    pub stall: Duration,
    /// A whole request with a small answer.
    pub answer: Duration,
    /// From the last byte of an upload to its answer: the server unpacks and checks it meanwhile.
    pub upload_answer: Duration,
    /// A transfer slower than this on average is given up.
    pub slowest_bytes_per_second: u64,
    /// Header of an answer.
    pub header_bytes: usize,
    /// Body of an answer in JSON.
    pub json_bytes: u64,
    /// One server-sent event.
    pub event_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            answer: Duration::from_secs(60),
            upload_answer: Duration::from_secs(30 * 60),
            slowest_bytes_per_second: 16 * 1024,
            header_bytes: 32 * 1024,
            json_bytes: 16 * 1024 * 1024,
            event_bytes: 1024 * 1024,
        }
    }
}

impl Limits {
    /// Longest time that a transfer of `bytes` may take.
    fn transfer(&self, bytes: u64) -> Duration {
        self.answer + Duration::from_secs(bytes / self.slowest_bytes_per_second.max(1))
    }
}

/// A bearer token; its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a token as it is sent: visible ASCII characters only.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid("use a token that is empty or has characters that no token has"));
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How requests are authenticated.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Not at all: enrolment, sign-in.
    None,
    /// `Authorization: Bearer`.
    Bearer(Secret),
}

/// Called with the bytes that a transfer has done so far; an error from it ends the transfer.
pub type Progress<'a> = &'a mut dyn FnMut(u64) -> Result<()>;

/// A connection to one server. Cheap to clone; clones share their connections and their count of bytes.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    credentials: Credentials,
    language: Option<String>,
    limits: Limits,
    received: Arc<AtomicU64>,
}

impl Client {
    /// A client for the server at `base_url`, such as `https://drivers.example:8443` (a path may follow).
    pub fn new(base_url: &str, credentials: Credentials) -> Result<Self> {
        let limits = Limits::default();
        Ok(Self {
            agent: agent(&limits, None),
            base: check_base(base_url)?,
            credentials,
            language: None,
            limits,
            received: Arc::default(),
        })
    }

    /// Other limits than the usual ones. Trusted certificates are set after this.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.agent = agent(&limits, None);
        self.limits = limits;
        self
    }

    /// The language of messages for people, as in `Accept-Language`: `zh-CN`, `en`.
    #[must_use]
    pub fn with_language(mut self, language: &str) -> Self {
        self.language = Some(language.to_owned());
        self
    }

    /// The same connections with other credentials.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Trusts the certificates in `pem`, and only them, instead of the public authorities.
    pub fn with_trusted_certificates(mut self, pem: &[u8]) -> Result<Self> {
        let unreadable = || {
            Error::invalid("read the trusted certificates: there is none in PEM form")
                .with_notice("net.bad_certificate_file")
        };
        let certificates: Vec<Certificate<'static>> = parse_pem(pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
                Ok(_) => None,
                Err(error) => Some(Err(unreadable().with_source(error))),
            })
            .collect::<Result<_>>()?;
        if certificates.is_empty() {
            return Err(unreadable());
        }
        self.agent = agent(&self.limits, Some(certificates));
        Ok(self)
    }

    /// Address of the server.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Bytes of the bodies that were received so far, those of transfers that failed included.
    pub fn bytes_received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// `GET`, answered in JSON.
    pub fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.get_json_waiting(path, Duration::ZERO)
    }

    /// `GET` where the server may hold its answer in JSON back for `wait`.
    pub fn get_json_waiting<T: DeserializeOwned>(&self, path: &str, wait: Duration) -> Result<T> {
        let url = self.url(path);
        let request = self.dress(self.agent.get(&url));
        let request = request
            .config()
            .timeout_per_read(Some(self.limits.stall + wait))
            .timeout_global(Some(self.limits.answer + wait))
            .build();
        self.json(&url, request.call())
    }

    /// `POST` of JSON, answered in JSON.
    pub fn post_json<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        self.send_json(self.agent.post(self.url(path)), path, body)
    }

    /// `PUT` of JSON, answered in JSON.
    pub fn put_json<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T> {
        self.send_json(self.agent.put(self.url(path)), path, body)
    }

    /// `DELETE`; what the answer says beyond its status is not read.
    pub fn delete(&self, path: &str) -> Result<()> {
        let url = self.url(path);
        let request = self.dress(self.agent.delete(&url));
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        self.accept(&url, request.call()).map(drop)
    }

    /// `GET` of at most `limit` bytes into memory.
    pub fn get_bytes(&self, path: &str, limit: u64, progress: Progress<'_>) -> Result<Vec<u8>> {
        // Most bodies are about as long as they may be; growing by doubling would take twice the room.
        let mut bytes = Vec::with_capacity(limit.min(RESERVED_BYTES_MAX) as usize);
        self.get_to(path, limit, &mut bytes, progress)?;
        Ok(bytes)
    }

    /// `GET` of at most `limit` bytes into `sink`; answers how many there were.
    ///
    /// What has been written when it fails is of no use. A body that ends before its announced length is a
    /// failure of [`fault::Kind::Unavailable`].
    pub fn get_to(
        &self,
        path: &str,
        limit: u64,
        sink: &mut dyn Write,
        progress: Progress<'_>,
    ) -> Result<u64> {
        let url = self.url(path);
        let request = self.dress(self.agent.get(&url));
        let request = request.config().timeout_global(Some(self.limits.transfer(limit))).build();
        let response = self.accept(&url, request.call())?;
        body::copy(&url, response, limit, sink, progress, &self.received)
    }

    /// `POST` of `length` raw bytes from `reader`, with the name of the file as `?name=`, answered in JSON.
    ///
    /// The server may refuse it before the first byte is sent.
    pub fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        reader: &mut dyn Read,
        length: u64,
        file_name: &str,
        progress: Progress<'_>,
    ) -> Result<T> {
        let url = self.url(&with_query(path, &[("name", file_name)]));
        let request = self.dress(self.agent.post(&url)).header("content-type", "application/octet-stream");
        let answer = self.send_stream(request, reader, length, progress)?;
        self.json(&url, answer)
    }

    /// Sends `length` bytes of `reader`, which the server may refuse before the first; fails only where reading them,
    /// or whoever watches the progress, does.
    fn send_stream(
        &self,
        request: RequestBuilder<WithBody>,
        reader: &mut dyn Read,
        length: u64,
        progress: Progress<'_>,
    ) -> Result<Result<Response<Body>, ureq::Error>> {
        let mut source = body::Source::new(reader, length, progress);
        let request = request
            .header("content-length", length.to_string())
            .header("expect", "100-continue")
            .config()
            .timeout_per_read(Some(self.limits.upload_answer))
            .timeout_per_write(Some(self.limits.stall))
            .timeout_global(Some(self.limits.transfer(length) + self.limits.upload_answer))
            .build();
        let answer = request.send(SendBody::from_reader(&mut source));
        match source.take_failure() {
            Some(failure) => Err(failure),
            None => Ok(answer),
        }
    }

    /// The stream of server-sent events at `path`. It ends when the server ends it.
    pub fn events(&self, path: &str) -> Result<Events> {
        let url = self.url(path);
        let request = self.dress(self.agent.get(&url)).header("accept", "text/event-stream");
        // A server that has nothing to say sends a comment now and then.
        let request = request.config().timeout_per_read(Some(self.limits.stall * 3)).build();
        let response = self.accept(&url, request.call())?;
        Ok(Events::new(url, response, self.limits.event_bytes))
    }

    fn url(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'), "path {path} starts with a slash");
        format!("{}{path}", self.base)
    }

    fn dress<Any>(&self, mut request: RequestBuilder<Any>) -> RequestBuilder<Any> {
        if let Credentials::Bearer(secret) = &self.credentials {
            request = request.header("authorization", format!("Bearer {}", secret.0));
        }
        if let Some(language) = &self.language {
            request = request.header("accept-language", language);
        }
        request
    }

    fn send_json<B: Serialize, T: DeserializeOwned>(
        &self,
        request: RequestBuilder<WithBody>,
        path: &str,
        body: &B,
    ) -> Result<T> {
        let text = serde_json::to_vec(body).map_err(|e| Error::bug(format!("encode body of {path}: {e}")))?;
        let request = self.dress(request).content_type("application/json");
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        self.json(&self.url(path), request.send(&text))
    }

    /// The answer if it is a success, else what the server says went wrong.
    fn accept(&self, url: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>> {
        let response = answer.map_err(|error| failure::of_transport(url, error))?;
        match response.status().is_success() {
            true => Ok(response),
            false => Err(failure::of_answer(url, response)),
        }
    }

    fn json<T: DeserializeOwned>(&self, url: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<T> {
        let response = self.accept(url, answer)?;
        let mut text = Vec::new();
        body::copy(url, response, self.limits.json_bytes, &mut text, &mut |_| Ok(()), &self.received)?;
        serde_json::from_slice(&text).map_err(|error| {
            Error::unavailable(format!("understand the answer of {url}: {error}"))
                .with_notice("net.not_driver_center")
                .with_value("url", url)
        })
    }
}

/// `path` with a query, in which the values are percent-encoded.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = path.to_owned();
    for (number, (name, value)) in pairs.iter().enumerate() {
        text.push(if number == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    text.push(byte as char);
                }
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    text
}

fn agent(limits: &Limits, trusted: Option<Vec<Certificate<'static>>>) -> Agent {
    let mut tls = TlsConfig::builder();
    if let Some(certificates) = trusted {
        tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
    }
    Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("driver-center/", env!("CARGO_PKG_VERSION")))
        .max_response_header_size(limits.header_bytes)
        .max_idle_connections_per_host(4)
        .timeout_resolve(Some(limits.connect))
        .timeout_connect(Some(limits.connect))
        .timeout_per_read(Some(limits.stall))
        .timeout_per_write(Some(limits.stall))
        .build()
        .into()
}

fn check_base(base_url: &str) -> Result<String> {
    let refuse = |why: &str| {
        Error::invalid(format!("use {base_url} as the address of a server: it {why}"))
            .with_notice("net.bad_url")
            .with_value("url", base_url)
    };
    let base = base_url.trim_end_matches('/');
    let uri: Uri = base.parse().map_err(|_| refuse("is not well-formed"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(refuse("does not start with http:// or https://"));
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') || uri.query().is_some() {
        return Err(refuse("has more than a host, a port and a path"));
    }
    Ok(base.to_owned())
}

//! Tokens of Keystone, by its Identity API v3.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fault::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

use super::http::{accept, header, json as read_json};

/// Tokens live for an hour by default; ours are renewed well before, so that no upload ends with an old one.
const TOKEN_LIFE: Duration = Duration::from_secs(10 * 60);
/// A whole request for a token.
const ANSWER: Duration = Duration::from_secs(60);

/// Who asks for tokens, and where.
#[derive(Clone, Debug)]
pub struct Keystone {
    /// Address of Keystone, such as `http://keystone.example:5000/v3`.
    pub url: String,
    /// How it proves who it is.
    pub credential: Credential,
    /// The region whose image service is used; without, the first that is listed.
    pub region: Option<String>,
}

/// What proves to Keystone who asks. The debug form does not show secrets.
#[derive(Clone)]
pub enum Credential {
    /// A user with a password, for one project.
    Password {
        /// Name of the user.
        user: String,
        /// Domain of the user.
        user_domain: String,
        /// Name of the project.
        project: String,
        /// Domain of the project.
        project_domain: String,
        /// The password.
        password: String,
    },
    /// An application credential, which belongs to one project.
    Application {
        /// Its id.
        id: String,
        /// Its secret.
        secret: String,
    },
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { user, .. } => write!(f, "Password({user}, …)"),
            Self::Application { id, .. } => write!(f, "Application({id}, …)"),
        }
    }
}

impl Credential {
    fn request(&self) -> Value {
        match self {
            Self::Password { user, user_domain, project, project_domain, password } => json!({"auth": {
                "identity": {"methods": ["password"], "password": {"user": {
                    "name": user, "domain": {"name": user_domain}, "password": password}}},
                "scope": {"project": {"name": project, "domain": {"name": project_domain}}}}}),
            Self::Application { id, secret } => json!({"auth": {"identity": {
                "methods": ["application_credential"],
                "application_credential": {"id": id, "secret": secret}}}}),
        }
    }
}

/// The token in use.
#[derive(Default)]
pub(super) struct Token(Mutex<Option<Granted>>);

#[derive(Clone)]
struct Granted {
    token: String,
    endpoint: Option<String>,
    at: Instant,
}

impl Token {
    /// The token, and where Keystone says that Glance is.
    pub(super) fn get(&self, keystone: &Keystone, agent: &Agent) -> Result<(String, Option<String>)> {
        let mut granted = self.lock();
        if let Some(known) = granted.as_ref().filter(|known| known.at.elapsed() < TOKEN_LIFE) {
            return Ok((known.token.clone(), known.endpoint.clone()));
        }
        let fresh = ask(keystone, agent)?;
        *granted = Some(fresh.clone());
        Ok((fresh.token, fresh.endpoint))
    }

    /// Drops the token; says whether there was one.
    pub(super) fn forget(&self) -> bool {
        self.lock().take().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Granted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Answer {
    token: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    catalog: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    #[serde(rename = "type")]
    kind: String,
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    interface: String,
    #[serde(default)]
    region: Option<String>,
    url: String,
}

fn ask(keystone: &Keystone, agent: &Agent) -> Result<Granted> {
    let base = keystone.url.trim_end_matches('/').trim_end_matches("/v3");
    let url = format!("{base}/v3/auth/tokens");
    let request = agent.post(&url).content_type("application/json");
    let request = request.config().timeout_global(Some(ANSWER)).build();
    let response = accept(&url, request.send(keystone.credential.request().to_string()))?;
    let token = header(response.headers(), "x-subject-token")
        .ok_or_else(|| Error::unavailable(format!("use {url}: it answers without a token")))?;
    let answer: Answer = read_json(&url, response)?;
    let endpoint = image_service(&answer.token.catalog, keystone.region.as_deref());
    Ok(Granted { token, endpoint, at: Instant::now() })
}

fn image_service(catalog: &[Service], region: Option<&str>) -> Option<String> {
    let endpoints =
        catalog.iter().filter(|service| service.kind == "image").flat_map(|service| &service.endpoints);
    let mut public = endpoints.filter(|endpoint| endpoint.interface == "public");
    let found = public.find(|endpoint| region.is_none() || endpoint.region.as_deref() == region)?;
    Some(found.url.trim_end_matches('/').trim_end_matches("/v2").to_owned())
}

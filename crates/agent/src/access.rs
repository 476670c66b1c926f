//! What lets a terminal in at its center, as the state directory had it at one moment: the configuration, the secret and the
//! certificates to trust. Enrolling again and the site change it while a daemon runs.

use std::path::Path;

use fault::{Error, Result};
use protocol::client::{Client, Credentials, Limits, Secret};

use crate::files;
use crate::limits::CERTIFICATES_BYTES_MAX;
use crate::state::{Config, StateDir};
use wording::Language;

/// Who a terminal is, and towards whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What enrolment and the site fixed.
    pub config: Config,
    secret: Secret,
    /// The content of the file of trusted certificates.
    certificates: Option<Vec<u8>>,
}

impl Access {
    /// As it is now. Who does not hold the lock may find half of a change.
    pub fn read(state: &StateDir) -> Result<Self> {
        let config = state.config()?;
        let certificates = config.ca_file.as_deref().map(certificates).transpose()?;
        Ok(Self { secret: state.secret()?, config, certificates })
    }

    /// A client for its center.
    pub fn client(&self, language: Language, limits: Limits) -> Result<Client> {
        let client = Client::new(&self.config.server, Credentials::Bearer(self.secret.clone()))?;
        self.trusting(client.with_language(language.tag()).with_limits(limits))
    }

    /// The client, trusting only the certificates of the site where there are any.
    pub fn trusting(&self, client: Client) -> Result<Client> {
        match &self.certificates {
            Some(pem) => client.with_trusted_certificates(pem),
            None => Ok(client),
        }
    }
}

/// A client for a center that does not know this terminal yet.
pub fn client_of_stranger(server: &str, ca_file: Option<&Path>, language: Language) -> Result<Client> {
    let client = Client::new(server, Credentials::None)?.with_language(language.tag());
    match ca_file {
        Some(path) => client.with_trusted_certificates(&certificates(path)?),
        None => Ok(client),
    }
}

fn certificates(path: &Path) -> Result<Vec<u8>> {
    files::read(path, CERTIFICATES_BYTES_MAX)?.ok_or_else(|| {
        Error::not_found(format!("find the trusted certificates {}", path.display()))
            .with_notice("net.bad_certificate_file")
    })
}

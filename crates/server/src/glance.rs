//! The Glance that registered images also go to, as it is configured.

use crate::config::{Glance, GlanceAuth};
use fault::{Context as _, Error, Result};
use image_store::{Credential, GlanceStore, Keystone};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Bytes that are read of a file with a secret or certificates.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the secrets; nothing is asked of Glance yet.
pub(crate) fn store(config: &Glance) -> Result<GlanceStore> {
    let trusted = config.ca_file.as_deref().map(read).transpose()?;
    GlanceStore::new(config.endpoint.as_deref(), auth(config)?, trusted.as_deref())
}

fn auth(config: &Glance) -> Result<image_store::GlanceAuth> {
    let credential = match config.auth {
        GlanceAuth::None => {
            return Ok(image_store::GlanceAuth::None {
                user: given(&config.user)?,
                project: given(&config.project)?,
            });
        }
        GlanceAuth::Password => Credential::Password {
            user: given(&config.user)?,
            user_domain: config.user_domain.clone(),
            project: given(&config.project)?,
            project_domain: config.project_domain.clone(),
            password: secret(&given(&config.password_file)?)?,
        },
        GlanceAuth::ApplicationCredential => {
            Credential::Application { id: given(&config.id)?, secret: secret(&given(&config.secret_file)?)? }
        }
    };
    let url = given(&config.keystone_url)?;
    Ok(image_store::GlanceAuth::Keystone(Keystone { url, credential, region: config.region.clone() }))
}

/// The configuration was checked for what it needs.
fn given<T: Clone>(value: &Option<T>) -> Result<T> {
    value.clone().ok_or_else(|| Error::bug("the configuration of Glance was not checked"))
}

/// The first line of a file.
pub(crate) fn secret(path: &Path) -> Result<String> {
    let text = String::from_utf8(read(path)?).ok();
    let line = text.as_deref().and_then(|text| text.lines().next()).filter(|line| !line.is_empty());
    let lacks = || Error::invalid(format!("there is no line of text in {}", path.display()));
    line.map(str::to_owned).ok_or_else(|| unusable(lacks(), path))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
        .context(|| format!("read {}", path.display()))
        .map_err(|error| unusable(error, path))?;
    Ok(bytes)
}

fn unusable(error: Error, path: &Path) -> Error {
    error.with_notice("config.unreadable").with_value("path", path.display())
}

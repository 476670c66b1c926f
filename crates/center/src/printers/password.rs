//! Passwords of shared printers: sealed before they are stored anywhere, opened by nobody who only asks.
//!
//! One secret in the data directory (`printer.key`, mode 0600) gives two keys: one for the database, one for the public
//! configuration files, whose key enrolled terminals get. Neither opens what the other sealed. Each sealed text is
//! bound to its place (the printer's row; host, share and account), so that it is worth nothing in another.
//!
//! Form: `1.` and the hexadecimal digits of a random 24-byte nonce and the ciphertext with its tag
//! (XChaCha20-Poly1305). Nothing here is logged or shown.

use std::fmt;
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use driver_package::printer::Settings;
use fault::{Context, Error, Result};
use protocol::sync::hex;
use rand::TryRngCore;

use crate::publish::load_or_make_secret;

/// Purposes of the keys; a purpose is never used for another key.
const FOR_DATABASE: &str = "driver-center 2026 printer passwords in the database";
const FOR_TERMINALS: &str = "driver-center 2026 printer passwords on tool disks";
const FORM: &str = "1.";
const NONCE_BYTES: usize = 24;

/// Seals passwords.
pub(crate) struct Vault {
    database: [u8; 32],
    terminals: [u8; 32],
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Loads the secret, or makes it at the first start.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let secret = load_or_make_secret(path).context(|| format!("load {}", path.display()))?;
        Ok(Self {
            database: blake3::derive_key(FOR_DATABASE, &secret),
            terminals: blake3::derive_key(FOR_TERMINALS, &secret),
        })
    }

    /// The key that enrolled terminals get.
    pub(crate) fn terminal_key(&self) -> String {
        hex(&self.terminals)
    }

    /// For the row of a printer.
    pub(crate) fn keep(&self, printer: i64, password: &str) -> Result<String> {
        seal(&self.database, &row(printer), password)
    }

    /// The password in the row of a printer.
    pub(crate) fn open_kept(&self, printer: i64, sealed: &str) -> Result<String> {
        open(&self.database, &row(printer), sealed).ok_or_else(|| {
            Error::corrupt(format!("the password of printer {printer} cannot be opened with printer.key"))
                .with_notice("printer.password_unreadable")
        })
    }

    /// For the public configuration file.
    pub(crate) fn publish(&self, settings: &Settings, password: &str) -> Result<String> {
        seal(&self.terminals, &place(settings), password)
    }
}

fn row(printer: i64) -> String {
    format!("printers.password/{printer}")
}

/// Where the account is used: a line each for host, share and account.
fn place(settings: &Settings) -> String {
    format!("{}\n{}\n{}", settings.ip, settings.share, settings.accounts)
}

fn seal(key: &[u8; 32], place: &str, text: &str) -> Result<String> {
    let mut nonce = [0; NONCE_BYTES];
    rand::rngs::OsRng.try_fill_bytes(&mut nonce).map_err(|e| Error::unavailable(e.to_string()))?;
    let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
    let sealed = XChaCha20Poly1305::new(&(*key).into()).encrypt(&XNonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| Error::bug("seal a password"))?;
    Ok(format!("{FORM}{}{}", hex(&nonce), hex(&sealed)))
}

fn open(key: &[u8; 32], place: &str, sealed: &str) -> Option<String> {
    let bytes = digits(sealed.strip_prefix(FORM)?)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: sealed, aad: place.as_bytes() };
    let text = XChaCha20Poly1305::new(&(*key).into()).decrypt(&XNonce::from(*nonce), payload).ok()?;
    String::from_utf8(text).ok()
}

fn digits(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn vault() -> (tempfile::TempDir, Vault) {
        let directory = tempfile::tempdir().unwrap();
        let vault = Vault::open(&directory.path().join("printer.key")).unwrap();
        (directory, vault)
    }

    #[test]
    fn a_password_opens_in_its_place_alone_and_looks_different_each_time() {
        let (directory, vault) = vault();
        let sealed = vault.keep(7, "пароль 密码").unwrap();
        assert_eq!(vault.open_kept(7, &sealed).unwrap(), "пароль 密码");
        assert_ne!(vault.keep(7, "пароль 密码").unwrap(), sealed);
        for (printer, sealed) in [(8, sealed.clone()), (7, sealed.replace("1.", "2.")), (7, "1.00".into())] {
            let error = vault.open_kept(printer, &sealed).unwrap_err();
            assert_eq!(error.notice().unwrap().id, "printer.password_unreadable");
            assert!(!error.to_string().contains(&sealed));
        }
        let again = Vault::open(&directory.path().join("printer.key")).unwrap();
        assert_eq!(again.open_kept(7, &sealed).unwrap(), "пароль 密码");
    }

    #[test]
    fn terminals_open_what_is_published_for_them_and_nothing_else() {
        let (_directory, vault) = vault();
        let mut settings = Settings::local("p", None);
        (settings.ip, settings.share) = ("host".into(), "lp".into());
        let published = vault.publish(&settings, "secret").unwrap();
        let key = protocol::sync::unhex::<32>(&vault.terminal_key()).unwrap();
        assert_eq!(open(&key, "host\nlp\n", &published).as_deref(), Some("secret"));
        assert_eq!(open(&key, "evil\nlp\n", &published), None);
        assert_eq!(open(&key, &row(1), &vault.keep(1, "secret").unwrap()), None);
    }

    #[test]
    fn nobody_else_may_read_the_key() {
        let (directory, _vault) = vault();
        let mode = std::fs::metadata(directory.path().join("printer.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

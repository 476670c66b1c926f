//! TLS of the server's own: the certificate, and the handshake.
//!
//! The files are read again when they change, so that a renewed certificate needs no restart. One that cannot be used
//! is told in the log, and the one in use stays.

use crate::config::Tls;
use crate::limits::{CERTIFICATE_BYTES_MAX, CERTIFICATE_CHECK, HANDSHAKE_TIMEOUT};
use fault::{Context as _, Error, Result};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// Makes handshakes with the newest certificate that could be used.
#[derive(Clone)]
pub(crate) struct Handshakes(watch::Receiver<TlsAcceptor>);

impl Handshakes {
    /// Reads the files, and follows them from now on.
    pub(crate) fn begin(files: Tls) -> Result<Self> {
        let read_at = last_change(&files);
        let (sender, receiver) = watch::channel(acceptor(&files)?);
        tokio::spawn(follow(files, read_at, sender));
        Ok(Self(receiver))
    }

    /// Turns a connection into one with TLS.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>> {
        let acceptor = self.0.borrow().clone();
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
            Ok(accepted) => accepted.context(|| "agree on TLS"),
            Err(_) => Err(Error::unavailable("agree on TLS: it took too long")),
        }
    }
}

/// Ends with the last of those who make handshakes.
async fn follow(files: Tls, mut read_at: Option<SystemTime>, sender: watch::Sender<TlsAcceptor>) {
    let mut clock = tokio::time::interval(CERTIFICATE_CHECK);
    while !sender.is_closed() {
        clock.tick().await;
        let changed_at = last_change(&files);
        if changed_at == read_at {
            continue;
        }
        read_at = changed_at;
        match acceptor(&files) {
            Ok(acceptor) => {
                tracing::info!(target: "http", certificate = %files.certificate.display(), "the certificate was renewed");
                sender.send_replace(acceptor);
            }
            Err(error) => {
                tracing::error!(target: "http", %error, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

fn last_change(files: &Tls) -> Option<SystemTime> {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    changed(&files.certificate).max(changed(&files.key))
}

/// Whether the files can be used; `doctor` asks as well.
pub(crate) fn check(files: &Tls) -> Result<()> {
    acceptor(files).map(drop)
}

fn acceptor(files: &Tls) -> Result<TlsAcceptor> {
    let certificates = read_certificates(&files.certificate)
        .map_err(|e| e.with_notice("serve.certificate").with_value("path", files.certificate.display()))?;
    let key_failed =
        |e: Error| e.with_notice("serve.certificate_key").with_value("path", files.key.display());
    let key = read_key(&files.key).map_err(key_failed)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::bug(format!("choose versions of TLS: {e}")))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|e| key_failed(Error::invalid(format!("use certificate and key together: {e}"))))?;
    // A terminal that comes once a minute shows its ticket, and nothing has to be signed or remembered for it.
    config.ticketer =
        ring::Ticketer::new().map_err(|e| Error::bug(format!("make a key for tickets: {e}")))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let pem = read(path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|e| Error::invalid(format!("read {}: {e}", path.display())))?;
    if certificates.is_empty() {
        return Err(Error::invalid(format!("read {}: there is no certificate in it", path.display())));
    }
    Ok(certificates)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    // The reason may quote what was read; of a key that must not get into a log.
    PrivateKeyDer::from_pem_slice(&read(path)?)
        .map_err(|_| Error::invalid(format!("read {}: there is no usable private key in it", path.display())))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(CERTIFICATE_BYTES_MAX).read_to_end(&mut bytes))
        .context(|| format!("read {}", path.display()))?;
    Ok(bytes)
}

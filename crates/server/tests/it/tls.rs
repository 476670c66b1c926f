//! TLS of the server's own.

use crate::support::Server;
use fault::Kind;
use protocol::client::{Client, Credentials};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Writes a new certificate for this machine with its key; answers it as it is trusted.
fn renew(directory: &Path) -> String {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("make a certificate");
    // The key first: a server that looks in between finds a pair that does not fit, and keeps the old one.
    std::fs::write(directory.join("key.pem"), made.signing_key.serialize_pem()).expect("write the key");
    std::fs::write(directory.join("certificate.pem"), made.cert.pem()).expect("write the certificate");
    made.cert.pem()
}

fn configuration(directory: &Path) -> String {
    let file = |name| directory.join(name).display().to_string();
    format!("[tls]\ncertificate = '{}'\nkey = '{}'", file("certificate.pem"), file("key.pem"))
}

fn health(server: &Server, trusted: &str) -> fault::Result<Value> {
    let url = format!("https://{}", server.client().address);
    Client::new(&url, Credentials::None)?.with_trusted_certificates(trusted.as_bytes())?.get_json("/healthz")
}

#[test]
fn it_speaks_tls_and_follows_a_renewed_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let first = renew(directory.path());
    let server = Server::start_with(&configuration(directory.path()));
    health(&server, &first).unwrap();

    let second = renew(directory.path());
    let begun = Instant::now();
    while let Err(error) = health(&server, &second) {
        assert_eq!(error.notice().unwrap().id, "net.tls", "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(120), "the new certificate is not taken");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(health(&server, &first).unwrap_err().kind(), Kind::Unavailable);
}

#[test]
fn files_that_cannot_be_used_are_named_and_the_key_is_not_quoted() {
    let directory = tempfile::tempdir().unwrap();
    renew(directory.path());
    std::fs::write(directory.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n").unwrap();
    let config = directory.path().join("config.toml");
    let data_dir = directory.path().join("data");
    let text = format!(
        "listen = '127.0.0.1:0'\ndata_dir = '{}'\n{}",
        data_dir.display(),
        configuration(directory.path())
    );
    std::fs::write(&config, text).unwrap();
    for (command, code) in [("serve", 2), ("doctor", 1)] {
        let refused = Command::new(env!("CARGO_BIN_EXE_driver-center"))
            .args([command, "--config"])
            .arg(&config)
            .env("LC_ALL", "en_US.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[refused.stdout, refused.stderr].concat()).into_owned();
        assert_eq!(refused.status.code(), Some(code), "{said}");
        assert!(said.contains("key.pem") && !said.contains("c2VjcmV0"), "{said}");
    }
    assert!(!data_dir.join("center.db").exists());
}

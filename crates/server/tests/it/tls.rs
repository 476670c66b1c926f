//! TLS of the server's own.

use crate::support::{PASSWORD, Server, until};
use fault::Kind;
use protocol::client::{Client, Credentials, Secret};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};
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

/// A daemon of a terminal; it is killed when dropped.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        drop((self.0.kill(), self.0.wait()));
    }
}

/// The terminal's program on a state directory.
fn tool_disk(state: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_driver-center")).with_file_name("tool-disk");
    assert!(program.is_file(), "{} is missing: cargo build -p agent", program.display());
    let mut command = Command::new(program);
    command.args(["--lang", "en", "--state"]).arg(state).stdin(Stdio::null());
    command
}

/// An administrator's client that trusts the server's certificate.
fn admin(server: &Server, trusted: &str) -> Client {
    let url = format!("https://{}", server.client().address);
    let stranger =
        Client::new(&url, Credentials::None).and_then(|c| c.with_trusted_certificates(trusted.as_bytes()));
    let stranger = stranger.expect("a client");
    let request = json!({"name": "admin", "password": server.first_password(), "new_password": PASSWORD,
        "token_name": "tests"});
    let answer: Value = stranger.post_json("/api/v1/login", &request).expect("sign in");
    let secret = Secret::new(answer["token"].as_str().expect("a token")).expect("a secret");
    stranger.with_credentials(Credentials::Bearer(secret))
}

#[test]
fn a_terminal_trusts_what_its_file_of_certificates_says_by_now() {
    let directory = tempfile::tempdir().expect("make a directory");
    let trusted = renew(directory.path());
    let server = Server::start_with(&configuration(directory.path()));
    let admin = admin(&server, &trusted);
    let request = json!({"name": "lab", "uses": 1, "hours": 1});
    let token: Value = admin.post_json("/api/v1/enrolment-tokens", &request).expect("a token");
    let (state, ca_file) = (directory.path().join("state"), directory.path().join("ca.pem"));
    std::fs::write(&ca_file, &trusted).expect("write the certificate");
    let enrolled = tool_disk(&state)
        .args(["enrol", "--token", token["token"].as_str().expect("a token"), "--server", admin.base_url()])
        .arg("--ca-file")
        .arg(&ca_file)
        .status();
    assert!(enrolled.expect("run tool-disk").success());

    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("make a certificate");
    std::fs::write(&ca_file, other.cert.pem()).expect("write another certificate");
    let log = directory.path().join("log");
    let errors = std::fs::File::create(&log).expect("make the log");
    let daemon = tool_disk(&state).arg("daemon").stdout(Stdio::null()).stderr(errors).spawn();
    let _daemon = Daemon(daemon.expect("run tool-disk"));
    let said = || std::fs::read_to_string(&log).expect("read the log");
    until("the daemon does not trust the server", || said().contains("no secure connection"));
    let heard =
        || admin.get_json::<Value>("/api/v1/terminals").expect("a list")["terminals"][0]["mode"].is_string();
    assert!(!heard());
    std::fs::write(&ca_file, &trusted).expect("write the certificate");
    until("the daemon trusts it again", heard);
}

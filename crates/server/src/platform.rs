//! The `voi_api` of an existing platform, over HTTP.
//!
//! Whatever goes wrong with it is told by the name of its address: whoever reads it must know that it is the other
//! system, not this one.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `platform.unreachable` | `url` | no connection, or it broke off |
//! | `platform.timeout` | `url` | it does not answer in time |
//! | `platform.refused` | `url`, `reason` | it answers that it cannot |
//! | `platform.odd` | `url`, `reason` | what it answers is not what this call answers |

use crate::config::VoiApi;
use center::Platform;
use fault::{Error, Kind, Result};
use protocol::client::{Client, Credentials, Limits, Secret};
use protocol::thor::TaskState;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Longest answer.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// An existing `voi_api`.
#[derive(Debug)]
pub(crate) struct VoiApiClient {
    client: Client,
}

/// The form of all answers: `code` 0 and what is asked for, or another code and words.
#[derive(Deserialize)]
struct Answered {
    code: i64,
    #[serde(default)]
    message: Option<String>,
    #[serde(flatten)]
    rest: Value,
}

impl VoiApiClient {
    /// Reads the token; nothing is asked yet.
    pub(crate) fn new(config: &VoiApi) -> Result<Self> {
        let wait = Duration::from_secs(u64::from(config.timeout_seconds));
        let limits = Limits {
            connect: wait,
            stall: wait,
            answer: wait,
            json_bytes: ANSWER_BYTES_MAX,
            ..Limits::default()
        };
        let credentials = match &config.token_file {
            None => Credentials::None,
            Some(path) => Credentials::Bearer(Secret::new(crate::glance::secret(path)?)?),
        };
        let mut client = Client::new(&config.url, credentials)?.with_limits(limits);
        if let Some(path) = &config.ca_file {
            client = client.with_trusted_certificates(&crate::glance::read(path)?)?;
        }
        Ok(Self { client })
    }

    /// The member `name` of the answer.
    fn ask<T: DeserializeOwned>(&self, path: &str, name: &str) -> Result<T> {
        let answered: Answered = self.client.get_json(path).map_err(|error| self.told(error))?;
        if answered.code != 0 {
            let reason = answered.message.unwrap_or_else(|| format!("code {}", answered.code));
            return Err(self.error("platform.refused", &reason));
        }
        let value = answered.rest.get(name).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|e| self.error("platform.odd", &format!("{name}: {e}")))
    }

    fn error(&self, notice: &'static str, reason: &str) -> Error {
        let url = self.client.base_url();
        Error::unavailable(format!("ask the platform at {url}: {reason}"))
            .with_notice(notice)
            .with_value("url", url)
            .with_value("reason", reason)
    }

    /// A failure of the network, or a refusal by a status.
    fn told(&self, error: Error) -> Error {
        let notice = error.notice().map(|notice| notice.id.to_string()).unwrap_or_default();
        let id = match notice.as_str() {
            "net.timeout" => "platform.timeout",
            "net.unreachable" | "net.tls" => "platform.unreachable",
            _ if matches!(error.kind(), Kind::Corrupt | Kind::Bug) || notice.starts_with("net.") => {
                "platform.odd"
            }
            _ => "platform.refused",
        };
        self.error(id, &error.to_string())
    }
}

impl Platform for VoiApiClient {
    fn is_send_task(&self) -> Result<bool> {
        let state: TaskState = self.ask("/voi_api/clients/checkallclient_isupdatestatus", "data")?;
        Ok(state.is_send_task != 0)
    }

    fn can_upload_and_commit(&self, source: &str, destination: Option<&str>) -> Result<bool> {
        let destination =
            destination.map(|id| format!("&destination_iid={}", encoded(id))).unwrap_or_default();
        let query = format!("source_path={}{destination}", encoded(source));
        self.ask(&format!("/voi_api/check_can_upload_and_commit?{query}"), "result")
    }

    fn notify_heterogeneous(&self, ids: &[String]) -> Result<()> {
        let list = serde_json::to_string(ids).map_err(|e| Error::bug(format!("encode ids: {e}")))?;
        // Whatever it says of how many were told.
        let _said: Value =
            self.ask(&format!("/voi_api/scene/notifyupdatehgdrive?ids={}", encoded(&list)), "data")?;
        Ok(())
    }
}

/// Percent-encoded, for the value of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers one request with this, and gives its first line.
    fn serving(answer: &'static str) -> (VoiApi, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let config =
            VoiApi { url: format!("http://{}", listener.local_addr().unwrap()), ..VoiApi::default() };
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                head.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(head).unwrap().lines().next().unwrap_or_default().to_owned()
        });
        (config, thread)
    }

    fn ok(body: &'static str) -> &'static str {
        Box::leak(
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .into_boxed_str(),
        )
    }

    #[test]
    fn the_three_calls_are_asked_as_platforms_serve_them() {
        let (config, line) = serving(ok(r#"{"code":0,"data":{"is_send_task":1}}"#));
        assert!(VoiApiClient::new(&config).unwrap().is_send_task().unwrap());
        assert_eq!(line.join().unwrap(), "GET /voi_api/clients/checkallclient_isupdatestatus HTTP/1.1");

        let (config, line) = serving(ok(r#"{"code":0,"result":false}"#));
        let client = VoiApiClient::new(&config).unwrap();
        assert!(!client.can_upload_and_commit("/a b/active.qcow2", Some("1-2")).unwrap());
        let asked = "GET /voi_api/check_can_upload_and_commit?source_path=%2Fa%20b%2Factive.qcow2&destination_iid=1-2";
        assert_eq!(line.join().unwrap(), format!("{asked} HTTP/1.1"));

        let (config, line) = serving(ok(r#"{"code":0}"#));
        VoiApiClient::new(&config).unwrap().notify_heterogeneous(&["t1".into(), "t2".into()]).unwrap();
        let asked = "GET /voi_api/scene/notifyupdatehgdrive?ids=%5B%22t1%22%2C%22t2%22%5D";
        assert_eq!(line.join().unwrap(), format!("{asked} HTTP/1.1"));
    }

    fn notice(answer: &'static str) -> (String, String) {
        let (config, _line) = serving(answer);
        let error = VoiApiClient::new(&config).unwrap().is_send_task().unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        let text = error.to_string();
        (error.notice().unwrap().id.to_string(), text)
    }

    #[test]
    fn what_is_wrong_with_it_is_told_by_its_name() {
        let (id, text) = notice(ok(r#"{"code":17,"message":"数据库维护中"}"#));
        assert_eq!(id, "platform.refused");
        assert!(text.contains("数据库维护中") && text.contains("127.0.0.1"), "{text}");
        assert_eq!(notice(ok(r#"{"code":0,"data":{"is_send_task":"x"}}"#)).0, "platform.odd");
        assert_eq!(notice(ok("<html>a login page</html>")).0, "platform.odd");
        assert_eq!(
            notice("HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").0,
            "platform.odd"
        );
        assert_eq!(notice("").0, "platform.unreachable");
    }

    #[test]
    fn it_may_be_slow_or_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = VoiApi { url, timeout_seconds: 1, ..VoiApi::default() };
        let id = |config: &VoiApi| {
            let error = VoiApiClient::new(config).unwrap().is_send_task().unwrap_err();
            error.notice().unwrap().id.to_string()
        };
        assert_eq!(id(&config), "platform.timeout");
        let config = VoiApi { url: "http://127.0.0.1:1".into(), ..VoiApi::default() };
        assert_eq!(id(&config), "platform.unreachable");
    }
}

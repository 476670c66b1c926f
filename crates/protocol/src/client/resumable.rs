//! Uploads that go on where they broke off: tus 1.0, core and creation
//! (<https://tus.io/protocols/resumable-upload>).
//!
//! Each call is one request; when to try again, and where the location is kept, is up to the caller.

use std::io::Read;

use fault::{Error, Kind, Result};
use ureq::http::Response;
use ureq::{Body, RequestBuilder};

use super::{Client, Progress, failure};

const JOB: &str = "driver-center-job";
const OFFSET: &str = "upload-offset";

/// How far a resumable upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Bytes that the server has and keeps.
    pub offset: u64,
    /// The import that took the upload in; known some time after the last byte.
    pub job: Option<String>,
}

impl Client {
    /// The largest file that may be uploaded below `path` by whoever has these credentials; 0 where it is not said.
    pub fn ask_about_uploads(&self, path: &str) -> Result<u64> {
        let url = self.url(path);
        let request = self.tus(self.agent.options(&url));
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        let response = self.accept(&url, request.call())?;
        text(&response, "tus-version").ok_or_else(|| not_tus(&url, "tus-version"))?;
        Ok(text(&response, "tus-max-size").and_then(|size| size.parse().ok()).unwrap_or(0))
    }

    /// Begins an upload of `length` bytes below `path`; answers its location, a path on the same server. `metadata` is
    /// what else is said of the file.
    pub fn begin_upload(
        &self,
        path: &str,
        length: u64,
        file_name: &str,
        metadata: &[(&str, &str)],
    ) -> Result<String> {
        let url = self.url(path);
        let request = self
            .tus(self.agent.post(&url))
            .header("upload-length", length.to_string())
            .header("upload-metadata", encode(file_name, metadata));
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        let response = self.accept(&url, request.send_empty())?;
        let location = text(&response, "location").unwrap_or_default();
        if is_below(location, path) { Ok(location.to_owned()) } else { Err(not_tus(&url, "location")) }
    }

    /// How far the upload at `location` is; [`Kind::NotFound`] when the server has forgotten it.
    pub fn look_at_upload(&self, location: &str) -> Result<Uploaded> {
        let url = self.url(location);
        let request = self.tus(self.agent.head(&url));
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        let response = request.call().map_err(|error| failure::of_transport(&url, error))?;
        match response.status().is_success() {
            true => uploaded(&url, &response),
            false => Err(failure::of_head(&url, &response)),
        }
    }

    /// Sends the next `length` bytes, from `offset` on. `progress` counts those of this request.
    pub fn continue_upload(
        &self,
        location: &str,
        offset: u64,
        reader: &mut dyn Read,
        length: u64,
        progress: Progress<'_>,
    ) -> Result<Uploaded> {
        let url = self.url(location);
        let request = self
            .tus(self.agent.patch(&url))
            .header(OFFSET, offset.to_string())
            .header("content-type", "application/offset+octet-stream");
        let answer = self.send_stream(request, reader, length, progress)?;
        uploaded(&url, &self.accept(&url, answer)?)
    }

    /// Gives the upload at `location` up; one that the server does not know is given up already.
    pub fn drop_upload(&self, location: &str) -> Result<()> {
        let url = self.url(location);
        let request = self.tus(self.agent.delete(&url));
        let request = request.config().timeout_global(Some(self.limits.answer)).build();
        match self.accept(&url, request.call()) {
            Err(error) if error.kind() != Kind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn tus<Any>(&self, request: RequestBuilder<Any>) -> RequestBuilder<Any> {
        self.dress(request).header("tus-resumable", "1.0.0")
    }
}

fn uploaded(url: &str, response: &Response<Body>) -> Result<Uploaded> {
    let offset = text(response, OFFSET).and_then(|text| text.parse().ok());
    let job = text(response, JOB).filter(|job| is_id(job)).map(str::to_owned);
    Ok(Uploaded { offset: offset.ok_or_else(|| not_tus(url, OFFSET))?, job })
}

fn text<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// Whether a location is that of an upload below `path`, and nothing else.
pub(super) fn is_below(location: &str, path: &str) -> bool {
    location.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_id)
}

/// The metadata of an upload as its header carries it.
fn encode(file_name: &str, more: &[(&str, &str)]) -> String {
    let pairs = [("filename", file_name)].into_iter().chain(more.iter().copied());
    let encoded = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} {}", base64(value.as_bytes())));
    encoded.collect::<Vec<_>>().join(",")
}

/// One part of a path that needs no encoding, so that it can name nothing else.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn not_tus(url: &str, header: &str) -> Error {
    Error::unavailable(format!("answer of {url} has no proper {header}"))
        .with_notice("net.not_driver_center")
        .with_value("url", url)
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64("万能.iso".as_bytes()), "5LiH6IO9Lmlzbw==");
    }

    #[test]
    fn what_is_empty_is_not_said() {
        let more = [("client_name", "PC-8"), ("client_mac", "")];
        assert_eq!(encode("lp.zip", &more), "filename bHAuemlw,client_name UEMtOA==");
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        assert!(is_id("0f8c-7"));
        for bad in ["", "..", "a/b", "a?b", "%2e", &"a".repeat(200)] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}

//! One request on one connection.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Time in which the server must answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where requests go, and the headers that all of them have.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    headers: Vec<(String, String)>,
}

/// A request to be sent.
pub(crate) struct Request {
    address: SocketAddr,
    head: String,
    body: Vec<u8>,
}

/// An answer.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            headers: vec![("host".into(), address.to_string()), ("connection".into(), "close".into())],
        }
    }

    /// The same with this header, in place of one of that name.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| known != name);
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same at another address: a server that was started again has a new one.
    pub(crate) fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }.with("host", &address.to_string())
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        Request { address: self.address, head, body: Vec::new() }
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.request("GET", path).send()
    }

    pub(crate) fn json(&self, method: &str, path: &str, body: Value) -> Response {
        self.request(method, path).json(body).send()
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Response {
        self.json("POST", path, body)
    }
}

impl Request {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sends all of it and reads the whole answer.
    pub(crate) fn send(self) -> Response {
        let length = self.body.len();
        self.send_part(length).expect("an answer")
    }

    /// Announces the whole body, sends its first `length` bytes, and reads the answer or, when that is not all of it,
    /// cuts the connection.
    pub(crate) fn send_part(self, length: usize) -> Option<Response> {
        let mut stream = self.open();
        stream.write_all(&self.body[..length]).expect("send the body");
        if length < self.body.len() {
            return None;
        }
        Some(read_response(&mut stream))
    }

    /// Sends all of it, and is gone after this time, whatever the server is at then.
    pub(crate) fn send_and_go(self, after: Duration) {
        let mut stream = self.open();
        stream.write_all(&self.body).expect("send the body");
        std::thread::sleep(after);
        stream.shutdown(std::net::Shutdown::Both).expect("close the connection");
    }

    /// Sends the head, and leaves the connection to the caller.
    pub(crate) fn open(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("connect");
        stream.set_read_timeout(Some(PATIENCE)).expect("set a time limit");
        stream.write_all(self.head().as_bytes()).expect("send the head");
        stream
    }

    /// The head as it is sent.
    pub(crate) fn head(&self) -> String {
        let is_announced = self.head.contains("content-length:");
        let length =
            if is_announced { String::new() } else { format!("content-length: {}\r\n", self.body.len()) };
        format!("{}{length}\r\n", self.head)
    }
}

pub(crate) fn read_response(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("read the answer");
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Response { status, headers, body: bytes[end + 4..].to_vec() }
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.text()))
    }

    /// The value of a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.value()
    }

    /// Checks that it is a failure of the one form, with this status and notice; answers its message.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, notice: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let value = self.value();
        assert_eq!(value["code"], status, "{value}");
        assert_eq!(value["notice"], notice, "{value}");
        value["message"].as_str().expect("a message").to_owned()
    }
}

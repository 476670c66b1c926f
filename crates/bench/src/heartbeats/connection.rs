//! HTTP/1.1 as a terminal needs it, with as little work as can be: the terminals share two cores with the server.

use std::net::{Ipv4Addr, SocketAddr};

use fault::{Context as _, Error, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Bytes of an answer; those to terminals at rest have far fewer.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// A connection that is kept from request to request.
pub(super) struct Connection(TcpStream);

/// What the server said.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Connection {
    /// Connects from an address that belongs to this terminal alone.
    pub(super) async fn open(server: SocketAddr, number: usize) -> Result<Self> {
        let [_, high, middle, low] = (number as u32 + 1).to_be_bytes();
        let socket = TcpSocket::new_v4().context(|| "make a socket")?;
        let own = SocketAddr::from((Ipv4Addr::new(127, high + 1, middle, low), 0));
        socket.bind(own).context(|| "take an address")?;
        let stream = socket.connect(server).await.context(|| "connect")?;
        stream.set_nodelay(true).context(|| "send at once")?;
        Ok(Self(stream))
    }

    /// Sends a request and reads its answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.0.write_all(request).await.context(|| "send a request")?;
        let (mut bytes, mut room) = (Vec::with_capacity(1024), [0; 2048]);
        loop {
            if let Some(answer) = parsed(&bytes)? {
                return Ok(answer);
            }
            let count = self.0.read(&mut room).await.context(|| "read an answer")?;
            if count == 0 || bytes.len() > ANSWER_BYTES_MAX {
                return Err(Error::unavailable("read an answer: it broke off"));
            }
            bytes.extend_from_slice(&room[..count]);
        }
    }
}

/// An answer that is there as a whole.
fn parsed(bytes: &[u8]) -> Result<Option<Answer>> {
    let text = std::str::from_utf8(bytes).map_err(|e| Error::invalid(format!("read an answer: {e}")))?;
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return Ok(None) };
    let bad = || Error::invalid(format!("read an answer: {head}"));
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(bad)?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).ok_or_else(bad)?;
    let length: usize = length.trim().parse().map_err(|_| bad())?;
    Ok((body.len() >= length).then(|| Answer { status, body: body.to_owned() }))
}

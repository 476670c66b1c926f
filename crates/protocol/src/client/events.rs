//! Server-sent events, as the HTML standard frames them ("Interpreting an event stream").

use std::io::{BufRead, BufReader, Read};

use fault::{Error, Result};
use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::{Body, BodyReader};

use super::failure;

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerEvent {
    /// Its type; `message` where the server names none.
    pub event: String,
    /// Its data; lines are joined by a line feed.
    pub data: String,
}

impl ServerEvent {
    /// Its data, which is JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.data)
            .map_err(|e| Error::corrupt(format!("decode event {}: {e}", self.event)))
    }
}

/// The events of one stream, in order. After an error there are no more.
pub struct Events<R: Read = BodyReader<'static>> {
    url: String,
    lines: BufReader<R>,
    event_bytes_max: usize,
    ended: bool,
}

impl Events {
    pub(super) fn new(url: String, response: Response<Body>, event_bytes_max: usize) -> Self {
        let reader = response.into_body().into_with_config().limit(u64::MAX).reader();
        Self { url, lines: BufReader::new(reader), event_bytes_max, ended: false }
    }
}

impl<R: Read> Events<R> {
    /// The next line without its end, or nothing at the end of the stream.
    fn line(&mut self, room: usize) -> Result<Option<String>> {
        let mut line = Vec::new();
        let limit = room as u64 + 1;
        let count = (&mut self.lines).take(limit).read_until(b'\n', &mut line);
        let count = count.map_err(|error| failure::of_transport(&self.url, error.into()))?;
        if count as u64 == limit {
            return Err(Error::corrupt(format!(
                "follow {}: it sends an event of more than {} bytes",
                self.url, self.event_bytes_max
            )));
        }
        if line.pop() != Some(b'\n') {
            return Ok(None);
        }
        line.pop_if(|last| *last == b'\r');
        String::from_utf8(line)
            .map(Some)
            .map_err(|_| Error::corrupt(format!("follow {}: it sends an event that is not UTF-8", self.url)))
    }

    fn read(&mut self) -> Result<Option<ServerEvent>> {
        let mut event = ServerEvent::default();
        let mut has_data = false;
        let mut room = self.event_bytes_max;
        while let Some(line) = self.line(room)? {
            room -= line.len();
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => event.event = value.to_owned(),
                "data" if has_data => {
                    event.data.push('\n');
                    event.data.push_str(value);
                }
                "data" => (event.data, has_data) = (value.to_owned(), true),
                "" if line.is_empty() && has_data => {
                    if event.event.is_empty() {
                        event.event = "message".to_owned();
                    }
                    return Ok(Some(event));
                }
                "" if line.is_empty() => (event, room) = (ServerEvent::default(), self.event_bytes_max),
                // Comments keep the connection alive; ids and retry times are of no use here.
                _ => {}
            }
        }
        Ok(None)
    }
}

impl<R: Read> Iterator for Events<R> {
    type Item = Result<ServerEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read().transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str, event_bytes_max: usize) -> Vec<Result<ServerEvent>> {
        let lines = BufReader::with_capacity(3, text.as_bytes());
        Events { url: "u".into(), lines, event_bytes_max, ended: false }.collect()
    }

    #[test]
    fn events_are_framed_by_empty_lines() {
        let text =
            ": hello\n\nevent: job\r\ndata: {\"a\":\r\ndata: 1}\r\nid: 7\r\n\r\ndata:x\n\ndata: cut off";
        let found: Vec<_> = events(text, 100).into_iter().map(|event| event.unwrap()).collect();
        let expected = [("job", "{\"a\":\n1}"), ("message", "x")].map(|(e, d)| (e.to_owned(), d.to_owned()));
        assert_eq!(found.iter().map(|e| (e.event.clone(), e.data.clone())).collect::<Vec<_>>(), expected);
        assert_eq!(found[0].json::<serde_json::Value>().unwrap()["a"], 1);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let found = events(&"data: 0123456789\n".repeat(100), 64);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].as_ref().unwrap_err().kind(), fault::Kind::Corrupt);
    }
}

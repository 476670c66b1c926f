//! A running server, a small HTTP client that shows every byte, and archives to upload.

mod archives;
mod database;
mod http;
mod server;

pub(crate) use archives::{extracted, extracted_of, extracted_with, printer, printer_of};
pub(crate) use http::{Client, Request, Response, read_response};
pub(crate) use server::{PASSWORD, Server};

/// Waits until something has happened; fails when it does not.
#[track_caller]
pub(crate) fn until(what: &str, mut has_happened: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while !has_happened() {
        assert!(std::time::Instant::now() < end, "not in time: {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// The names of an object's members, sorted.
pub(crate) fn keys(value: &serde_json::Value) -> Vec<String> {
    let mut keys: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
    keys.sort();
    keys
}

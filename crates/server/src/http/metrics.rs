//! Counters of the HTTP side, and the text form (Prometheus, exposition format 0.0.4) of all that is measured.

use std::fmt::{Arguments, Display};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start of the process.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Answers by the first digit of their status, from 1.
    answers: [AtomicU64; 5],
    /// Bytes of objects and of the disk that were sent to terminals.
    pub(crate) sync_bytes: AtomicU64,
    /// Bytes of uploads received.
    pub(crate) upload_bytes: AtomicU64,
    /// Streams of events that are open.
    pub(crate) event_streams: AtomicU64,
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, status: u16) {
        if let Some(counter) = self.answers.get(usize::from(status / 100).wrapping_sub(1)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes the counters.
    pub(crate) fn write(&self, page: &mut Page) {
        page.family("driver_center_http_requests_total", "counter", "Answered requests by class of status.");
        for (class, counter) in (1..).zip(&self.answers) {
            let labels = format!("class=\"{class}xx\"");
            page.labelled("driver_center_http_requests_total", &labels, counter.load(Ordering::Relaxed));
        }
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        page.counter("driver_center_sync_bytes_total", "Bytes sent to terminals.", load(&self.sync_bytes));
        page.counter(
            "driver_center_upload_bytes_total",
            "Bytes of uploads received.",
            load(&self.upload_bytes),
        );
        page.gauge("driver_center_event_streams", "Open streams of events.", load(&self.event_streams));
    }
}

/// The page of all measurements, as it is being written.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    /// Begins a family of measurements that have labels.
    pub(crate) fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// One measurement of a family; `labels` is the inside of the braces.
    pub(crate) fn labelled(&mut self, name: &str, labels: &str, value: impl Display) {
        self.line(format_args!("{name}{{{labels}}} {value}"));
    }

    /// A value that goes up and down.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.line(format_args!("{name} {value}"));
    }

    /// A value that only goes up.
    pub(crate) fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", help);
        self.line(format_args!("{name} {value}"));
    }

    fn line(&mut self, line: Arguments<'_>) {
        self.0 += &line.to_string();
        self.0.push('\n');
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class() {
        let metrics = Metrics::default();
        [200, 204, 404, 599, 700, 0].into_iter().for_each(|status| metrics.answered(status));
        let mut page = Page::default();
        metrics.write(&mut page);
        let text = page.into_text();
        assert!(text.contains("driver_center_http_requests_total{class=\"2xx\"} 2\n"), "{text}");
        assert!(text.contains("driver_center_http_requests_total{class=\"5xx\"} 1\n"), "{text}");
        assert!(text.contains("# TYPE driver_center_sync_bytes_total counter\n"), "{text}");
    }
}

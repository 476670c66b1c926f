//! `GET /api/v1/events`: everything that happens, as server-sent events.

use crate::http::app::App;
use crate::http::caller::{Caller, is_still};
use crate::http::extract::Spoken;
use crate::http::failure::Refusal;
use crate::http::metrics::Metrics;
use crate::limits::{EVENT_KEEP_ALIVE, EVENT_STREAMS_MAX};
use crate::messages::{Language, text_of};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use fault::Error;
use futures_util::Stream;
use protocol::api::{Event, Job};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;

/// One open stream, counted while it lives.
struct Open(Arc<Metrics>);

impl Open {
    fn begin(metrics: &Arc<Metrics>) -> Result<Self, Error> {
        let before = metrics.event_streams.fetch_add(1, Ordering::Relaxed);
        let open = Self(metrics.clone());
        if before < EVENT_STREAMS_MAX as u64 {
            return Ok(open);
        }
        Err(Error::busy(format!("{before} streams of events are open")).with_notice("http.too_many_streams"))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.event_streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What happens from now on. The first event is always `status`; a client that was too slow gets one event of each list in
/// place of what it missed, and fetches them anew. The stream ends when its caller may do less, or more, than
/// at its begin.
#[utoipa::path(get, path = "/api/v1/events", tag = "state", operation_id = "events",
    responses((status = 200, body = Event, content_type = "text/event-stream")))]
pub(crate) async fn stream(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Spoken(language): Spoken,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, axum::Error>>>, Refusal> {
    let open = Open::begin(&app.metrics)?;
    let first = vec![Event::Status];
    let (events, access) = (app.center.events(), app.access.subscribe());
    let source = Source { events, access, caller, headers, app, language, missed: first, _open: open };
    let stream = futures_util::stream::unfold(source, |mut source| async move {
        let event = source.next().await?;
        Some((encode(&event), source))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(EVENT_KEEP_ALIVE)))
}

struct Source {
    events: Receiver<Event>,
    access: watch::Receiver<()>,
    caller: Caller,
    /// With the proof of who the caller is.
    headers: HeaderMap,
    app: App,
    language: Language,
    /// To be sent before anything else.
    missed: Vec<Event>,
    _open: Open,
}

impl Source {
    /// The next event; `None` when the server stops, or the caller is not who it was.
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.missed.pop() {
            return Some(event);
        }
        match self.receive().await? {
            Ok(Event::Job(job)) => Some(Event::Job(self.worded(job).await)),
            Ok(event) => Some(event),
            Err(RecvError::Closed) => None,
            Err(RecvError::Lagged(_)) => {
                self.missed.push(Event::Drivers);
                self.missed.push(Event::Printers);
                self.missed.push(Event::Templates);
                self.missed.push(Event::Version { number: self.app.center.published_version() });
                Some(Event::Status)
            }
        }
    }

    async fn receive(&mut self) -> Option<Result<Event, RecvError>> {
        loop {
            tokio::select! {
                biased;
                () = self.app.stopping() => return None,
                changed = self.access.changed() => {
                    let is_still = changed.is_ok() && is_still(&self.caller, &self.app, &self.headers).await;
                    is_still.then_some(())?;
                }
                received = self.events.recv() => return Some(received),
            }
        }
    }

    /// The job with the reason of its failure in the language of this client.
    async fn worded(&self, job: Job) -> Job {
        if job.message.is_none() {
            return job;
        }
        let told = self.app.center.job(&job.id, &|error| text_of(error, self.language)).await;
        told.unwrap_or(Job { message: None, ..job })
    }
}

fn encode(event: &Event) -> Result<sse::Event, axum::Error> {
    let name = match event {
        Event::Status => "status",
        Event::Drivers => "drivers",
        Event::Printers => "printers",
        Event::Templates => "templates",
        Event::Version { .. } => "version",
        Event::Operation(_) => "operation",
        Event::Job(_) => "job",
        Event::Terminal { .. } => "terminal",
    };
    sse::Event::default().event(name).json_data(event)
}

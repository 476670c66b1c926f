//! The bandwidth that updates may take: all bodies that terminals fetch share one limit, which administrators set.
//!
//! Each piece waits for its turn on one common schedule, so that transfers at the same time get about the same. Where more
//! transfers want to begin than the limit can serve at a useful speed, the later ones are told to come again: they would
//! only run into the time limits of their clients.
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `sync.bandwidth_full` | – | more transfers than the bandwidth for updates can serve |

use axum::body::{Body, Bytes};
use fault::{Error, Result};
use futures_util::{Stream, StreamExt as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

use super::app::App;
use crate::limits::TRANSFER_BYTES_PER_SECOND_MIN;

/// What may be sent at once after a silence.
const BURST: Duration = Duration::from_millis(250);

/// The schedule of all transfers.
#[derive(Debug, Default)]
pub(crate) struct Bandwidth(Mutex<Schedule>);

#[derive(Debug, Default)]
struct Schedule {
    /// When the next piece may go.
    due: Option<Instant>,
    transfers: u64,
}

/// A transfer under way; it leaves its place when it is dropped.
struct Transfer(App);

impl Drop for Transfer {
    fn drop(&mut self) {
        self.0.bandwidth.lock().transfers -= 1;
    }
}

impl Bandwidth {
    fn lock(&self) -> std::sync::MutexGuard<'_, Schedule> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, where `speed` leaves one.
    fn enter(&self, speed: Option<u64>) -> Result<()> {
        let mut schedule = self.lock();
        let places = speed.map_or(u64::MAX, |speed| (speed / TRANSFER_BYTES_PER_SECOND_MIN).max(1));
        if schedule.transfers >= places {
            return Err(Error::busy(format!("begin a transfer: {places} are under way"))
                .with_notice("sync.bandwidth_full"));
        }
        schedule.transfers += 1;
        Ok(())
    }

    /// When a piece of `bytes` may go.
    fn reserve(&self, bytes: u64, speed: u64, now: Instant) -> Instant {
        let mut schedule = self.lock();
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let due = schedule.due.map_or(earliest, |due| due.max(earliest));
        schedule.due = Some(due + Duration::from_secs_f64(bytes as f64 / speed.max(1) as f64));
        due
    }
}

/// A body of these pieces, sent no faster than administrators allow at each moment.
pub(crate) fn body<S>(app: &App, pieces: S) -> Result<Body>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
{
    app.bandwidth.enter(app.center.bytes_per_second())?;
    let transfer = Arc::new(Transfer(app.clone()));
    let limited = pieces.then(move |piece| {
        let transfer = transfer.clone();
        async move {
            let Transfer(app) = &*transfer;
            if let (Ok(piece), Some(speed)) = (&piece, app.center.bytes_per_second()) {
                let due = app.bandwidth.reserve(piece.len() as u64, speed, Instant::now());
                tokio::time::sleep_until(due).await;
            }
            piece
        }
    });
    Ok(Body::from_stream(limited))
}

/// The pieces of what is in memory.
pub(crate) fn pieces(
    bytes: Vec<u8>,
    piece_bytes: usize,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    let mut rest = Bytes::from(bytes);
    let next = std::iter::from_fn(move || {
        let length = rest.len().min(piece_bytes);
        (length > 0).then(|| Ok(rest.split_to(length)))
    });
    futures_util::stream::iter(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_go_one_after_the_other_at_the_speed_that_holds() {
        let bandwidth = Bandwidth::default();
        let begun = Instant::now() + Duration::from_secs(60);
        let due = |bytes, speed, now| bandwidth.reserve(bytes, speed, now).duration_since(begun).as_millis();
        // The first goes at once, and a quarter of a second counts as waited.
        assert_eq!(due(100_000, 100_000, begun), 0);
        assert_eq!(due(100_000, 100_000, begun), 750);
        assert_eq!(due(100_000, 50_000, begun), 1750);
        assert_eq!(due(1, 50_000, begun), 3750);
        // A silence is not saved up.
        let later = begun + Duration::from_secs(100);
        assert_eq!(due(100_000, 100_000, later), 99_750);
        assert_eq!(due(1, 100_000, later), 100_750);
    }

    #[test]
    fn no_more_transfers_begin_than_get_a_useful_share() {
        let bandwidth = Bandwidth::default();
        let speed = Some(TRANSFER_BYTES_PER_SECOND_MIN * 2);
        bandwidth.enter(speed).unwrap();
        bandwidth.enter(speed).unwrap();
        assert_eq!(bandwidth.enter(speed).unwrap_err().notice().unwrap().id, "sync.bandwidth_full");
        // Without a limit there is always room; those that are under way stay when one is set.
        bandwidth.enter(None).unwrap();
        assert!(bandwidth.enter(Some(1)).is_err());
    }
}

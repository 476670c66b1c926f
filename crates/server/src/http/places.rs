//! How many connections there may be at once, and how many of them terminals may keep while they wait for news.
//!
//! Terminals that find no place to wait are told to close their connection and to come again, so that there may be many more
//! of them than connections. A part of the connections is never waited on, for everybody else.

use crate::limits::{CONNECTIONS_MAX, FILES_RESERVED};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for connections, and for those that wait. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    connections: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Places {
    /// As many as the system allows, after asking it for all that it allows without asking anybody else.
    pub(crate) fn as_allowed() -> Self {
        let connections = connections(open_files());
        tracing::info!(target: "http", connections, waiting = waiting(connections), "places for connections");
        Self::new(connections)
    }

    fn new(connections: usize) -> Self {
        let [connections, waiting] =
            [connections, waiting(connections)].map(|count| Arc::new(Semaphore::new(count)));
        Self { connections, waiting }
    }

    /// Waits for a place for one more connection. None never happens: places are not taken away.
    pub(crate) async fn connection(&self) -> Option<OwnedSemaphorePermit> {
        self.connections.clone().acquire_owned().await.ok()
    }

    /// A place to wait for news; it is given back when it is dropped.
    pub(crate) fn wait(&self) -> Option<OwnedSemaphorePermit> {
        self.waiting.clone().try_acquire_owned().ok()
    }

    /// Whether one more may wait.
    pub(crate) fn may_wait(&self) -> bool {
        self.waiting.available_permits() > 0
    }
}

/// Connections of a process that may have so many open files.
fn connections(open_files: usize) -> usize {
    CONNECTIONS_MAX.min(open_files - FILES_RESERVED.min(open_files / 2))
}

/// How many of them may wait.
fn waiting(connections: usize) -> usize {
    connections / 4 * 3
}

/// Takes what the hard limit gives. The soft one is often 1024, for the sake of programs that use `select`.
fn open_files() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wished = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, wished) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(target: "http", %error, "the limit of open files stays as it is");
            limit.current
        }
    };
    current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_connections_than_files() {
        assert_eq!([1, 64, 1024].map(connections), [1, 32, 512]);
        assert_eq!([4096, 20_000, usize::MAX].map(connections), [3072, CONNECTIONS_MAX, CONNECTIONS_MAX]);
    }

    #[tokio::test]
    async fn who_waits_leaves_places_for_others() {
        let places = Places::new(8);
        let waiting: Vec<_> = std::iter::from_fn(|| places.wait()).collect();
        assert_eq!((waiting.len(), places.may_wait()), (6, false));
        assert!(places.connection().await.is_some());
        drop(waiting);
        assert!(places.may_wait());
    }
}

//! A center that can end at any moment, as a process does.

use std::sync::Arc;
use std::time::Duration;

use center::{Center, Host};
use tokio::runtime::Runtime;

use crate::site::{Site, actor};

/// A center in a runtime of its own: with the runtime, everything that it was doing is gone.
pub(crate) struct Life {
    runtime: Runtime,
    center: Center,
}

impl Life {
    pub(crate) fn begin(site: &Site, host: Arc<dyn Host>) -> Self {
        let runtime = Runtime::new().unwrap();
        let center = runtime.block_on(site.open_on(host)).unwrap();
        Self { runtime, center }
    }

    pub(crate) fn run<T>(&self, work: impl AsyncFnOnce(&Center) -> T) -> T {
        self.runtime.block_on(work(&self.center))
    }

    /// Ends in order.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.center.close());
        // A directory that is copied next must not change any more.
        let db = self.center.db().clone();
        let Self { runtime, center } = self;
        drop(center);
        runtime.block_on(db.close()).unwrap();
        runtime.shutdown_timeout(Duration::from_secs(60));
    }

    /// Ends with whatever is going on. Threads that work on files finish what they are at: how a file looks when
    /// even that is cut off is the matter of other tests.
    pub(crate) fn end(self) {
        drop(self.center);
        self.runtime.shutdown_timeout(Duration::from_secs(60));
    }
}

/// Waits for what runs, and restores until the state is normal.
pub(crate) async fn settle(center: &Center) {
    for _ in 0..3 {
        let status = center.status(&actor(), &|error| error.to_string()).await.unwrap();
        match status.mount_status {
            1 => return,
            3 => drop(center.restore(&actor()).await.unwrap()),
            _ => {}
        }
        let running = center.status(&actor(), &|error| error.to_string()).await.unwrap().operation;
        if let Some(operation) = running {
            drop(center.wait_operation(operation.id).await.unwrap());
        }
    }
    let status = center.status(&actor(), &|error| error.to_string()).await.unwrap();
    assert_eq!(status.mount_status, 1, "{:?} {:?}", status.problem, status.operation);
}

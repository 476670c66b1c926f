//! What handlers share.

use super::bandwidth::Bandwidth;
use super::metrics::Metrics;
use super::places::Places;
use crate::config::Config;
use crate::uploads::Uploads;
use axum::extract::FromRef;
use center::Center;
use center::accounts::SignInLimiter;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The inside of [`App`].
pub(crate) struct Shared {
    /// The driver center.
    pub(crate) center: Center,
    /// How often somebody may guess a password.
    pub(crate) limiter: SignInLimiter,
    /// Files on their way in.
    pub(crate) uploads: Uploads,
    /// Counters.
    pub(crate) metrics: Arc<Metrics>,
    /// Places for connections.
    pub(crate) places: Places,
    /// What updates may take of the network.
    pub(crate) bandwidth: Bandwidth,
    /// The configuration.
    pub(crate) config: Config,
    /// Changes whenever somebody may do less, or more, than before.
    pub(crate) access: watch::Sender<()>,
    /// Becomes true when the server is to stop; what waits then ends.
    pub(crate) stop: watch::Receiver<bool>,
}

impl App {
    /// Shares these.
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// An account, session or token was changed: whoever is still being served has to prove anew who they are.
    pub(crate) fn access_changed(&self) {
        self.access.send_replace(());
    }

    /// Returns when the server is to stop.
    pub(crate) async fn stopping(&self) {
        stopped(&mut self.stop.clone()).await;
    }
}

/// Returns when the value is true; a sender that is gone means the same.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<App> for Center {
    fn from_ref(app: &App) -> Self {
        app.center.clone()
    }
}

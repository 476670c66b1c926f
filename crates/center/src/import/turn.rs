//! The turn of an import: it holds the gate, and says so to whoever finds it closed.

use tokio::sync::OwnedMutexGuard;

use crate::center::Center;

/// The gate, while an import has it.
pub(crate) struct Turn {
    center: Center,
    _gate: OwnedMutexGuard<()>,
}

impl Center {
    /// Waits until the gate is free for the import of `file`.
    pub(crate) async fn take_turn(&self, file: &str) -> Turn {
        let gate = self.gate.clone().lock_owned().await;
        *self.lock_importing() = Some(file.to_owned());
        Turn { center: self.clone(), _gate: gate }
    }
}

impl Drop for Turn {
    /// Before the gate is free for another.
    fn drop(&mut self) {
        self.center.lock_importing().take();
    }
}

//! Ctrl-C. Sending a file may stop anywhere, because the next import goes on with it: the command ends within a
//! moment. What the server does has to be undone there: while somebody holds a [`Patience`], the first Ctrl-C only
//! asks, and the second ends the command.

use super::context::Context;
use super::limits::INTERRUPT_GRACE;
use crate::output;
use fault::{Context as _, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The exit code of a command that a signal ended.
const EXIT_CODE: i32 = 130;

/// Whether somebody has pressed Ctrl-C. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Interrupt(Arc<State>);

#[derive(Default)]
struct State {
    is_asked: AtomicBool,
    is_patient: AtomicBool,
}

/// For as long as this lives, the first Ctrl-C does not end the command.
pub(super) struct Patience(Interrupt);

impl Interrupt {
    /// Watches from now on. Commands that need no good order do without: Ctrl-C then ends them.
    pub(super) fn watch(context: &Context) -> Result<Self> {
        let interrupt = Self::default();
        let watched = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.context(|| "watch for signals")?;
        let (keyboard, terminate) = {
            let _within = runtime.enter();
            let keyboard = signal(SignalKind::interrupt()).context(|| "watch for SIGINT")?;
            (keyboard, signal(SignalKind::terminate()).context(|| "watch for SIGTERM")?)
        };
        let farewell = context
            .pick("已中断；再次导入同一文件将继续上传。", "interrupted; the next import goes on with it");
        let farewell = farewell.to_owned();
        std::thread::spawn(move || {
            runtime.block_on(watched.follow(keyboard, terminate));
            output::note(&farewell);
            std::process::exit(EXIT_CODE);
        });
        Ok(interrupt)
    }

    /// Ends when the command has to end.
    async fn follow(self, mut keyboard: Signal, mut terminate: Signal) {
        next(&mut keyboard, &mut terminate).await;
        self.0.is_asked.store(true, Ordering::Relaxed);
        // The command may end by itself in the meantime, and tell more.
        let again = tokio::time::timeout(INTERRUPT_GRACE, next(&mut keyboard, &mut terminate)).await;
        if again.is_err() && self.0.is_patient.load(Ordering::Relaxed) {
            next(&mut keyboard, &mut terminate).await;
        }
    }

    /// Whether it was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.0.is_asked.load(Ordering::Relaxed)
    }

    /// Fails once it was asked for.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_asked() {
            return Err(Error::cancelled("go on: it was interrupted").with_notice("cli.interrupted"));
        }
        Ok(())
    }

    /// Leaves the end to the caller.
    pub(super) fn patience(&self) -> Patience {
        self.0.is_patient.store(true, Ordering::Relaxed);
        Patience(self.clone())
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.0.0.is_patient.store(false, Ordering::Relaxed);
    }
}

async fn next(keyboard: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = keyboard.recv() => {}
        _ = terminate.recv() => {}
    }
}

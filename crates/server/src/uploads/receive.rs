//! From a request's body to a file: one thread writes, hashes and syncs, while the next bytes come in.

use super::rows;
use crate::limits::{UPLOAD_QUEUE, UPLOAD_STALL, UPLOAD_SYNC_BYTES};
use axum::body::Bytes;
use center::db::Db;
use fault::{Error, Kind, Result};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// What came of receiving, also when it was interrupted.
pub(super) struct Outcome {
    /// Bytes written and durable.
    pub(super) bytes: u64,
    /// Digest of these bytes.
    pub(super) sha256: [u8; 32],
    /// Why it ended before the end of the body.
    pub(super) failure: Option<Error>,
}

/// Where the progress of a resumable upload is recorded.
pub(super) struct Checkpoint<'a> {
    pub(super) db: &'a Db,
    pub(super) id: &'a str,
    /// Where this request began.
    pub(super) offset: u64,
}

enum Step {
    Bytes(Bytes),
    Sync(oneshot::Sender<()>),
}

/// Writes `body` to `file` from its present position, `limit` bytes at most.
pub(super) async fn receive<E: std::fmt::Display>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    file: File,
    limit: u64,
    counter: &AtomicU64,
    checkpoint: Option<Checkpoint<'_>>,
) -> Result<Outcome> {
    let (steps, inbox) = mpsc::channel(UPLOAD_QUEUE);
    let writer = tokio::task::spawn_blocking(move || write(file, inbox));
    let failure = forward(body, &steps, limit, counter, checkpoint).await.err();
    drop(steps);
    let (bytes, sha256) = ended(writer).await?;
    Ok(Outcome { bytes, sha256, failure })
}

async fn ended(writer: JoinHandle<std::io::Result<(u64, [u8; 32])>>) -> Result<(u64, [u8; 32])> {
    let written = writer.await.map_err(|e| Error::bug(format!("writing thread: {e}")))?;
    written.map_err(|io| {
        let error = Error::from(io).in_context("store an upload");
        let notice = if error.kind() == Kind::NoSpace { "center.no_space" } else { "upload.failed" };
        error.with_notice(notice)
    })
}

/// Passes the body on to the writer. An error is a fault of the body; one of the writer shows when it is awaited.
async fn forward<E: std::fmt::Display>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    steps: &mpsc::Sender<Step>,
    limit: u64,
    counter: &AtomicU64,
    checkpoint: Option<Checkpoint<'_>>,
) -> Result<()> {
    let (mut sent, mut synced) = (0_u64, 0_u64);
    loop {
        let next =
            timeout(UPLOAD_STALL, body.next()).await.map_err(|_| incomplete("no bytes came any more"))?;
        let Some(chunk) = next else { return Ok(()) };
        let chunk = chunk.map_err(|e| incomplete(&e.to_string()))?;
        sent += chunk.len() as u64;
        if sent > limit {
            return Err(super::too_large(limit));
        }
        counter.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if steps.send(Step::Bytes(chunk)).await.is_err() {
            return Ok(());
        }
        // The last byte is not recorded before the body has ended: more may come than was announced.
        if let Some(checkpoint) = &checkpoint
            && sent < limit
            && sent - synced >= UPLOAD_SYNC_BYTES
            && sync(steps).await
        {
            rows::record_progress(checkpoint.db, checkpoint.id, checkpoint.offset + sent).await?;
            synced = sent;
        }
    }
}

/// Whether everything sent so far is durable.
async fn sync(steps: &mpsc::Sender<Step>) -> bool {
    let (done, is_done) = oneshot::channel();
    steps.send(Step::Sync(done)).await.is_ok() && is_done.await.is_ok()
}

fn incomplete(reason: &str) -> Error {
    Error::invalid(format!("upload broke off: {reason}")).with_notice("upload.incomplete")
}

/// Whether the connection broke, and no more: what came of the body is as it was sent.
pub(super) fn is_incomplete(failure: &Error) -> bool {
    failure.notice().is_some_and(|notice| notice.id == "upload.incomplete")
}

fn write(mut file: File, mut inbox: mpsc::Receiver<Step>) -> std::io::Result<(u64, [u8; 32])> {
    let mut digest = Sha256::new();
    let mut bytes = 0;
    while let Some(step) = inbox.blocking_recv() {
        match step {
            Step::Bytes(chunk) => {
                file.write_all(&chunk)?;
                digest.update(&chunk);
                bytes += chunk.len() as u64;
            }
            Step::Sync(done) => {
                file.sync_data()?;
                // Nobody waits any more when the request was dropped.
                let _waiting = done.send(());
            }
        }
    }
    file.sync_all()?;
    Ok((bytes, digest.finalize().into()))
}

/// Digest of a whole file.
pub(super) fn digest_of(mut file: File) -> std::io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    std::io::copy(&mut file, &mut digest)?;
    Ok(digest.finalize().into())
}

//! Work on many leaves by a few threads, in order and in bounded batches.

use std::num::NonZeroUsize;
use std::thread;

use fault::{Error, Result};

use crate::limits::MAX_THREADS;

/// How many items one batch has: 16 MiB of leaves.
const BATCH: usize = 256;
/// Below this many items a second thread costs more than it gives.
const WORTH_A_THREAD: usize = 16;

/// How many threads to use.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS)
}

/// Cuts the work into batches, between which progress is told and results are stored.
pub(crate) fn batches<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    items.chunks(BATCH)
}

/// Maps each item, with a buffer that is used again from item to item; the results keep the order.
pub(crate) fn map<T: Sync, R: Send>(
    items: &[T],
    each: impl Fn(&T, &mut Vec<u8>) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let run = |part: &[T]| -> Result<Vec<R>> {
        let mut buffer = Vec::new();
        part.iter().map(|item| each(item, &mut buffer)).collect()
    };
    if items.len() < WORTH_A_THREAD {
        return run(items);
    }
    let mut results = Vec::with_capacity(items.len());
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(threads()));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || run(part))).collect();
        for worker in workers {
            results.extend(worker.join().map_err(|_| Error::bug("hash: a thread panicked"))??);
        }
        Ok(results)
    })
}

//! Doing the same with many things over a few connections.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use fault::Result;

use crate::limits::CONNECTIONS;

/// Runs `work` on all `items`, a few at a time and in order. The first failure ends it.
pub fn each<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failure = Mutex::new(None);
    let run = || {
        while !failed.load(Ordering::Relaxed)
            && let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed))
        {
            if let Err(error) = work(item) {
                failed.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..CONNECTIONS.min(items.len()) {
            scope.spawn(run);
        }
        run();
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use fault::Error;

    use super::*;

    #[test]
    fn all_is_done_once_and_a_failure_ends_it() {
        let items: Vec<usize> = (0..100).collect();
        let sum = AtomicUsize::new(0);
        let add = |item: &usize| {
            sum.fetch_add(*item, Ordering::Relaxed);
            Ok(())
        };
        each(&items, add).unwrap();
        assert_eq!(sum.into_inner(), 4950);
        let seen = AtomicUsize::new(0);
        let refuse = |item: &usize| {
            seen.fetch_add(1, Ordering::Relaxed);
            if *item >= 10 { Err(Error::corrupt("it")) } else { Ok(()) }
        };
        each(&items, refuse).unwrap_err();
        assert!(seen.load(Ordering::Relaxed) <= 10 + CONNECTIONS);
        each(&items[..0], refuse).unwrap();
    }
}

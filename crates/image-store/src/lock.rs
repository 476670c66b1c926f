//! Keeping other processes out of a directory, by a lock on a file in it.

use std::fs::{File, TryLockError};
use std::time::Instant;

use crate::limits;

/// Takes the lock of `file`, for as long as it is open.
///
/// It waits a moment for whoever has it: between its fork and its exec, a child of a process that has just closed the file
/// still holds the lock.
pub fn lock_alone(file: &File) -> Result<(), TryLockError> {
    let until = Instant::now() + limits::LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(limits::LOCK_PAUSE),
            outcome => return outcome,
        }
    }
}

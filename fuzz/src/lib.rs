//! What bytes from outside may cost: time and memory in proportion to their length, and never a panic.

use nix::time::{ClockId, clock_gettime};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What an input may cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Processor time however short the input is, in milliseconds.
    pub fixed_ms: u64,
    /// Processor time for each byte, in nanoseconds.
    pub byte_ns: u64,
    /// Memory however short the input is.
    pub fixed_bytes: usize,
    /// Memory for each byte.
    pub byte_bytes: usize,
}

/// Does the work, and panics where it costs more than it may.
pub fn bounded<T>(length: usize, cost: Cost, work: impl FnOnce() -> T) -> T {
    let (before, begun) = (MEMORY.current_usage(), spent_ns());
    MEMORY.reset_peak_usage();
    let result = work();
    let (took_ns, bytes) = (spent_ns() - begun, MEMORY.peak_usage().saturating_sub(before));
    let time_limit = cost.fixed_ms * 1_000_000 + cost.byte_ns * length as u64;
    assert!(took_ns <= time_limit, "{took_ns} ns for {length} bytes, at most {time_limit}");
    let memory_limit = cost.fixed_bytes + cost.byte_bytes * length;
    assert!(bytes <= memory_limit, "{bytes} bytes for {length} bytes, at most {memory_limit}");
    result
}

/// Processor time of this thread: what others do on the machine does not count.
fn spent_ns() -> u64 {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map_or(0, |time| time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64)
}

//! How long to wait before trying again: exponential, with full jitter, so that many terminals spread out.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// A pause that doubles from `base` with each attempt up to `cap`, then is shortened at random.
///
/// `random` is uniform over all of `u64`; the result is uniform between nothing and the pause.
pub fn delay(base: Duration, cap: Duration, attempt: u32, random: u64) -> Duration {
    let pause = base.saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX)).min(cap);
    let nanos = (pause.as_nanos() * u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// A random number for [`delay`]; no secret depends on it.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_jitter_over_their_whole_length() {
        let (base, cap) = (Duration::from_secs(2), Duration::from_secs(300));
        let longest = |attempt| delay(base, cap, attempt, u64::MAX).as_secs_f64().round();
        assert_eq!([0, 1, 2, 7, 8, 31, 32, 1000].map(longest), [2., 4., 8., 256., 300., 300., 300., 300.]);
        assert_eq!(delay(base, cap, 9, 0), Duration::ZERO);
        assert_eq!(delay(base, cap, 1, 1 << 63), Duration::from_secs(2));
    }

    #[test]
    fn random_numbers_differ() {
        assert!((0..8).map(|_| random()).collect::<std::collections::HashSet<_>>().len() > 6);
    }
}

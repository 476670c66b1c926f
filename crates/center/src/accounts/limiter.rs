//! How often somebody may guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use fault::{Error, Result};

use crate::db::DateTime;

const WINDOW: TimeDelta = TimeDelta::minutes(5);
/// Attempts at one name from one address. Small: a person mistypes a few times.
const PER_PAIR: u32 = 5;
/// Attempts at one name from anywhere: more, so that a stranger does not easily lock somebody out.
const PER_NAME: u32 = 50;
/// Attempts from one address: a whole school may be behind it.
const PER_ADDRESS: u32 = 50;
/// What is remembered at most; the oldest go first.
const KEYS_MAX: usize = 30_000;

/// Counts attempts to sign in, in memory: 5 within 5 minutes for one name from one address, 50 for one name or
/// from one address. An attempt counts until it has succeeded, so that guesses made at once count as well.
#[derive(Debug, Default)]
pub struct SignInLimiter(Mutex<HashMap<Key, Attempts>>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Name(String),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Attempts {
    since: DateTime,
    count: u32,
}

impl Key {
    fn all(name: &str, address: IpAddr) -> [Self; 3] {
        let address = network(address);
        [Self::Pair(name.to_owned(), address), Self::Name(name.to_owned()), Self::Address(address)]
    }

    fn limit(&self) -> u32 {
        match self {
            Self::Pair(..) => PER_PAIR,
            Self::Name(_) => PER_NAME,
            Self::Address(_) => PER_ADDRESS,
        }
    }
}

impl Attempts {
    fn is_over(&self, now: DateTime) -> bool {
        // A clock that was set back must not prolong anything.
        now < self.since || now - self.since >= WINDOW
    }
}

impl SignInLimiter {
    /// Counts an attempt, or refuses it.
    pub(super) fn admit(&self, name: &str, address: IpAddr, now: DateTime) -> Result<()> {
        let mut attempts = self.lock();
        let keys = Key::all(name, address);
        let exhausted =
            keys.iter().filter_map(|key| attempts.get(key).filter(|known| known.count >= key.limit()));
        let wait =
            exhausted.filter(|known| !known.is_over(now)).map(|known| WINDOW - (now - known.since)).max();
        if let Some(wait) = wait {
            let seconds = wait.num_seconds().max(1);
            let error = Error::busy(format!("sign in as {name:?}: too many attempts, wait {seconds} s"));
            return Err(error.with_notice("account.too_many_attempts").with_value("seconds", seconds));
        }
        make_room(&mut attempts, now);
        for key in keys {
            let known = attempts.entry(key).or_insert(Attempts { since: now, count: 0 });
            if known.is_over(now) {
                *known = Attempts { since: now, count: 0 };
            }
            known.count += 1;
        }
        Ok(())
    }

    /// Forgets the attempts at this name from this address, and takes back the one that succeeded elsewhere.
    pub(super) fn succeeded(&self, name: &str, address: IpAddr) {
        let mut attempts = self.lock();
        for key in Key::all(name, address) {
            if matches!(key, Key::Pair(..)) {
                attempts.remove(&key);
            } else if let Some(known) = attempts.get_mut(&key) {
                known.count = known.count.saturating_sub(1);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Attempts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has one IPv6 address usually has all of its /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

fn make_room(attempts: &mut HashMap<Key, Attempts>, now: DateTime) {
    if attempts.len() + 3 <= KEYS_MAX {
        return;
    }
    attempts.retain(|_, known| !known.is_over(now));
    if attempts.len() + 3 > KEYS_MAX {
        // All of one window: drop the older half at once, so that this happens rarely.
        let mut begins: Vec<_> = attempts.values().map(|known| known.since).collect();
        let (_, middle, _) = begins.select_nth_unstable(KEYS_MAX / 2);
        let middle = *middle;
        attempts.retain(|_, known| known.since > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn there(number: u8) -> IpAddr {
        IpAddr::from([10, 0, 1, number])
    }

    fn at(second: i64) -> DateTime {
        chrono::DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap().naive_utc()
    }

    fn seconds(result: Result<()>) -> Option<String> {
        result.err().map(|error| error.notice().unwrap().values[0].1.clone())
    }

    #[test]
    fn the_sixth_guess_has_to_wait_for_the_rest_of_the_window() {
        let limiter = SignInLimiter::default();
        for second in 0..5 {
            limiter.admit("admin", HERE, at(second)).unwrap();
        }
        assert_eq!(seconds(limiter.admit("admin", HERE, at(60))), Some("240".to_owned()));
        assert_eq!(seconds(limiter.admit("admin", there(1), at(60))), None, "another address");
        assert_eq!(seconds(limiter.admit("other", HERE, at(60))), None, "another name");
        assert_eq!(seconds(limiter.admit("admin", HERE, at(300))), None, "a new window");
    }

    #[test]
    fn a_name_is_protected_from_many_addresses_and_many_names_from_one() {
        let (names, addresses) = (SignInLimiter::default(), SignInLimiter::default());
        for number in 0..50 {
            names.admit("admin", there(number), at(0)).unwrap();
            addresses.admit(&format!("user{number}"), HERE, at(0)).unwrap();
        }
        assert!(names.admit("admin", there(99), at(1)).is_err());
        assert!(addresses.admit("user99", HERE, at(1)).is_err());
    }

    #[test]
    fn success_makes_good_for_typing_errors_but_not_for_guesses_elsewhere() {
        let limiter = SignInLimiter::default();
        for _ in 0..5 {
            limiter.admit("admin", HERE, at(0)).unwrap();
        }
        limiter.succeeded("admin", HERE);
        limiter.admit("admin", HERE, at(0)).unwrap();
        assert_eq!(
            limiter.lock()[&Key::Name("admin".to_owned())].count,
            5,
            "four wrong ones and the new one"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let limiter = SignInLimiter::default();
        for _ in 0..5 {
            limiter.admit("admin", HERE, at(100_000)).unwrap();
        }
        limiter.admit("admin", HERE, at(0)).unwrap();
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let limiter = SignInLimiter::default();
        for host in 0..5 {
            limiter.admit("admin", format!("2001:db8::{host}").parse().unwrap(), at(0)).unwrap();
        }
        assert!(limiter.admit("admin", "2001:db8::ffff".parse().unwrap(), at(0)).is_err());
        limiter.admit("admin", "2001:db8:0:1::".parse().unwrap(), at(0)).unwrap();
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limiter = SignInLimiter::default();
        for number in 0..KEYS_MAX as u32 {
            let _ = limiter.admit(
                &number.to_string(),
                IpAddr::from(number.to_be_bytes()),
                at(i64::from(number) / 1000),
            );
            assert!(limiter.lock().len() <= KEYS_MAX);
        }
    }
}

//! Time as the tables hold it: naive UTC with microseconds.

use sea_orm::prelude::DateTime;

/// The present time, as it can be stored. Only the outermost layer asks; functions of the domain are told.
pub fn now() -> DateTime {
    to_micros(chrono::Utc::now().naive_utc())
}

/// `time` without what `datetime(6)` cannot hold, so that a value equals itself after it was stored.
pub fn to_micros(time: DateTime) -> DateTime {
    use chrono::Timelike;
    let micros = time.nanosecond() / 1_000 * 1_000;
    time.with_nanosecond(micros).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_stored_is_cut_off() {
        let time: DateTime = "2024-02-29T23:59:59.123456789".parse().unwrap();
        assert_eq!(to_micros(time).to_string(), "2024-02-29 23:59:59.123456");
        assert_eq!(to_micros(to_micros(time)), to_micros(time));
    }
}

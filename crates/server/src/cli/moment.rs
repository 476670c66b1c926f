//! Points in time as people type them and as a log shows them, by the clock of whoever asks.

use super::words;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use std::fmt::Display;

/// `90m`, `12h` and `7d` before `now`; a date, or a date and time, by its clock; or RFC 3339.
pub(super) fn parse<Z: TimeZone>(text: &str, now: &DateTime<Z>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    before(text, now)
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()))
        .or_else(|| by_clock(text, &now.timezone()))
}

fn before<Z: TimeZone>(text: &str, now: &DateTime<Z>) -> Option<DateTime<Utc>> {
    let unit = text.chars().last()?;
    let number = text.strip_suffix(unit)?.parse::<u32>().ok()?.into();
    let distance = match unit {
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        _ => None,
    };
    now.to_utc().checked_sub_signed(distance?)
}

/// Where the clock was put forward over this time there is none; where it was put back, the earlier one counts.
fn by_clock<Z: TimeZone>(text: &str, zone: &Z) -> Option<DateTime<Utc>> {
    let date = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    let time = |format| NaiveDateTime::parse_from_str(text, format).ok();
    let local = date().or_else(|| time("%Y-%m-%d %H:%M")).or_else(|| time("%Y-%m-%d %H:%M:%S"))?;
    zone.from_local_datetime(&local).earliest().map(|time| time.to_utc())
}

/// A time of the interface by the clock of `zone`; text that is no time stays as it is.
pub(super) fn show<Z: TimeZone<Offset: Display>>(text: &str, zone: &Z) -> String {
    let time = words::parse(text).map(|time| time.with_timezone(zone).format("%Y-%m-%d %H:%M:%S"));
    time.map_or_else(|| text.to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn here() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-03-10T12:00:00+08:00").unwrap()
    }

    #[test]
    fn times_are_typed_in_several_ways() {
        let cases = [
            ("90m", "2026-03-10T02:30:00Z"),
            ("12h", "2026-03-09T16:00:00Z"),
            (" 7d ", "2026-03-03T04:00:00Z"),
            ("2026-03-10", "2026-03-09T16:00:00Z"),
            ("2026-03-10 08:30", "2026-03-10T00:30:00Z"),
            ("2026-03-10 08:30:01", "2026-03-10T00:30:01Z"),
            ("2026-03-10T08:30:00-01:00", "2026-03-10T09:30:00Z"),
        ];
        for (text, expected) in cases {
            let time =
                parse(text, &here()).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
            assert_eq!(time.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "7", "d", "-1d", "7w", "天", "4294967295d", "2026-02-30", "2026-03-10 25:00"] {
            assert_eq!(parse(text, &here()), None, "{text}");
        }
    }

    #[test]
    fn a_log_shows_the_time_of_whoever_reads_it() {
        let zone = here().timezone();
        assert_eq!(show("2026-03-09T23:59:58.5Z", &zone), "2026-03-10 07:59:58");
        assert_eq!(show("soon", &zone), "soon");
    }
}

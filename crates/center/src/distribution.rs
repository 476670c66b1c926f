//! When terminals take versions by themselves, and how fast the server may send to them.
//!
//! The rules are one row of `settings`, of which the center keeps a copy: each report of each terminal asks for them. What
//! they come to at a moment is a pure function of the rules and the time, so that no terminal's clock matters. Sending at
//! that speed is the server's work.

use std::sync::{PoisonError, RwLock};

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike};
use fault::{Error, Result};
use protocol::api::{Distribution, DistributionState, Event, TimeWindow};

use crate::center::Center;
use crate::db::{Db, commit};
use crate::host::Actor;
use crate::{limits, settings};

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

/// The rules that hold.
pub(crate) struct Rules(RwLock<Distribution>);

impl Rules {
    /// Those that were kept; without any, every time is right and nothing is limited.
    pub(crate) async fn load(db: &Db) -> Result<Self> {
        Ok(Self(RwLock::new(settings::distribution(db).await?)))
    }

    fn get(&self) -> Distribution {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, rules: Distribution) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    pub(crate) fn is_open(&self, now: NaiveDateTime) -> bool {
        is_open(&self.0.read().unwrap_or_else(PoisonError::into_inner), now)
    }
}

impl Center {
    /// The rules, and what they come to now.
    pub fn distribution(&self) -> DistributionState {
        let (rules, now) = (self.rules.get(), self.host.now());
        DistributionState {
            is_open: is_open(&rules, now),
            changes_in_seconds: changes_in(&rules, now),
            rules,
            bytes_per_second_min: limits::BYTES_PER_SECOND_MIN,
        }
    }

    /// Bytes per second that all terminals together may get.
    pub fn bytes_per_second(&self) -> Option<u64> {
        self.rules.0.read().unwrap_or_else(PoisonError::into_inner).bytes_per_second
    }

    /// Sets the rules; terminals hear of them with their next report, transfers under way with their next piece.
    pub async fn set_distribution(&self, actor: &Actor, rules: Distribution) -> Result<()> {
        check(&rules)?;
        let txn = self.db.begin().await?;
        settings::set_distribution(&txn, &rules).await?;
        commit(txn).await?;
        tracing::info!(target: "voi_drive_img_manage", by = %actor.name, ?rules, "distribution changed");
        self.rules.set(rules);
        self.emit(Event::Status);
        Ok(())
    }
}

fn check(rules: &Distribution) -> Result<()> {
    if rules.windows.len() > limits::TIME_WINDOWS_MAX {
        let error = Error::invalid(format!("{} time windows", rules.windows.len()));
        return Err(error
            .with_notice("distribution.window_count")
            .with_value("limit", limits::TIME_WINDOWS_MAX));
    }
    if let Some(bad) = rules.windows.iter().find(|window| span(window).is_none()) {
        return Err(Error::invalid(format!("time window {bad:?}"))
            .with_notice("distribution.bad_window")
            .with_value("from", bad.from.chars().take(20).collect::<String>())
            .with_value("to", bad.to.chars().take(20).collect::<String>()));
    }
    if rules.utc_offset_minutes.unsigned_abs() > limits::UTC_OFFSET_MINUTES_MAX {
        return Err(Error::invalid(format!("a clock {} minutes ahead", rules.utc_offset_minutes))
            .with_notice("distribution.bad_offset"));
    }
    let allowed = limits::BYTES_PER_SECOND_MIN..=limits::BYTES_PER_SECOND_MAX;
    if rules.bytes_per_second.is_some_and(|speed| !allowed.contains(&speed)) {
        return Err(Error::invalid(format!(
            "{} bytes per second",
            rules.bytes_per_second.unwrap_or_default()
        ))
        .with_notice("distribution.bad_speed")
        .with_value("limit", limits::BYTES_PER_SECOND_MIN));
    }
    Ok(())
}

/// When a window begins, in minutes of a day, and how long it is.
fn span(window: &TimeWindow) -> Option<(u32, u32)> {
    let days_are_days = window.days.len() <= 7 && window.days.iter().all(|day| (1..=7).contains(day));
    let (from, to) = (minutes(&window.from)?, minutes(&window.to)?);
    let length = (to + DAY - from) % DAY;
    days_are_days.then_some((from, if length == 0 { DAY } else { length }))
}

/// Minutes of the day in `HH:MM`.
fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, below: u32| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten().filter(|number| *number < below)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}

/// All windows of a week: where each begins, in minutes of the week, and how long it is.
fn spans(rules: &Distribution) -> impl Iterator<Item = (u32, u32)> + Clone + '_ {
    rules.windows.iter().filter_map(|window| Some((window, span(window)?))).flat_map(
        |(window, (from, length))| {
            let is_on = move |day: &u32| {
                window.days.is_empty() || window.days.iter().any(|on| u32::from(*on) == day + 1)
            };
            (0..7).filter(is_on).map(move |day| (day * DAY + from, length))
        },
    )
}

/// Minute of the week by the site's clock, and the seconds of it that have passed.
fn moment(rules: &Distribution, now: NaiveDateTime) -> (u32, u32) {
    let here = now + TimeDelta::minutes(rules.utc_offset_minutes.into());
    let minute = here.weekday().num_days_from_monday() * DAY + here.hour() * 60 + here.minute();
    (minute, here.second())
}

fn is_open(rules: &Distribution, now: NaiveDateTime) -> bool {
    rules.windows.is_empty() || is_open_at(rules, moment(rules, now).0)
}

fn is_open_at(rules: &Distribution, minute: u32) -> bool {
    spans(rules).any(|(from, length)| (minute + WEEK - from) % WEEK < length)
}

/// Seconds until it opens or closes.
fn changes_in(rules: &Distribution, now: NaiveDateTime) -> Option<u64> {
    let (minute, seconds) = moment(rules, now);
    let is_open = is_open_at(rules, minute);
    // It changes where a window begins or ends, if at all.
    let edges = spans(rules).flat_map(|(from, length)| [from, from + length]);
    let until = |edge: u32| (edge % WEEK + WEEK - minute - 1) % WEEK + 1;
    let next = edges.filter(|edge| is_open_at(rules, edge % WEEK) != is_open).map(until).min()?;
    Some(u64::from(next) * 60 - u64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(windows: &[(&[u8], &str, &str)], utc_offset_minutes: i32) -> Distribution {
        let windows = windows.iter().map(|(days, from, to)| TimeWindow {
            days: days.to_vec(),
            from: (*from).to_owned(),
            to: (*to).to_owned(),
        });
        Distribution { windows: windows.collect(), utc_offset_minutes, bytes_per_second: None }
    }

    /// A time of a week that begins with a Monday.
    fn at(day: u32, time: &str) -> NaiveDateTime {
        let text = format!("2026-11-{:02} {time}", 22 + day);
        NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn without_windows_every_time_is_right() {
        let always = rules(&[], 480);
        assert!(is_open(&always, at(1, "12:00:00")));
        assert_eq!(changes_in(&always, at(1, "12:00:00")), None);
    }

    #[test]
    fn a_night_reaches_into_the_next_day_by_the_sites_clock() {
        // 22:00 to 06:00 in China is 14:00 to 22:00 UTC.
        let night = rules(&[(&[], "22:00", "06:00")], 480);
        for (time, open, change) in [
            ("13:59:30", false, 30),
            ("14:00:00", true, 8 * 3600),
            ("21:59:59", true, 1),
            ("22:00:00", false, 16 * 3600),
        ] {
            let now = at(3, time);
            assert_eq!((is_open(&night, now), changes_in(&night, now)), (open, Some(change)), "{time}");
        }
    }

    #[test]
    fn a_window_of_some_days_begins_on_those() {
        // Friday and Sunday night; the latter ends in the next week.
        let weekend = rules(&[(&[5, 7], "20:00", "04:00")], 0);
        for (day, time, open) in [
            (5, "19:59:59", false),
            (5, "20:00:00", true),
            (6, "03:59:59", true),
            (6, "04:00:00", false),
            (6, "20:00:00", false),
            (7, "23:00:00", true),
            (1, "03:00:00", true),
            (1, "04:00:00", false),
        ] {
            assert_eq!(is_open(&weekend, at(day, time)), open, "day {day} {time}");
        }
        assert_eq!(changes_in(&weekend, at(6, "04:00:00")), Some(40 * 3600));
    }

    #[test]
    fn windows_that_touch_are_one_and_whole_days_never_end() {
        let touching = rules(&[(&[], "08:00", "12:00"), (&[], "12:00", "18:00")], 0);
        assert_eq!(changes_in(&touching, at(2, "09:00:00")), Some(9 * 3600));
        let whole = rules(&[(&[], "00:00", "00:00")], 0);
        assert_eq!((is_open(&whole, at(2, "09:00:00")), changes_in(&whole, at(2, "09:00:00"))), (true, None));
        let sunday = rules(&[(&[7], "00:00", "00:00")], 0);
        assert!(is_open(&sunday, at(7, "23:59:59")) && !is_open(&sunday, at(1, "00:00:00")));
    }

    #[test]
    fn rules_that_mean_nothing_are_refused() {
        let notice = |rules: &Distribution| check(rules).unwrap_err().notice().unwrap().id.to_string();
        for (days, from, to) in
            [(&[8][..], "01:00", "02:00"), (&[], "1:00", "02:00"), (&[], "24:00", "02:00"), (&[], "", "x")]
        {
            assert_eq!(notice(&rules(&[(days, from, to)], 0)), "distribution.bad_window", "{from} {to}");
        }
        assert_eq!(notice(&rules(&[(&[][..], "01:00", "02:00"); 30], 0)), "distribution.window_count");
        for offset in [15 * 60, i32::MIN] {
            assert_eq!(notice(&rules(&[], offset)), "distribution.bad_offset");
        }
        let slow = Distribution { bytes_per_second: Some(1), ..Distribution::default() };
        assert_eq!(notice(&slow), "distribution.bad_speed");
        check(&rules(&[(&[1, 7], "22:00", "06:00")], 480)).unwrap();
    }
}

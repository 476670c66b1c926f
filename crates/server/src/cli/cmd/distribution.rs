//! `driver-center distribution`: when terminals take versions by themselves, and how fast.

use crate::cli::context::{Context, OK};
use crate::cli::table::pairs;
use crate::cli::words::{duration, size, yes};
use crate::messages::Language;
use chrono::Offset as _;
use fault::Result;
use protocol::api::{Distribution, DistributionState, TimeWindow};

/// What to change; without anything it is shown.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// When terminals update by themselves, such as 22:00-06:00 or 1-5@22:00-06:00 (Monday to Friday); takes the place of
    /// all that were set. 更新时段
    #[arg(long, value_name = "[DAYS@]FROM-TO", value_parser = window)]
    window: Vec<TimeWindow>,
    /// At any time. 不限时段
    #[arg(long, conflicts_with = "window")]
    always: bool,
    /// The site's clock as hours from UTC, such as +08:00; that of this machine where windows are set for the first time. 时区
    #[arg(long, value_name = "±HH:MM", value_parser = offset, allow_hyphen_values = true)]
    utc_offset: Option<i32>,
    /// Bytes per second for all terminals together: 500K, 20M, 1G. 更新带宽上限
    #[arg(long, value_name = "SPEED", value_parser = speed)]
    limit: Option<u64>,
    /// As fast as it goes. 不限带宽
    #[arg(long, conflicts_with = "limit")]
    no_limit: bool,
}

impl Arguments {
    fn changes_anything(&self) -> bool {
        !self.window.is_empty()
            || self.always
            || self.no_limit
            || self.utc_offset.is_some()
            || self.limit.is_some()
    }

    /// The rules with what was given; what was not stays.
    fn applied(self, rules: Distribution) -> Distribution {
        let is_first = rules.windows.is_empty() && !self.window.is_empty();
        let here = || chrono::Local::now().offset().fix().local_minus_utc() / 60;
        let offset = self.utc_offset.or_else(|| is_first.then(here));
        Distribution {
            windows: if self.always || !self.window.is_empty() { self.window } else { rules.windows },
            utc_offset_minutes: offset.unwrap_or(rules.utc_offset_minutes),
            bytes_per_second: if self.no_limit { None } else { self.limit.or(rules.bytes_per_second) },
        }
    }
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let client = &context.client;
    let mut state: DistributionState = client.get_json("/api/v1/distribution")?;
    if arguments.changes_anything() {
        state = client.put_json("/api/v1/distribution", &arguments.applied(state.rules))?;
    }
    context.answer(&state, || shown(context, &state))?;
    Ok(OK)
}

fn shown(context: &Context, state: &DistributionState) -> String {
    let (rules, language) = (&state.rules, context.language);
    let windows: Vec<String> = rules.windows.iter().map(|window| window_text(window, language)).collect();
    let always = context.pick("不限", "at any time");
    let clock = clock_text(rules.utc_offset_minutes);
    let speed = |speed| format!("{}/s", size(speed));
    pairs(&[
        (
            context.pick("更新时段", "Updates"),
            if windows.is_empty() { always.to_owned() } else { windows.join(context.pick("；", "; ")) },
        ),
        (context.pick("时区", "Clock"), if windows.is_empty() { String::new() } else { clock }),
        (context.pick("现在可更新", "Open now"), yes(state.is_open, language)),
        (
            if state.is_open {
                context.pick("距关闭", "Closes in")
            } else {
                context.pick("距开放", "Opens in")
            },
            state.changes_in_seconds.map(duration).unwrap_or_default(),
        ),
        (
            context.pick("带宽上限", "Bandwidth"),
            rules.bytes_per_second.map_or(context.pick("不限", "not limited").to_owned(), speed),
        ),
    ])
}

fn window_text(window: &TimeWindow, language: Language) -> String {
    let days: Vec<String> = window.days.iter().map(|day| day_text(*day, language)).collect();
    let days = if days.is_empty() { language.pick("每天", "daily").to_owned() } else { days.join(" ") };
    format!("{days} {}–{}", window.from, window.to)
}

fn day_text(day: u8, language: Language) -> String {
    let chinese = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let place = usize::from(day.wrapping_sub(1));
    let name = chinese.get(place).zip(english.get(place));
    name.map_or_else(|| day.to_string(), |(chinese, english)| language.pick(chinese, english).to_owned())
}

fn clock_text(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// `[DAYS@]FROM-TO`; DAYS are numbers and ranges of them, separated by commas. What the times are is the server's to say.
fn window(text: &str) -> std::result::Result<TimeWindow, String> {
    let (days, times) = text.split_once('@').unwrap_or(("", text));
    let (from, to) = times.split_once('-').ok_or("such as 22:00-06:00 or 1-5@22:00-06:00")?;
    let mut all = Vec::new();
    for part in days.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let day = |text: &str| text.parse::<u8>().ok().filter(|day| (1..=7).contains(day));
        let (first, last) = day(first).zip(day(last)).ok_or("days are 1 (Monday) to 7 (Sunday)")?;
        all.extend(first..=last);
    }
    all.sort_unstable();
    all.dedup();
    Ok(TimeWindow { days: all, from: from.to_owned(), to: to.to_owned() })
}

fn offset(text: &str) -> std::result::Result<i32, String> {
    let parse = || {
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
        let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 14 && minutes < 60).then(|| sign * (i32::from(hours) * 60 + i32::from(minutes)))
    };
    parse().ok_or_else(|| "such as +08:00".to_owned())
}

fn speed(text: &str) -> std::result::Result<u64, String> {
    let parse = || {
        let unit = match text.chars().last()?.to_ascii_uppercase() {
            'K' => 1 << 10,
            'M' => 1 << 20,
            'G' => 1 << 30,
            _ => return text.parse::<u64>().ok(),
        };
        let number: f64 = text[..text.len() - 1].parse().ok()?;
        (number.is_finite() && number > 0.0).then(|| (number * f64::from(unit)) as u64)
    };
    parse().ok_or_else(|| "bytes per second, such as 500K, 20M or 1G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_written_as_people_do() {
        let days = |text: &str| window(text).unwrap().days;
        assert_eq!(days("22:00-06:00"), [0; 0]);
        assert_eq!(days("1-3,7,2@22:00-06:00"), [1, 2, 3, 7]);
        let night = window("5@22:00-06:00").unwrap();
        assert_eq!((&*night.from, &*night.to), ("22:00", "06:00"));
        for bad in ["22:00", "8@22:00-06:00", "mon@22:00-06:00"] {
            assert!(window(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn clocks_and_speeds_have_the_usual_forms() {
        assert_eq!(["+08:00", "-03:30", "+0"].map(|text| offset(text).unwrap()), [480, -210, 0]);
        assert!(["8", "+15:00", "", "+1:60"].iter().all(|bad| offset(bad).is_err()));
        assert_eq!(clock_text(-210), "UTC-03:30");
        assert_eq!(
            ["65536", "500k", "1.5M", "1G"].map(|text| speed(text).unwrap()),
            [65536, 512_000, 1_572_864, 1 << 30]
        );
        assert!(["", "M", "-1M", "fast"].iter().all(|bad| speed(bad).is_err()));
    }

    #[test]
    fn what_is_not_given_stays() {
        let none =
            || Arguments { window: vec![], always: false, utc_offset: None, limit: None, no_limit: false };
        let rules = Distribution {
            windows: vec![window("22:00-06:00").unwrap()],
            utc_offset_minutes: 480,
            bytes_per_second: Some(1 << 20),
        };
        assert!(!none().changes_anything());
        let faster = Arguments { limit: Some(2 << 20), ..none() }.applied(rules.clone());
        assert_eq!(faster, Distribution { bytes_per_second: Some(2 << 20), ..rules.clone() });
        let free = Arguments { always: true, no_limit: true, ..none() }.applied(rules);
        assert_eq!((free.windows.len(), free.bytes_per_second), (0, None));
    }
}

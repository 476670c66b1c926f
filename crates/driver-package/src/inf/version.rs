//! The values of `DriverVer`.

/// Turns `mm/dd/yyyy` (or with dashes) into `yyyy-mm-dd`, if it is a day of the calendar.
pub(super) fn iso_date(text: &str) -> Option<String> {
    let mut parts = text.split(['/', '-']).map(|part| number(part, 4));
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none()
        && (1601..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(month, year)).contains(&day);
    valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Whether `text` is `w[.x[.y[.z]]]` with numbers of 16 bits.
pub(super) fn is_version(text: &str) -> bool {
    let mut count = 0;
    text.split('.').all(|part| {
        count += 1;
        count <= 4 && number(part, 5).is_some_and(|value| value <= 0xffff)
    })
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let text = text.trim();
    let fits = (1..=digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn days_in(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        let check = |text, expected: Option<&str>| assert_eq!(iso_date(text).as_deref(), expected, "{text}");
        check("09/08/2023", Some("2023-09-08"));
        check("2/1/2023", Some("2023-02-01"));
        check("02-29-2024", Some("2024-02-29"));
        check("02/29/2023", None);
        check("13/45/2026", None);
        check("01/01/24", None);
        check("2023/01/02", None);
        check("01/02/2023/4", None);
        check("+1/02/2023", None);
        check("CMIReleaseDate", None);
        check("", None);
    }

    #[test]
    fn a_version_has_up_to_four_numbers_of_16_bits() {
        for good in ["1", "1.0", "5.00.2157.1", "10.0.65535.0"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "1.", "1.2.3.4.5", "1.0.65536.0", "CMIVersion.64", "1.0.0.-1"] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}

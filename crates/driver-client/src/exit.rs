//! The exit codes, which `docs/driver-client.md` explains. They are those of `driver-center`.

use fault::Kind;

/// Done.
pub(crate) const OK: u8 = 0;

/// The exit code of a failure.
pub(crate) fn of(kind: Kind) -> u8 {
    match kind {
        Kind::Bug => 1,
        Kind::Invalid => 2,
        Kind::Denied => 3,
        Kind::Unavailable => 4,
        Kind::Corrupt => 5,
        Kind::NoSpace => 6,
        Kind::Conflict => 7,
        Kind::Busy => 8,
        Kind::NotFound => 9,
        Kind::Cancelled => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_exit_code_is_documented() {
        let document = include_str!("../../../docs/driver-client.md");
        let kinds = [
            Kind::Bug,
            Kind::Invalid,
            Kind::Denied,
            Kind::Unavailable,
            Kind::Corrupt,
            Kind::NoSpace,
            Kind::Conflict,
            Kind::Busy,
            Kind::NotFound,
            Kind::Cancelled,
        ];
        for code in kinds.map(of).into_iter().chain([OK]) {
            assert!(document.contains(&format!("\n| {code} |")), "{code} is not documented");
        }
    }
}

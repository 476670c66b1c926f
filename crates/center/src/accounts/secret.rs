//! Secrets: made at random, shown once, stored as a hash.

use std::fmt;

use rand::rand_core::UnwrapErr;
use rand::rngs::OsRng;
use rand::{CryptoRng, Rng};

use super::limits;

/// Where secrets come from.
pub type Random<'a> = &'a mut (dyn CryptoRng + Send);

const API: &str = "dc_";
const ENROLMENT: &str = "dce_";
const TERMINAL: &str = "dct_";

const SECRET_BYTES: usize = 32;
/// No letter or digit that could be taken for another one; 32 of them, so each stands for 5 bits.
const LEGIBLE: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const PASSWORD_GROUPS: usize = 4;
const GROUP_CHARS: usize = 5;

/// The operating system's randomness. It does not come back without it.
pub fn system_random() -> impl CryptoRng + Send {
    UnwrapErr(OsRng)
}

/// Something that must not be seen by others: its `Debug` form does not show it, and it has no `Display` form.
#[derive(Clone)]
pub struct Secret(String);

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Session,
    Api,
    Enrolment,
    Terminal,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "",
            Self::Api => API,
            Self::Enrolment => ENROLMENT,
            Self::Terminal => TERMINAL,
        }
    }
}

impl Secret {
    /// The secret itself, for the one place where it goes out.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// 256 random bits.
    pub(super) fn generate(kind: Kind, random: Random<'_>) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        random.fill_bytes(&mut bytes);
        Self(format!("{}{}", kind.prefix(), blake3::Hash::from_bytes(bytes).to_hex()))
    }

    /// A password that can be read out: 100 random bits.
    pub(super) fn generate_password(random: Random<'_>) -> Self {
        let mut password = String::new();
        for position in 0..PASSWORD_GROUPS * GROUP_CHARS {
            if position > 0 && position % GROUP_CHARS == 0 {
                password.push('-');
            }
            password.push(char::from(LEGIBLE[random.random_range(0..LEGIBLE.len())]));
        }
        Self(password)
    }

    /// By the prefix alone; whether it is good shows when it is looked up.
    pub(super) fn kind(&self) -> Kind {
        let kinds = [Kind::Api, Kind::Enrolment, Kind::Terminal];
        kinds.into_iter().find(|kind| self.0.starts_with(kind.prefix())).unwrap_or(Kind::Session)
    }

    /// The hash under which it is stored; `None` for what cannot be one of ours.
    pub(super) fn stored(&self) -> Option<String> {
        (self.0.len() <= limits::SECRET_BYTES_MAX)
            .then(|| blake3::hash(self.0.as_bytes()).to_hex().to_string())
    }
}

impl Secret {
    /// The hash of what is by its prefix a terminal's.
    pub(crate) fn hash_of_terminal(&self) -> Option<[u8; 32]> {
        let is_one = self.kind() == Kind::Terminal && self.0.len() <= limits::SECRET_BYTES_MAX;
        is_one.then(|| *blake3::hash(self.0.as_bytes()).as_bytes())
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn the_prefix_says_what_a_secret_is_good_for() {
        let mut random = StdRng::seed_from_u64(1);
        for kind in [Kind::Session, Kind::Api, Kind::Enrolment, Kind::Terminal] {
            let secret = Secret::generate(kind, &mut random);
            assert_eq!(secret.kind(), kind);
            assert_eq!(secret.expose().len(), kind.prefix().len() + 64);
            assert_ne!(secret.stored(), Secret::generate(kind, &mut random).stored());
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Some(Secret::from("hunter2".to_owned()))), "Some(***)");
    }

    #[test]
    fn what_is_too_long_is_not_even_hashed() {
        assert!(Secret::from("x".repeat(limits::SECRET_BYTES_MAX)).stored().is_some());
        assert!(Secret::from("x".repeat(limits::SECRET_BYTES_MAX + 1)).stored().is_none());
    }

    #[test]
    fn a_generated_password_is_legible_and_long_enough() {
        let password = Secret::generate_password(&mut StdRng::seed_from_u64(1));
        assert_eq!(
            password.expose().split('-').map(str::len).collect::<Vec<_>>(),
            [GROUP_CHARS; PASSWORD_GROUPS]
        );
        assert!(password.expose().bytes().all(|byte| byte == b'-' || LEGIBLE.contains(&byte)));
        assert!(password.expose().len() >= limits::PASSWORD_CHARS_MIN);
    }
}

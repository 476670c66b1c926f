//! Who may use the center: people, programs that act for them, and terminals.
//!
//! This module owns the tables `users`, `sessions`, `api_tokens` and `enrolment_tokens`, and the secrets of
//! `terminals`. A password is kept as an argon2id hash, every other secret as a plain hash (it has 256 random
//! bits); neither is ever logged or answered again. What a role may do is decided by callers, through
//! [`Principal::require`]. Time and randomness are passed in.
//!
//! | prefix | secret | good for |
//! | --- | --- | --- |
//! | none | of a session | a signed-in browser |
//! | `dc_` | API token | a program that acts for a user |
//! | `dce_` | enrolment token | introducing terminals |
//! | `dct_` | of a terminal | that terminal |
//!
//! | notice | values | when |
//! | --- | --- | --- |
//! | `account.wrong_password` | – | name and password do not fit together |
//! | `account.wrong_present_password` | – | who wants another password has to know the present one |
//! | `account.too_many_attempts` | `seconds` | after too many wrong ones; how long to wait |
//! | `account.disabled` | – | right password, closed account |
//! | `account.password_too_short` | `minimum` (characters) | a new password is too short |
//! | `account.password_too_long` | `maximum` (bytes) | a new password is too long |
//! | `account.password_unchanged` | – | the new password is the present one |
//! | `account.must_change_password` | – | nothing else is allowed before |
//! | `account.name_taken` | `name` | another user has the name |
//! | `account.name_invalid` | `maximum` (characters) | empty, too long, or with characters no name has |
//! | `account.last_administrator` | – | nobody would be left to administrate |
//! | `account.user_missing` | – | no such user |
//! | `account.not_allowed` | `role` | the role that this needs |
//! | `account.signed_out` | – | the session has ended, sign in again |
//! | `account.token_refused` | – | unknown, ended or withdrawn API token |
//! | `account.token_not_found` | – | there is no such token to withdraw |
//! | `account.token_invalid` | – | a token must have a name, an end in the future, and few enough uses |
//! | `account.enrolment_refused` | – | unknown, ended or used-up enrolment token |
//! | `account.terminal_unknown` | – | the terminal was removed, or its secret is wrong; enrol it again |

use fault::{Error, Result};

use crate::db::entities::user;
use crate::db::{DateTime, Db};

mod api_tokens;
mod enrolment;
mod limiter;
mod names;
mod password;
mod principal;
mod secret;
mod sessions;
mod sign_in;
mod users;

pub use crate::db::entities::user::Role;
pub use api_tokens::{create_api_token, list_api_tokens, revoke_api_token};
pub(crate) use enrolment::unknown_terminal;
pub use enrolment::{
    Enrolled, Former, NewEnrolmentToken, NewTerminal, create_enrolment_token, delete_enrolment_token,
    enrol_terminal, list_enrolment_tokens,
};
pub use limiter::SignInLimiter;
pub use principal::Principal;
pub use secret::{Random, Secret, system_random};
pub use sessions::{end_session, end_sessions, list_sessions, remove_expired_sessions};
pub use sign_in::{PasswordChange, SignIn, SignedIn, change_password, sign_in};
pub use users::{
    create_first_administrator, create_user, find_user, list_users, reset_password, set_disabled, set_locale,
    set_role,
};

/// Bounds of accounts; those of guessing are in [`SignInLimiter`].
pub mod limits {
    use chrono::TimeDelta;

    /// A session ends when it was not used for this long.
    pub const SESSION_IDLE: TimeDelta = TimeDelta::hours(12);
    /// A session ends after this long, however much it is used.
    pub const SESSION_TOTAL: TimeDelta = TimeDelta::days(7);
    /// How exactly the last use of a session or a token is recorded; each record costs a write.
    pub const LAST_USE: TimeDelta = TimeDelta::minutes(1);
    /// Sessions of one user; the one unused for longest goes first.
    pub const SESSIONS_PER_USER: u64 = 50;
    /// Shortest password that may be chosen, in characters.
    pub const PASSWORD_CHARS_MIN: usize = 10;
    /// Longest password, in bytes.
    pub const PASSWORD_BYTES_MAX: usize = 1024;
    /// Longest name of a user, a token or a terminal, in characters.
    pub const NAME_CHARS_MAX: usize = 64;
    /// Longest secret that is looked at, in bytes.
    pub const SECRET_BYTES_MAX: usize = 128;
    /// Characters that are kept of a browser's description of itself.
    pub const USER_AGENT_CHARS: usize = 255;
    /// Terminals that one enrolment token may introduce.
    pub const ENROLMENT_USES_MAX: u32 = 100_000;
    /// Passwords that are hashed at the same time; each takes 19 MiB.
    pub(super) const HASHES_AT_ONCE: usize = 4;
}

/// Finds out whose secret this is.
pub async fn authenticate(db: &Db, secret: &Secret, now: DateTime) -> Result<Principal> {
    match secret.kind() {
        secret::Kind::Session => sessions::authenticate(db, secret, now).await,
        secret::Kind::Api => api_tokens::authenticate(db, secret, now).await,
        secret::Kind::Terminal => enrolment::authenticate(db, secret).await,
        secret::Kind::Enrolment => {
            Err(Error::denied("sign in with an enrolment token").with_notice("account.token_refused"))
        }
    }
}

/// Fails when withdrawing token `id` has changed no row.
fn require_token(id: i64, rows_affected: u64) -> Result<()> {
    match rows_affected {
        0 => Err(Error::not_found(format!("token {id}")).with_notice("account.token_not_found")),
        _ => Ok(()),
    }
}

/// The user behind a session or a token, unless the account is closed.
fn active(user: Option<user::Model>) -> Option<Principal> {
    let user = user.filter(|user| user.disabled_at.is_none())?;
    Some(Principal::User { id: user.id, name: user.name, role: user.role, must_change: user.must_change })
}

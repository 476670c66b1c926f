//! People, programs and their tokens.

use serde::{Deserialize, Serialize};

wire! {
    /// Body of `POST /api/v1/session`.
    pub struct SignIn {
        /// User name.
        pub name: String,
        /// Password.
        pub password: String,
    }
}

wire! {
    /// Who is signed in.
    pub struct Who {
        /// User name.
        pub name: String,
        /// `administrator`, `operator`, `viewer` or `terminal`.
        pub role: String,
        /// Whether the password has to be changed first.
        pub must_change_password: bool,
    }
}

wire! {
    /// Body of `POST /api/v1/password`.
    pub struct PasswordChange {
        /// The present password.
        pub current: String,
        /// The new one.
        pub new: String,
    }
}

wire! {
    /// Body of `POST /api/v1/login`.
    pub struct Login {
        /// User name.
        pub name: String,
        /// Password.
        pub password: String,
        /// A new password; needed when the present one is a one-time password.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub new_password: Option<String>,
        /// What the token is for, such as the name of the machine.
        pub token_name: String,
        /// Days until the token ends; without, it does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub days: Option<u32>,
    }
}

wire! {
    /// A user.
    pub struct User {
        /// Number.
        pub id: i64,
        /// Name for signing in.
        pub name: String,
        /// `viewer`, `operator` or `administrator`.
        pub role: String,
        /// Whether the password is a one-time password.
        pub must_change_password: bool,
        /// When the account was made.
        pub created_at: String,
        /// Since when it is closed.
        #[serde(default)]
        pub disabled_at: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/users`.
    pub struct NewUser {
        /// Name for signing in.
        pub name: String,
        /// `viewer`, `operator` or `administrator`.
        pub role: String,
    }
}

wire! {
    /// Body of `PUT /api/v1/users/{id}`; what is not given stays.
    pub struct UserChange {
        /// `viewer`, `operator` or `administrator`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub role: Option<String>,
        /// Whether the account is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub disabled: Option<bool>,
    }
}

wire! {
    /// A one-time password; shown this once.
    pub struct NewPassword {
        /// The user.
        pub id: i64,
        /// The password; it has to be changed at the first sign-in.
        pub password: String,
    }
}

wire! {
    /// An API token, without its secret.
    pub struct ApiToken {
        /// Identifies it.
        pub id: i64,
        /// What it is for.
        pub name: String,
        /// When it was made.
        pub created_at: String,
        /// When it was last used, to about a minute.
        #[serde(default)]
        pub last_used_at: Option<String>,
        /// When it ends.
        #[serde(default)]
        pub expires_at: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/tokens`.
    pub struct TokenRequest {
        /// What it is for.
        pub name: String,
        /// Days until it ends; without, it does not.
        #[serde(default)]
        pub days: Option<u32>,
    }
}

wire! {
    /// A new API or enrolment token; the secret is shown this once.
    pub struct NewToken {
        /// Identifies it, for taking it back.
        pub id: i64,
        /// The secret.
        pub token: String,
    }
}

wire! {
    /// A change that somebody has made.
    pub struct AuditEntry {
        /// Number; grows with time.
        pub id: i64,
        /// When.
        pub created_at: String,
        /// Who: a user, or a terminal by its name.
        pub actor: String,
        /// Address that it came from.
        #[serde(default)]
        pub address: Option<String>,
        /// What was done, such as `driver.delete`.
        pub action: String,
        /// To what: a name or a number.
        pub subject: String,
        /// Particulars as JSON text; empty when there are none.
        pub detail: String,
    }
}

wire! {
    /// A page of the audit trail.
    pub struct AuditPage {
        /// Which part of the list this is.
        pub page: super::PageInfo,
        /// The rows, newest first.
        pub entries: Vec<AuditEntry>,
    }
}

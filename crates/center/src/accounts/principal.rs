//! Who a request comes from.

use fault::{Error, Result};

use super::Role;

/// Somebody who has proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A person, or a program that acts for one.
    User {
        /// Number of the user.
        id: i64,
        /// Name of the user.
        name: String,
        /// What the user may do.
        role: Role,
        /// Whether the user has to change the password before anything else.
        must_change: bool,
    },
    /// A terminal.
    Terminal {
        /// Id of the terminal.
        id: String,
    },
}

impl Principal {
    /// Lets those pass who have at least `role`; nobody whose password is still the one that was given to them.
    pub fn require(&self, role: Role) -> Result<()> {
        match self {
            Self::User { must_change: true, .. } => {
                Err(Error::denied("go on with a password that must be changed")
                    .with_notice("account.must_change_password"))
            }
            Self::User { role: has, .. } if *has >= role => Ok(()),
            _ => {
                let role = role_name(role);
                let error = Error::denied(format!("do this without the role {role}"));
                Err(error.with_notice("account.not_allowed").with_value("role", role))
            }
        }
    }

    /// The id of the terminal; users are refused.
    pub fn require_terminal(&self) -> Result<&str> {
        match self {
            Self::Terminal { id } => Ok(id),
            Self::User { .. } => {
                let error = Error::denied("do as a user what only terminals do");
                Err(error.with_notice("account.not_allowed").with_value("role", "terminal"))
            }
        }
    }

    /// The name in histories and in the audit log.
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } => name,
            Self::Terminal { id } => id,
        }
    }

    /// `administrator`, `operator`, `viewer` or `terminal`.
    pub fn role_name(&self) -> &'static str {
        match self {
            Self::User { role, .. } => role_name(*role),
            Self::Terminal { .. } => "terminal",
        }
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Operator => "operator",
        Role::Administrator => "administrator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(role: Role, must_change: bool) -> Principal {
        Principal::User { id: 1, name: "u".to_owned(), role, must_change }
    }

    fn notice(result: Result<()>) -> String {
        result.unwrap_err().notice().unwrap().id.to_string()
    }

    #[test]
    fn a_role_may_do_what_lower_roles_may() {
        let roles = [Role::Viewer, Role::Operator, Role::Administrator];
        for (has, role) in roles.iter().enumerate() {
            for (needed, required) in roles.iter().enumerate() {
                assert_eq!(user(*role, false).require(*required).is_ok(), has >= needed);
            }
        }
    }

    #[test]
    fn a_given_password_must_be_changed_first() {
        assert_eq!(
            notice(user(Role::Administrator, true).require(Role::Viewer)),
            "account.must_change_password"
        );
    }

    #[test]
    fn a_terminal_is_no_user_and_a_user_no_terminal() {
        let terminal = Principal::Terminal { id: "t".to_owned() };
        assert_eq!(notice(terminal.require(Role::Viewer)), "account.not_allowed");
        assert_eq!(terminal.require_terminal().unwrap(), "t");
        assert!(user(Role::Administrator, false).require_terminal().is_err());
    }
}

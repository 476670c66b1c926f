//! `driver-client connect`: tries a server and a token, and keeps them.

use clap::Args;
use fault::{Context as _, Result};
use protocol::api::{EnrolRequest, Enrolled, TerminalProgram};
use protocol::client::{Credentials, Secret};
use serde_json::json;
use std::io::{IsTerminal as _, Read as _, Write as _};

use crate::cli::Context;
use crate::limits::OWN_FILE_BYTES_MAX;
use crate::machine;
use crate::send::PLACE;
use crate::settings::{self, Settings};

/// How the machine gets its token. Without any of these, and without `--token-file`, it is read from the standard input.
#[derive(Debug, Args)]
pub(crate) struct Connect {
    /// Make this machine a terminal of the center with an enrolment token 用注册令牌注册本机
    #[arg(long, value_name = "T", env = "DRIVER_CLIENT_ENROLMENT_TOKEN", hide_env_values = true)]
    enrolment_token: Option<String>,
    /// Name of this machine 本机名称 [default: that of the system]
    #[arg(long, value_name = "NAME", requires = "enrolment_token")]
    name: Option<String>,
}

impl Connect {
    /// Tries, then keeps.
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let (ui, given) = (&context.ui, &context.given);
        let server = given.server.clone().ok_or_else(|| {
            fault::Error::invalid("connect without --server").with_notice("client.not_connected")
        })?;
        let ca_file = given.ca_file.as_deref().map(std::path::absolute).transpose();
        let ca_file = ca_file.context(|| "find the trusted certificates")?;
        let anonymous = settings::connection(&server, Credentials::None, ca_file.as_deref(), ui.language)?;
        if is_readable_on_the_way(&server) {
            ui.remark(&ui.text("connect.plain", &[]));
        }
        let token = match &self.enrolment_token {
            Some(token) => {
                let name = self.name.clone().unwrap_or_else(machine::name);
                let program = Some(TerminalProgram::DriverClient);
                let (token, mac) = (token.clone(), machine::mac());
                let request = EnrolRequest { token, name, mac, program, keep_name: false };
                anonymous.post_json::<_, Enrolled>("/api/v1/terminals/enrol", &request)?.secret
            }
            None => settings::given_token(given)?.map_or_else(|| ask(context), Ok)?,
        };
        let client = anonymous.with_credentials(Credentials::Bearer(Secret::new(&*token)?));
        let largest = client.ask_about_uploads(PLACE)?;
        let path = settings::keep(&Settings { server: server.clone(), token, ca_file })?;
        let path = path.display().to_string();
        let value = json!({"server": server, "settings": path, "largest_bytes": largest});
        ui.result(&value, &ui.text("connect.done", &[("server", &server), ("path", &path)]));
        Ok(())
    }
}

/// The token from the standard input.
fn ask(context: &Context) -> Result<String> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        context.ui.remark(&context.ui.text("connect.ask", &[]));
        // It is shown in any case when the line ends.
        let _shown = std::io::stderr().flush();
        let mut line = String::new();
        input.read_line(&mut line).context(|| "read a token")?;
        return settings::token_of(line.as_bytes());
    }
    let mut bytes = Vec::new();
    input.by_ref().take(OWN_FILE_BYTES_MAX).read_to_end(&mut bytes).context(|| "read a token")?;
    settings::token_of(&bytes)
}

/// A token to another machine without TLS can be read on the way.
fn is_readable_on_the_way(server: &str) -> bool {
    let host = server.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    host.is_some_and(|host| !host.starts_with("127.") && host != "localhost" && host != "[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_way_that_others_see_is_warned_of() {
        assert!(is_readable_on_the_way("http://10.0.0.1:8088"));
        for good in ["https://10.0.0.1", "http://127.0.0.1:8088", "http://localhost"] {
            assert!(!is_readable_on_the_way(good), "{good}");
        }
    }
}

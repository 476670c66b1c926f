//! `driver-center login`: from name and password to a token that the other commands use.

use crate::cli::context::{Context, OK};
use crate::cli::prompt::{Terminal, line_of, new_password, warn_of_plain_text};
use fault::{Error, Result};
use protocol::api::{Login, NewToken};
use serde_json::json;

/// Who signs in.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// User name; asked for when it is missing. 用户名
    #[arg(long)]
    name: Option<String>,
    /// Read the password from the first line of the standard input, and a new one from the second. 从标准输入读取密码
    #[arg(long, requires = "name")]
    password_stdin: bool,
    /// Days until the token ends; without, it is good until logout. 令牌有效天数
    #[arg(long)]
    days: Option<u32>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    warn_of_plain_text(context);
    let mut login = ask(context, &arguments)?;
    let sign_in = |login: &Login| context.client.post_json::<_, NewToken>("/api/v1/login", login);
    let token = match sign_in(&login) {
        Err(error) if is_one_time(&error) && !arguments.password_stdin => {
            context.remark(
                context
                    .pick("这是一次性密码，请设置新密码。", "This is a one-time password; choose a new one."),
            );
            login.new_password = Some(new_password(context)?);
            sign_in(&login)
        }
        outcome => outcome,
    }?;
    let path = context.tokens.keep(&token.token, token.id)?;
    let value = json!({"name": login.name, "server": context.tokens.server, "token_file": path, "token_id": token.id});
    context.answer(&value, || {
        format!("{} {}@{}", context.pick("已登录：", "signed in:"), login.name, context.tokens.server)
    })?;
    Ok(OK)
}

fn ask(context: &Context, arguments: &Arguments) -> Result<Login> {
    let token_name = format!("driver-center {}", host_name());
    let login = |name, password, new_password| Login {
        name,
        password,
        new_password,
        token_name,
        days: arguments.days,
    };
    if let (true, Some(name)) = (arguments.password_stdin, &arguments.name) {
        let mut input = std::io::stdin().lock();
        let password = line_of(&mut input)?
            .ok_or_else(|| Error::invalid("no password").with_notice("cli.no_password"))?;
        let new = line_of(&mut input)?.filter(|new| !new.is_empty());
        return Ok(login(name.clone(), password, new));
    }
    let mut terminal = Terminal::open()?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => terminal.ask(context.pick("用户名：", "Name: "))?,
    };
    let password = terminal.ask_hidden(context.pick("密码：", "Password: "))?;
    Ok(login(name, password, None))
}

fn is_one_time(error: &Error) -> bool {
    error.notice().is_some_and(|notice| notice.id == "account.must_change_password")
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

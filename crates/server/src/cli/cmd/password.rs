//! `driver-center password`: one's own.

use crate::cli::context::{Context, OK};
use crate::cli::prompt::{self, Terminal};
use fault::{Error, Result};
use protocol::api::PasswordChange;
use protocol::thor::DoneAnswer;
use serde_json::json;

/// Where it comes from.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Read the present password from the first line of the standard input, and the new one from the second. 从标准输入读取密码
    #[arg(long)]
    password_stdin: bool,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    prompt::warn_of_plain_text(context);
    let change = if arguments.password_stdin { read()? } else { ask(context)? };
    context.client.post_json::<_, DoneAnswer>("/api/v1/password", &change)?;
    context.answer(&json!({"password_changed": true}), || {
        let text = context.pick(
            "密码已修改；浏览器中的登录已全部退出，令牌仍然有效。",
            "Changed. Whoever was signed in in a browser is signed out; tokens stay good.",
        );
        text.to_owned()
    })?;
    Ok(OK)
}

fn read() -> Result<PasswordChange> {
    let mut input = std::io::stdin().lock();
    let mut next = || {
        let line = prompt::line_of(&mut input)?;
        line.ok_or_else(|| Error::invalid("no password came").with_notice("cli.no_password"))
    };
    Ok(PasswordChange { current: next()?, new: next()? })
}

fn ask(context: &Context) -> Result<PasswordChange> {
    let current = Terminal::open()?.ask_hidden(context.pick("当前密码：", "Present password: "))?;
    Ok(PasswordChange { current, new: prompt::new_password(context)? })
}

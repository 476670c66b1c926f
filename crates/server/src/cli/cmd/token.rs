//! `driver-center token`: the caller's API tokens, for scripts and monitoring.

use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table};
use crate::cli::words::since;
use fault::Result;
use protocol::api::{ApiToken, NewToken, TokenRequest};
use serde_json::json;

const PATH: &str = "/api/v1/tokens";

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make one with your role; it is shown this once. 新建
    Create {
        /// What it is for. 用途
        name: String,
        /// Days until it ends; without, it does not. 有效天数
        #[arg(long)]
        days: Option<u32>,
    },
    /// List yours. 列表
    List,
    /// Withdraw one of yours. 撤销
    Revoke {
        /// Its number. 编号
        id: i64,
    },
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::Create { name, days } => {
            let token: NewToken = context.client.post_json(PATH, &TokenRequest { name, days })?;
            context.answer(&token, || token.token.clone())?;
        }
        Action::List => {
            let tokens: Vec<ApiToken> = context.client.get_json(PATH)?;
            context.answer(&tokens, || table(context, &tokens))?;
        }
        Action::Revoke { id } => {
            context.client.delete(&format!("{PATH}/{id}"))?;
            let text = context.pick("已撤销。", "Withdrawn.");
            context.answer(&json!({"revoked": id}), || text.to_owned())?;
        }
    }
    Ok(OK)
}

fn table(context: &Context, tokens: &[ApiToken]) -> String {
    let language = context.language;
    let never = || context.pick("不过期", "never").to_owned();
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("用途", "Name"), Side::Left),
        (context.pick("创建时间", "Made"), Side::Left),
        (context.pick("上次使用", "Used"), Side::Left),
        (context.pick("到期", "Ends"), Side::Left),
    ]);
    for token in tokens {
        table.row([
            token.id.to_string(),
            token.name.clone(),
            since(Some(&token.created_at), language),
            since(token.last_used_at.as_deref(), language),
            token.expires_at.as_ref().map_or_else(never, |end| since(Some(end), language)),
        ]);
    }
    table.text(context.pick("没有令牌。", "There is no token."))
}

//! `driver-center enrolment-token`: what lets machines become terminals.

use crate::cli::context::{Context, OK};
use crate::cli::table::{Side, Table};
use crate::cli::words::since;
use fault::Result;
use protocol::api::{EnrolmentToken, EnrolmentTokenRequest, NewToken};
use serde_json::json;

const PATH: &str = "/api/v1/enrolment-tokens";

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make one; it is shown this once. 新建
    Create(New),
    /// List those that are still good. 列表
    List,
    /// Withdraw one; terminals that it has introduced stay. 撤销
    Revoke {
        /// Its number. 编号
        id: i64,
    },
}

/// What it is good for.
#[derive(clap::Args)]
struct New {
    /// What it is for. 用途
    #[arg(long, default_value = "driver-center")]
    name: String,
    /// How many terminals may use it. 可用次数
    #[arg(long, default_value_t = 1)]
    uses: u32,
    /// Hours until it ends. 有效小时数
    #[arg(long, default_value_t = 24)]
    hours: u32,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::Create(new) => create(context, new)?,
        Action::List => {
            let tokens: Vec<EnrolmentToken> = context.client.get_json(PATH)?;
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

fn create(context: &Context, new: New) -> Result<()> {
    let request = EnrolmentTokenRequest { name: new.name, uses: new.uses, hours: new.hours };
    let token: NewToken = context.client.post_json(PATH, &request)?;
    context.remark(context.pick("在终端上运行：", "On the terminal, run:"));
    context.remark(&format!("  tool-disk enrol --server {} --token …", context.tokens.server));
    context.answer(&token, || token.token.clone())
}

fn table(context: &Context, tokens: &[EnrolmentToken]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("用途", "Name"), Side::Left),
        (context.pick("剩余次数", "Uses left"), Side::Right),
        (context.pick("到期", "Ends"), Side::Left),
        (context.pick("用户", "Who"), Side::Left),
        (context.pick("创建时间", "Made"), Side::Left),
    ]);
    for token in tokens {
        table.row([
            token.id.to_string(),
            token.name.clone(),
            token.uses_left.to_string(),
            since(Some(&token.expires_at), language),
            token.created_by.clone(),
            since(Some(&token.created_at), language),
        ]);
    }
    table.text(context.pick("没有注册令牌。", "There is no enrolment token."))
}

//! `driver-center printer set`.

use super::PATH;
use crate::cli::context::Context;
use crate::cli::prompt::{self, Terminal};
use crate::cli::resolve;
use fault::{Error, Result};
use protocol::thor::{DoneAnswer, Environment, NumberOrText, Password, PrinterUpdate};
use serde_json::json;

/// Which printer driver, and what becomes of it.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(
    ["name", "system", "kind", "paper", "sides", "address", "share", "account", "password", "password_stdin",
     "no_password", "port", "protocol", "describe"]))]
pub(super) struct Change {
    /// Number or name of the printer driver. 编号或名称
    printer: String,
    /// New name. 新名称
    #[arg(long)]
    name: Option<String>,
    /// New system, by number or name, such as Windows10_64. 系统
    #[arg(long)]
    system: Option<String>,
    /// How it is connected. 类型
    #[arg(long = "type", value_enum)]
    kind: Option<Kind>,
    /// Size of the paper, such as A4. 纸张
    #[arg(long)]
    paper: Option<String>,
    /// Sides that are printed on. 单双面
    #[arg(long, value_enum)]
    sides: Option<Sides>,
    /// The host that shares it (\\host\share names both), or its own address. 地址
    #[arg(long, value_name = "HOST")]
    address: Option<String>,
    /// Name of the share, or of the queue. 共享名
    #[arg(long)]
    share: Option<String>,
    /// Account of the host that shares it. 账户
    #[arg(long)]
    account: Option<String>,
    /// Ask for the password of that account. 输入密码
    #[arg(long, conflicts_with_all = ["password_stdin", "no_password"])]
    password: bool,
    /// Read the password from the standard input. 从标准输入读取密码
    #[arg(long, conflicts_with = "no_password")]
    password_stdin: bool,
    /// Forget the password. 清除密码
    #[arg(long)]
    no_password: bool,
    /// Name of the local port, or number of the network port. 端口
    #[arg(long)]
    port: Option<String>,
    /// What a network printer speaks: RAW, LPR, IPP or WSD. 协议
    #[arg(long)]
    protocol: Option<String>,
    /// New description; an empty one takes it away. 描述
    #[arg(long, value_name = "TEXT")]
    describe: Option<String>,
}

/// A type of printer as an option.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// 本地
    Local,
    /// 共享
    Shared,
    /// 网络
    Network,
}

/// Sides as an option.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Sides {
    /// 单面
    One,
    /// 双面，长边翻转
    LongEdge,
    /// 双面，短边翻转
    ShortEdge,
}

pub(super) fn run(context: &Context, change: Change) -> Result<()> {
    let id = resolve::printer(context, &change.printer)?.id;
    let update = PrinterUpdate { id, password: password(context, &change)?, ..of(change) };
    context.client.put_json::<_, DoneAnswer>(PATH, &update)?;
    context.answer(&json!({"changed": id}), || format!("{} {id}", context.pick("已修改", "changed")))
}

fn of(change: Change) -> PrinterUpdate {
    PrinterUpdate {
        name: change.name,
        environment: change.system.map(Environment::Text),
        kind: change.kind.map(|kind| match kind {
            Kind::Local => 1,
            Kind::Shared => 2,
            Kind::Network => 3,
        }),
        paper: change.paper.map(NumberOrText::Text),
        duplex_print: change.sides.map(|sides| match sides {
            Sides::One => 1,
            Sides::LongEdge => 21,
            Sides::ShortEdge => 22,
        }),
        ip: change.address,
        share: change.share,
        accounts: change.account,
        port: change.port.map(NumberOrText::Text),
        protocol: change.protocol,
        describe: change.describe,
        ..PrinterUpdate::default()
    }
}

fn password(context: &Context, change: &Change) -> Result<Option<Password>> {
    if change.no_password {
        return Ok(Some(Password::new("")));
    }
    if change.password_stdin {
        let line = prompt::line_of(&mut std::io::stdin().lock())?;
        let line = line.ok_or_else(|| Error::invalid("no password came").with_notice("cli.no_password"))?;
        return Ok(Some(Password::new(line)));
    }
    if !change.password {
        return Ok(None);
    }
    let question = context.pick("打印机密码：", "Password of the printer: ");
    Terminal::open()?.ask_hidden(question).map(|text| Some(Password::new(text)))
}

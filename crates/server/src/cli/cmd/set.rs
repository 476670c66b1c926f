//! `driver-center set`.

use crate::cli::context::{Context, OK};
use crate::cli::resolve;
use fault::Result;
use protocol::thor::{DoneAnswer, DriverUpdate, Environment};
use serde_json::json;

/// Which driver, and what becomes of it.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["name", "system", "describe"]))]
pub(crate) struct Arguments {
    /// Number or name of the driver. 编号或名称
    driver: String,
    /// New name. 新名称
    #[arg(long)]
    name: Option<String>,
    /// New system, by number or name, such as Windows10_64. 系统
    #[arg(long)]
    system: Option<String>,
    /// New description; an empty one takes it away. 描述
    #[arg(long, value_name = "TEXT")]
    describe: Option<String>,
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    let found = resolve::drivers(context, std::slice::from_ref(&arguments.driver))?;
    let id = found.first().map(|driver| driver.id).unwrap_or_default();
    let environment = arguments.system.map(Environment::Text);
    let update = DriverUpdate { id, name: arguments.name, environment, describe: arguments.describe };
    context.client.put_json::<_, DoneAnswer>("/thor/voi/driver", &update)?;
    context.answer(&json!({"changed": id}), || format!("{} {id}", context.pick("已修改", "changed")))?;
    Ok(OK)
}

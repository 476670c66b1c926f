//! `driver-center template`: templates and their drivers.

mod change;
mod plan;
mod show;

use crate::cli::context::{Context, OK};
use fault::Result;

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List them, with their drivers. 列表
    List,
    /// List the images of the store that templates can be made of. 可导入的镜像
    Images,
    /// Make one, perhaps of an image of the store. 新建或导入
    Create(change::New),
    /// Change its name or system. 修改
    Set(change::Change),
    /// Associate drivers with one, or take them away. 关联驱动
    Relate(change::Relate),
    /// Delete one from which nothing is made any more. 删除
    Delete {
        /// Number or name of the template. 编号或名称
        template: String,
    },
    /// Say which packages a terminal takes for it, and why. 终端驱动方案
    Plan(plan::Machine),
}

pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    match arguments.action {
        Action::List => show::list(context)?,
        Action::Images => show::images(context)?,
        Action::Create(new) => change::create(context, new)?,
        Action::Set(change) => change::set(context, change)?,
        Action::Relate(relate) => change::relate(context, &relate)?,
        Action::Delete { template } => change::delete(context, &template)?,
        Action::Plan(machine) => plan::run(context, &machine)?,
    }
    Ok(OK)
}

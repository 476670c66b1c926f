//! `driver-center desktop` and `driver-center scene`: what is made from templates.

use crate::cli::context::{Context, OK};
use crate::cli::resolve::{self, Made};
use crate::cli::table::{Side, Table};
use crate::cli::words::{since, system, yes};
use fault::Result;
use protocol::thor::{DataAnswer, Desktop, DesktopRequest};
use serde_json::json;
use wording::clean;

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List them, with their templates. 列表
    List,
    /// Make one from a template. 新建
    Create {
        /// Its name. 名称
        name: String,
        /// Number or name of the template. 模板编号或名称
        #[arg(long)]
        template: String,
        /// Free text. 描述
        #[arg(long)]
        describe: Option<String>,
    },
    /// Delete those that are named. 删除
    Delete {
        /// Numbers or names. 编号或名称
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}

/// Personal desktops.
pub(crate) fn run(context: &Context, arguments: Arguments) -> Result<u8> {
    act(context, Made::Desktop, arguments.action)
}

/// Scenes.
pub(crate) fn run_scene(context: &Context, arguments: Arguments) -> Result<u8> {
    act(context, Made::Scene, arguments.action)
}

fn act(context: &Context, made: Made, action: Action) -> Result<u8> {
    match action {
        Action::List => {
            let all = resolve::all_made(context, made)?;
            context.answer(&all, || table(context, made, &all))?;
        }
        Action::Create { name, template, describe } => {
            let image_id = resolve::template(context, &template)?.id;
            create(
                context,
                made,
                &DesktopRequest { name, image_id, describe, is_allow_heterogeneous: None },
            )?;
        }
        Action::Delete { names } => delete(context, made, &names)?,
    }
    Ok(OK)
}

fn create(context: &Context, made: Made, request: &DesktopRequest) -> Result<()> {
    let answer: DataAnswer<Vec<Desktop>> = context.client.post_json(made.path(), request)?;
    context.answer(&answer.data, || lines(context.pick("已新建", "made"), &answer.data))
}

fn delete(context: &Context, made: Made, asked: &[String]) -> Result<()> {
    let found = resolve::made(context, made, asked)?;
    for one in &found {
        context.client.delete(&format!("/api/v1/desktops/{}", one.id))?;
    }
    let ids: Vec<i64> = found.iter().map(|one| one.id).collect();
    context.answer(&json!({"deleted": ids}), || lines(context.pick("已删除", "deleted"), &found))
}

fn lines(done: &str, all: &[Desktop]) -> String {
    let lines = all.iter().map(|one| format!("{done} {} {}", one.id, clean(&one.name)));
    lines.collect::<Vec<_>>().join("\n")
}

fn table(context: &Context, made: Made, all: &[Desktop]) -> String {
    let language = context.language;
    let mut table = Table::new([
        (context.pick("编号", "ID"), Side::Right),
        (context.pick("名称", "Name"), Side::Left),
        (context.pick("模板", "Template"), Side::Left),
        (context.pick("系统", "System"), Side::Left),
        (context.pick("异构", "Heterogeneous"), Side::Left),
        (context.pick("异构版本", "hg_version"), Side::Right),
        (context.pick("创建时间", "Made"), Side::Left),
        (context.pick("描述", "Description"), Side::Left),
    ]);
    for one in all {
        table.row([
            one.id.to_string(),
            one.name.clone(),
            one.image_name.clone(),
            system(one.os_type, language),
            yes(one.is_allow_heterogeneous, language),
            one.hg_version.to_string(),
            since(Some(&one.create_at), language),
            one.describe.clone().unwrap_or_default(),
        ]);
    }
    table.text(match made {
        Made::Desktop => context.pick("没有办公桌面。", "There is no desktop."),
        Made::Scene => context.pick("没有场景。", "There is no scene."),
    })
}

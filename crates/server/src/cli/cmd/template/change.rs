//! `driver-center template create`, `… set`, `… relate`, `… delete`.

use crate::cli::context::Context;
use crate::cli::resolve;
use fault::Result;
use protocol::api::{TemplateRequest, TemplateUpdate};
use protocol::thor::{DoneAnswer, Environment, ImageRelate, Template};
use serde_json::json;
use wording::clean;

/// A new template.
#[derive(clap::Args)]
pub(super) struct New {
    /// Its name. 名称
    name: String,
    /// What is made from it. 类型
    #[arg(long = "type", value_enum)]
    kind: Kind,
    /// Its system, by number or name, such as Windows10_64. 系统
    #[arg(long)]
    system: String,
    /// The image of the store that it is made of (see images). 镜像
    #[arg(long, value_name = "UUID")]
    image: Option<String>,
}

/// A type of template as an option.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// 公用桌面（场景）
    Public,
    /// 个人桌面
    Personal,
}

/// What becomes of a template.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["name", "system"]))]
pub(super) struct Change {
    /// Number or name of the template. 编号或名称
    template: String,
    /// New name. 新名称
    #[arg(long)]
    name: Option<String>,
    /// New system, by number or name. 系统
    #[arg(long)]
    system: Option<String>,
}

/// The drivers of a template.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("drivers").required(true).multiple(true).args(
    ["universal", "no_universal", "extracted", "no_extracted"]))]
pub(super) struct Relate {
    /// Number or name of the template. 编号或名称
    template: String,
    /// Its universal driver. 万能驱动
    #[arg(long, value_name = "DRIVER", conflicts_with = "no_universal")]
    universal: Option<String>,
    /// Take the universal driver away. 取消万能驱动
    #[arg(long)]
    no_universal: bool,
    /// Its extracted driver. 提取驱动
    #[arg(long, value_name = "DRIVER", conflicts_with = "no_extracted")]
    extracted: Option<String>,
    /// Take the extracted driver away. 取消提取驱动
    #[arg(long)]
    no_extracted: bool,
}

pub(super) fn create(context: &Context, new: New) -> Result<()> {
    let request = TemplateRequest {
        name: new.name,
        os_type: Environment::Text(new.system),
        kind: match new.kind {
            Kind::Public => 1,
            Kind::Personal => 2,
        },
        uuid: new.image,
    };
    let made: Template = context.client.post_json("/api/v1/templates", &request)?;
    context.answer(&made, || format!("{} {} {}", context.pick("已新建", "made"), made.id, clean(&made.name)))
}

pub(super) fn set(context: &Context, change: Change) -> Result<()> {
    let id = resolve::template(context, &change.template)?.id;
    let update = TemplateUpdate { name: change.name, os_type: change.system.map(Environment::Text) };
    let changed: Template = context.client.put_json(&format!("/api/v1/templates/{id}"), &update)?;
    context.answer(&changed, || format!("{} {id}", context.pick("已修改", "changed")))
}

pub(super) fn relate(context: &Context, relate: &Relate) -> Result<()> {
    let id = resolve::template(context, &relate.template)?.id;
    let request = ImageRelate {
        id,
        universal_driver_id: driver(context, relate.universal.as_deref(), relate.no_universal)?,
        extractive_driver_id: driver(context, relate.extracted.as_deref(), relate.no_extracted)?,
    };
    context.client.post_json::<_, DoneAnswer>("/thor/voi/image_relate_drive", &request)?;
    let template: Template = context.client.get_json(&format!("/api/v1/templates/{id}"))?;
    context.answer(&template, || {
        format!("{} {id}: hg_version {}", context.pick("已修改", "changed"), template.hg_version)
    })
}

/// The number of the named driver, none to take it away, nothing to leave it.
fn driver(context: &Context, asked: Option<&str>, none: bool) -> Result<Option<Option<i64>>> {
    match asked {
        None if none => Ok(Some(None)),
        None => Ok(None),
        Some(name) => {
            let found = resolve::drivers(context, &[name.to_owned()])?;
            Ok(Some(found.first().map(|driver| driver.id)))
        }
    }
}

pub(super) fn delete(context: &Context, asked: &str) -> Result<()> {
    let template = resolve::template(context, asked)?;
    context.client.delete(&format!("/api/v1/templates/{}", template.id))?;
    context.answer(&json!({"deleted": [template.id]}), || {
        format!("{} {} {}", context.pick("已删除", "deleted"), template.id, clean(&template.name))
    })
}

//! `driver-center template plan`: which packages a machine takes, and why.

use crate::cli::context::Context;
use crate::cli::own_files;
use crate::cli::resolve;
use crate::cli::table::{Side, Table};
use crate::cli::words::{driver_type, plan_reason};
use fault::Result;
use protocol::api::{HardwareDevice, Plan, PlanPackage, PlanRequest};
use protocol::client::with_query;
use std::path::PathBuf;
use wording::clean;

/// Which template, and which machine.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("machine").required(true).args(["terminal", "devices", "id"]))]
pub(super) struct Machine {
    /// Number or name of the template. 编号或名称
    template: String,
    /// A terminal that has said what is in it. 终端
    #[arg(long)]
    terminal: Option<String>,
    /// A file with a hardware ID in each line; lines of one device follow each other, an empty line ends it. 硬件 ID 文件
    #[arg(long, value_name = "FILE")]
    devices: Option<PathBuf>,
    /// A hardware ID of a device; may be given several times. 硬件 ID
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
}

pub(super) fn run(context: &Context, machine: &Machine) -> Result<()> {
    let id = resolve::template(context, &machine.template)?.id;
    let place = format!("/api/v1/templates/{id}/plan");
    let plan: Plan = match &machine.terminal {
        Some(terminal) => {
            let found = resolve::terminals(context, std::slice::from_ref(terminal))?;
            let id = found.first().map(|terminal| terminal.id.clone()).unwrap_or_default();
            context.client.get_json(&with_query(&place, &[("terminal", &id)]))?
        }
        None => {
            let devices = match &machine.devices {
                Some(path) => of_lines(&String::from_utf8_lossy(&own_files::read_given(path)?)),
                None => machine.id.iter().flat_map(|id| of_lines(id)).collect(),
            };
            context.client.post_json(&place, &PlanRequest { devices })?
        }
    };
    context.answer(&plan, || text(context, &plan))
}

/// Devices from lines of hardware IDs, best first; an empty line ends a device.
fn of_lines(text: &str) -> Vec<HardwareDevice> {
    let mut devices = vec![Vec::new()];
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        match (line.is_empty(), devices.last_mut()) {
            (true, _) => devices.push(Vec::new()),
            (false, Some(last)) => last.push(line.to_owned()),
            (false, None) => {}
        }
    }
    let named = devices.into_iter().filter(|ids| !ids.is_empty());
    named
        .map(|hardware_ids| HardwareDevice { name: String::new(), hardware_ids, compatible_ids: Vec::new() })
        .collect()
}

fn text(context: &Context, plan: &Plan) -> String {
    let language = context.language;
    let mut lines = Vec::new();
    let mut numbered = plan
        .packages
        .iter()
        .enumerate()
        .map(|(index, package)| package_lines(context, &format!("{}.", index + 1), package));
    lines.extend(numbered.by_ref().flatten());
    for package in &plan.left_out {
        lines.extend(package_lines(context, "-", package));
    }
    if lines.is_empty() {
        lines.push(context.pick("该模板没有关联驱动。", "The template has no drivers.").to_owned());
    }
    if !plan.unserved.is_empty() {
        let names = plan.unserved.iter().map(|name| clean(name)).collect::<Vec<_>>().join(", ");
        let head = match language {
            crate::messages::Language::Chinese => "没有驱动的设备",
            crate::messages::Language::English => "Devices without a driver in these packages",
        };
        lines.push(format!("{head}: {names}"));
    }
    lines.join("\n")
}

fn package_lines(context: &Context, mark: &str, package: &PlanPackage) -> Vec<String> {
    let head = format!(
        "{mark} {} ({}): {}",
        clean(&package.name),
        driver_type(package.kind, context.language),
        plan_reason(&package.reason, context.language)
    );
    if package.devices.is_empty() {
        return vec![head];
    }
    let mut table = Table::new([
        ("", Side::Left),
        (context.pick("设备", "Device"), Side::Left),
        (context.pick("匹配的 ID", "Matched ID"), Side::Left),
        (context.pick("匹配度", "Score"), Side::Right),
        ("INF", Side::Left),
    ]);
    for device in &package.devices {
        table.row([
            if device.is_best { "*" } else { " " }.to_owned(),
            device.device.clone(),
            device.id.clone(),
            format!("{:04X}", device.score),
            device.inf.clone(),
        ]);
    }
    let rows = table.text("");
    std::iter::once(head).chain(rows.lines().map(|line| format!("   {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_ends_a_device() {
        let devices = of_lines("\u{feff}PCI\\A\r\nPCI\\B\r\n\r\n\r\nUSB\\C\n");
        let ids: Vec<_> = devices.into_iter().map(|device| device.hardware_ids).collect();
        assert_eq!(ids, [vec!["PCI\\A".to_owned(), "PCI\\B".to_owned()], vec!["USB\\C".to_owned()]]);
    }
}

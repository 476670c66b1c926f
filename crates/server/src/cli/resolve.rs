//! From what people type to ids: numbers, names, and beginnings of ids.

use super::context::Context;
use super::limits::{PAGE_ROWS, TERMINALS_PAGE_ROWS};
use fault::{Error, Result};
use protocol::api::{Job, Terminal, TerminalPage, User};
use protocol::client::with_query;
use protocol::thor::{DataAnswer, Desktop, PrinterDriver, ResultAnswer, SystemDriver, Template};

/// Where terminals are listed.
const TERMINALS: &str = "/api/v1/terminals";
const NO_TERMINAL: &str = "cli.no_terminal_called";

/// All system drivers.
pub(super) fn all_drivers(context: &Context) -> Result<Vec<SystemDriver>> {
    Ok(context.client.get_json::<DataAnswer<_>>("/thor/voi/driver")?.data)
}

/// The drivers with these ids or names, in this order.
pub(super) fn drivers(context: &Context, asked: &[String]) -> Result<Vec<SystemDriver>> {
    let all = all_drivers(context)?;
    asked.iter().map(|name| driver_among(&all, name).cloned()).collect()
}

fn driver_among<'a>(all: &'a [SystemDriver], asked: &str) -> Result<&'a SystemDriver> {
    let by_id = asked.parse().ok().and_then(|id: i64| all.iter().find(|driver| driver.id == id));
    by_id.map_or_else(|| only(all, asked, "cli.no_driver", |driver| driver.name == asked), Ok)
}

/// All printer drivers.
pub(super) fn all_printers(context: &Context) -> Result<Vec<PrinterDriver>> {
    Ok(context.client.get_json::<ResultAnswer<_>>("/thor/voi/printer")?.result)
}

/// The printer drivers with these ids or names, in this order.
pub(super) fn printers(context: &Context, asked: &[String]) -> Result<Vec<PrinterDriver>> {
    let all = all_printers(context)?;
    asked.iter().map(|name| printer_among(&all, name).cloned()).collect()
}

/// The printer driver with this id or name.
pub(super) fn printer(context: &Context, asked: &str) -> Result<PrinterDriver> {
    printer_among(&all_printers(context)?, asked).cloned()
}

fn printer_among<'a>(all: &'a [PrinterDriver], asked: &str) -> Result<&'a PrinterDriver> {
    let by_id = asked.parse().ok().and_then(|id: i64| all.iter().find(|printer| printer.id == id));
    by_id.map_or_else(|| only(all, asked, "cli.no_printer", |printer| printer.name == asked), Ok)
}

/// All templates: of public desktops, then of personal ones.
pub(super) fn all_templates(context: &Context) -> Result<Vec<Template>> {
    let mut all = context.client.get_json::<DataAnswer<Vec<Template>>>("/thor/image/1")?.data;
    all.extend(context.client.get_json::<DataAnswer<Vec<Template>>>("/thor/image/2")?.data);
    Ok(all)
}

/// The template with this id or name.
pub(super) fn template(context: &Context, asked: &str) -> Result<Template> {
    let all = all_templates(context)?;
    let by_id = asked.parse().ok().and_then(|id: i64| all.iter().find(|template| template.id == id));
    by_id.map_or_else(|| only(&all, asked, "cli.no_template", |template| template.name == asked), Ok).cloned()
}

/// What is made from templates.
#[derive(Clone, Copy)]
pub(super) enum Made {
    Desktop,
    Scene,
}

impl Made {
    /// Where they are listed and made.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Desktop => "/thor/voi/personal/desktops",
            Self::Scene => "/thor/voi/modes",
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Desktop => "cli.no_desktop",
            Self::Scene => "cli.no_scene",
        }
    }
}

/// All desktops, or all scenes.
pub(super) fn all_made(context: &Context, made: Made) -> Result<Vec<Desktop>> {
    Ok(context.client.get_json::<DataAnswer<_>>(made.path())?.data)
}

/// The desktops or scenes with these ids or names, each once.
pub(super) fn made(context: &Context, made: Made, asked: &[String]) -> Result<Vec<Desktop>> {
    let all = all_made(context, made)?;
    let find = |asked: &String| {
        let by_id = asked.parse().ok().and_then(|id: i64| all.iter().find(|one| one.id == id));
        by_id.map_or_else(|| only(&all, asked, made.missing(), |one| one.name == *asked), Ok).cloned()
    };
    let mut found: Vec<Desktop> = asked.iter().map(find).collect::<Result<_>>()?;
    found.sort_by_key(|one| one.id);
    found.dedup_by_key(|one| one.id);
    Ok(found)
}

/// All users.
pub(super) fn all_users(context: &Context) -> Result<Vec<User>> {
    context.client.get_json("/api/v1/users")
}

/// The user of this name. Never by number: a name may be one, and the wrong user would be shut out.
pub(super) fn user(context: &Context, asked: &str) -> Result<User> {
    let name = asked.trim().to_lowercase();
    only(&all_users(context)?, asked, "cli.no_user", |user| user.name == name).cloned()
}

/// All terminals that fit, by the pages in which they come.
pub(super) fn all_terminals(context: &Context, query: &[(&str, &str)]) -> Result<Vec<Terminal>> {
    let rows = TERMINALS_PAGE_ROWS.to_string();
    let mut found = Vec::new();
    for page in 1.. {
        let page = u64::to_string(&page);
        let query = [query, &[("page", page.as_str()), ("per_page", &rows)]].concat();
        let answer: TerminalPage = context.client.get_json(&with_query(TERMINALS, &query))?;
        let is_last = (answer.terminals.len() as u64) < TERMINALS_PAGE_ROWS;
        found.extend(answer.terminals);
        if is_last {
            break;
        }
    }
    Ok(found)
}

/// The terminals with these names, ids, or beginnings of ids, in this order.
pub(super) fn terminals(context: &Context, asked: &[String]) -> Result<Vec<Terminal>> {
    asked.iter().map(|asked| terminal(context, asked, &[])).collect()
}

/// The same of those that are no terminals with a tool disk, but upload printer drivers.
pub(super) fn driver_clients(context: &Context, asked: &[String]) -> Result<Vec<Terminal>> {
    let which = [("program", "driver_client")];
    asked.iter().map(|asked| terminal(context, asked, &which)).collect()
}

/// By its id or name first, whatever the case of the name; then by the beginning of its id.
fn terminal(context: &Context, asked: &str, which: &[(&str, &str)]) -> Result<Terminal> {
    // Two are enough to know that it is not one; of those that are called alike, one may be written exactly so.
    let find = |by: &'static str| -> Result<Vec<Terminal>> {
        let query = with_query(TERMINALS, &[&[(by, asked), ("per_page", "100")], which].concat());
        Ok(context.client.get_json::<TerminalPage>(&query)?.terminals)
    };
    let by_id = find("id")?;
    if let Some(exact) = by_id.iter().find(|terminal| terminal.id == asked) {
        return Ok(exact.clone());
    }
    let by_name = find("name")?;
    if by_name.iter().filter(|terminal| terminal.name == asked).count() == 1 {
        return only(&by_name, asked, NO_TERMINAL, |terminal| terminal.name == asked).cloned();
    }
    let candidates = if by_name.is_empty() { &by_id } else { &by_name };
    only(candidates, asked, NO_TERMINAL, |_| true).cloned()
}

/// The newest jobs.
pub(super) fn all_jobs(context: &Context) -> Result<Vec<Job>> {
    context.client.get_json(&with_query("/api/v1/jobs", &[("limit", &PAGE_ROWS.to_string())]))
}

/// The job whose id begins so.
pub(super) fn job(context: &Context, asked: &str) -> Result<Job> {
    let all = all_jobs(context)?;
    only(&all, asked, "cli.no_job", |job| job.id.starts_with(asked)).cloned()
}

/// The only one that fits.
fn only<'a, T>(all: &'a [T], asked: &str, missing: &'static str, fits: impl Fn(&T) -> bool) -> Result<&'a T> {
    let mut found = all.iter().filter(|item| !asked.is_empty() && fits(item));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => {
            Err(Error::not_found(format!("find {asked}")).with_notice(missing).with_value("name", asked))
        }
        (Some(_), Some(_)) => Err(Error::conflict(format!("choose among those that are called {asked}"))
            .with_notice("cli.ambiguous")
            .with_value("name", asked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fault::Kind;

    fn driver(id: i64, name: &str) -> SystemDriver {
        let (describe, create_at) = (None, String::new());
        SystemDriver { id, name: name.into(), describe, os_type: 0, kind: 1, tpl_num: 0, size: 0, create_at }
    }

    #[test]
    fn a_driver_is_found_by_number_first_then_by_name() {
        let all = [driver(1, "net"), driver(2, "1"), driver(3, "77")];
        let find = |asked: &str| driver_among(&all, asked).map(|driver| driver.id);
        assert_eq!((find("1").unwrap(), find("net").unwrap(), find("77").unwrap()), (1, 1, 3));
        assert_eq!(find("ne").unwrap_err().kind(), Kind::NotFound);
        assert_eq!(find("").unwrap_err().kind(), Kind::NotFound);
    }

    #[test]
    fn a_beginning_must_fit_only_one() {
        let all = ["abc1", "abd2"];
        let find = |asked: &str| only(&all, asked, "cli.no_job", |id| id.starts_with(asked)).copied();
        assert_eq!(find("abd").unwrap(), "abd2");
        assert_eq!(find("ab").unwrap_err().notice().unwrap().id, "cli.ambiguous");
    }
}

//! `/api/v1/terminals`: the terminals, and what they report.

use crate::http::answer::{Answer, done, plain, rfc3339};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{Address, By, Proved, TerminalId};
use crate::http::extract::{Body, Path, Query};
use crate::http::failure::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse as _, Response};
use center::accounts::{Former, NewTerminal};
use center::db::now;
use center::limits::TERMINALS_PAGE;
use center::{Actor, Center, Chosen, TerminalQuery};
use protocol::api::{
    Directive, EnrolRequest, Enrolled, GroupRequest, Inventory, PushRequest, RemoveRequest, Report, Span,
    Terminal, TerminalFilter, TerminalHistory, TerminalOverview, TerminalPage, TerminalProgram, TerminalSort,
    TerminalState, TerminalsDone,
};
use protocol::thor::DoneAnswer;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wording::number_of;

/// Which page of which terminals, beside the filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The page, from 1.
    #[serde(default = "first_page")]
    #[param(minimum = 1, default = 1)]
    page: u64,
    /// Rows of a page.
    #[serde(default = "page_rows")]
    #[param(minimum = 1, maximum = 1000, default = 50)]
    per_page: u64,
    /// Only those that are called so, whatever the case.
    #[serde(default)]
    name: Option<String>,
    /// Only those whose ids begin so.
    #[serde(default)]
    id: Option<String>,
    /// The order; by name if none is given.
    #[serde(default)]
    #[param(inline)]
    sort: TerminalSort,
    /// Turns the order round.
    #[serde(default)]
    desc: bool,
}

fn first_page() -> u64 {
    1
}

fn page_rows() -> u64 {
    TERMINALS_PAGE
}

/// A page of the terminals that fit everything that is given. A page beyond the last one is empty.
#[utoipa::path(get, path = "/api/v1/terminals", tag = "terminals", operation_id = "list_terminals",
    params(Wanted, TerminalFilter), responses((status = 200, body = TerminalPage)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Query(wanted): Query<Wanted>,
    Query(filter): Query<TerminalFilter>,
) -> Answer<TerminalPage> {
    let Wanted { page, per_page, name, id, sort, desc } = wanted;
    plain(center.list_terminals(&TerminalQuery { filter, name, id, sort, desc, page, per_page }).await?)
}

/// What is counted beside.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Also {
    /// Whether it is counted, too, how many have which version.
    #[serde(default)]
    versions: bool,
}

/// How the terminals stand that fit a filter, whatever `show` says, and all groups.
#[utoipa::path(get, path = "/api/v1/terminals/counts", tag = "terminals", operation_id = "count_terminals",
    params(TerminalFilter, Also), responses((status = 200, body = TerminalOverview)))]
pub(crate) async fn counts(
    State(center): State<Center>,
    Query(filter): Query<TerminalFilter>,
    Query(also): Query<Also>,
) -> Answer<TerminalOverview> {
    plain(center.terminal_overview(&filter, also.versions).await?)
}

/// One terminal.
#[utoipa::path(get, path = "/api/v1/terminals/{id}", tag = "terminals", operation_id = "get_terminal",
    params(("id" = String, Path)), responses((status = 200, body = Terminal)))]
pub(crate) async fn show(State(center): State<Center>, Path(id): Path<String>) -> Answer<Terminal> {
    plain(center.terminal(&id).await?)
}

/// Which history is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowFar {
    /// How far back it goes.
    span: Span,
}

/// How many terminals stood how over time.
#[utoipa::path(get, path = "/api/v1/terminals/history", tag = "terminals", operation_id = "terminal_history",
    params(HowFar), responses((status = 200, body = TerminalHistory)))]
pub(crate) async fn history(
    State(center): State<Center>,
    Query(how_far): Query<HowFar>,
) -> Answer<TerminalHistory> {
    plain(center.terminal_history(how_far.span).await?)
}

/// Tells terminals to take the current version: those that are named, or all that fit a filter.
#[utoipa::path(post, path = "/api/v1/terminals/push", tag = "terminals", operation_id = "push",
    request_body = PushRequest, responses((status = 200, body = TerminalsDone)))]
pub(crate) async fn push(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<PushRequest>,
) -> Answer<TerminalsDone> {
    let named = (request.terminals.clone(), request.groups.clone());
    let chosen = Chosen::of(named.0, named.1, request.r#where.clone())?;
    let only = name_of_only(&center, &request.terminals).await;
    let terminals = center.push(&actor, &chosen).await?;
    audit::record(&center, &actor, "terminal.push", &subject(only, terminals), &request).await;
    plain(TerminalsDone { code: 0, terminals })
}

/// Puts terminals into a group, or out of theirs: those that are named, all of them or none; or all that fit a filter.
#[utoipa::path(post, path = "/api/v1/terminals/group", tag = "terminals", operation_id = "group_terminals",
    request_body = GroupRequest, responses((status = 200, body = TerminalsDone)))]
pub(crate) async fn group(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<GroupRequest>,
) -> Answer<TerminalsDone> {
    let chosen = Chosen::of(request.terminals.clone(), Vec::new(), request.r#where.clone())?;
    let only = name_of_only(&center, &request.terminals).await;
    let terminals = center.set_group(&actor, &chosen, request.group.as_deref()).await?;
    audit::record(&center, &actor, "terminal.group", &subject(only, terminals), &request).await;
    plain(TerminalsDone { code: 0, terminals })
}

/// Removes a terminal: it is listed no longer, and has to enrol again. Its copy of the disk stays.
#[utoipa::path(delete, path = "/api/v1/terminals/{id}", tag = "terminals", operation_id = "remove_terminal",
    params(("id" = String, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn remove(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<String>,
) -> Answer<DoneAnswer> {
    let name = center.remove_terminal(&actor, &id).await?;
    audit::record(&center, &actor, "terminal.remove", &name, &json!({"terminal": id})).await;
    done()
}

/// Removes terminals: those that are named, all of them or none; or all that fit a filter. They are listed no longer, and
/// have to enrol again. Their copies of the disk stay.
#[utoipa::path(post, path = "/api/v1/terminals/remove", tag = "terminals", operation_id = "remove_terminals",
    request_body = RemoveRequest, responses((status = 200, body = TerminalsDone)))]
pub(crate) async fn remove_many(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<RemoveRequest>,
) -> Answer<TerminalsDone> {
    let chosen = Chosen::of(request.terminals.clone(), Vec::new(), request.r#where.clone())?;
    let only = name_of_only(&center, &request.terminals).await;
    let terminals = center.remove_terminals(&actor, &chosen, request.at_most).await?;
    audit::record(&center, &actor, "terminal.remove", &subject(only, terminals), &request).await;
    plain(TerminalsDone { code: 0, terminals })
}

/// The name of the terminal that is named alone.
async fn name_of_only(center: &Center, ids: &[String]) -> Option<String> {
    let [id] = ids else { return None };
    center.terminal(id).await.ok().map(|terminal| terminal.name)
}

/// Whom the audit trail says that something was done to: one by its name, more by how many they were.
fn subject(only: Option<String>, count: u64) -> String {
    only.filter(|_| count == 1).unwrap_or_else(|| number_of(count, "terminal", "terminals"))
}

/// What the audit trail keeps of an enrolment: by which token it was, and what a terminal that was taken over was before.
#[derive(Serialize)]
struct Enrolment<'a> {
    terminal: &'a str,
    mac: &'a str,
    program: Option<TerminalProgram>,
    enrolment_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Before<'a>>,
}

#[derive(Serialize)]
struct Before<'a> {
    name: &'a str,
    address: Option<&'a str>,
    last_seen_at: Option<String>,
}

impl<'a> Before<'a> {
    fn of(former: &'a Former) -> Self {
        let (name, address) = (former.name.as_str(), former.address.as_deref());
        Self { name, address, last_seen_at: former.last_seen_at.map(rfc3339) }
    }
}

/// Makes a machine a terminal of this center; needs an enrolment token. A PC with a tool disk that is known by its MAC address
/// is that terminal again.
#[utoipa::path(post, path = "/api/v1/terminals/enrol", tag = "terminals", operation_id = "enrol",
    request_body = EnrolRequest, responses((status = 200, body = Enrolled)), security(()))]
pub(crate) async fn enrol(
    State(app): State<App>,
    address: Address,
    Body(request): Body<EnrolRequest>,
) -> Answer<Enrolled> {
    let EnrolRequest { token, name, mac, program, keep_name } = request;
    let new = NewTerminal { token: token.into(), name, keep_name, mac: mac.clone(), program };
    let enrolled = app.center.enrol(new, now()).await?;
    let actor = Actor { name: enrolled.name.clone(), address: Some(address.0.to_string()) };
    let before = enrolled.former.as_ref().map(Before::of);
    let action = if before.is_some() { "terminal.enrol_again" } else { "terminal.enrol" };
    let (terminal, enrolment_token) = (enrolled.id.as_str(), enrolled.token_name.as_str());
    let detail = Enrolment { terminal, mac: &mac, program, enrolment_token, before };
    audit::record(&app.center, &actor, action, &enrolled.name, &detail).await;
    plain(Enrolled {
        terminal: enrolled.id,
        secret: enrolled.secret.expose().to_owned(),
        center: app.center.center_id().to_owned(),
        public_key: app.center.public_key_hex(),
        again: enrolled.former.is_some(),
        name: enrolled.name,
    })
}

/// A terminal says how it is and hears what to do.
#[utoipa::path(post, path = "/api/v1/terminals/self/report", tag = "terminals", operation_id = "report",
    request_body = Report, responses((status = 200, body = Directive)))]
pub(crate) async fn report(
    State(app): State<App>,
    by: Proved,
    address: Address,
    Body(report): Body<Report>,
) -> Result<Response, Refusal> {
    let is_at_work = matches!(report.state, TerminalState::Downloading | TerminalState::Applying);
    let directive = app.center.report_proved(&by.id, by.at, report, Some(address.0.to_string())).await?;
    if is_at_work || app.places.may_wait() {
        return Ok(Json(directive).into_response());
    }
    Ok(([(CONNECTION, "close")], Json(Directive { listen: false, ..directive })).into_response())
}

/// Keeps what a terminal says of its hardware.
#[utoipa::path(post, path = "/api/v1/terminals/self/inventory", tag = "terminals", operation_id = "send_inventory",
    request_body = Inventory, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn take_inventory(
    State(center): State<Center>,
    TerminalId(id): TerminalId,
    Body(inventory): Body<Inventory>,
) -> Answer<DoneAnswer> {
    center.take_inventory(&id, &inventory).await?;
    done()
}

/// What a terminal has said of its hardware.
#[utoipa::path(get, path = "/api/v1/terminals/{id}/inventory", tag = "terminals", operation_id = "get_inventory",
    params(("id" = String, Path)), responses((status = 200, body = Inventory)))]
pub(crate) async fn inventory(State(center): State<Center>, Path(id): Path<String>) -> Answer<Inventory> {
    plain(center.inventory(&id).await?)
}

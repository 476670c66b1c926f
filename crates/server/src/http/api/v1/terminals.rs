//! `/api/v1/terminals`: the terminals, and what they report.

use crate::http::answer::{Answer, done, plain};
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::{Address, By, TerminalId};
use crate::http::extract::{Body, Path};
use crate::http::failure::Refusal;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse as _, Response};
use center::accounts::{self, Secret, system_random};
use center::db::now;
use center::{Actor, Center};
use protocol::api::{
    Directive, EnrolRequest, Enrolled, GroupRequest, Inventory, PushRequest, Report, Terminal, TerminalState,
};
use protocol::thor::DoneAnswer;

/// All terminals.
#[utoipa::path(get, path = "/api/v1/terminals", tag = "terminals", operation_id = "list_terminals",
    responses((status = 200, body = Vec<Terminal>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<Vec<Terminal>> {
    plain(center.terminals().await?)
}

/// Tells terminals to take the current version.
#[utoipa::path(post, path = "/api/v1/terminals/push", tag = "terminals", operation_id = "push",
    request_body = PushRequest, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn push(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<PushRequest>,
) -> Answer<DoneAnswer> {
    let mut ids = request.terminals.clone();
    ids.extend(center.terminals_of_groups(&request.groups).await?);
    center.push(&actor, &ids).await?;
    let subject = format!("{} terminals", ids.len());
    audit::record(&center, &actor, "terminal.push", &subject, &request).await;
    done()
}

/// Puts terminals into a group, or out of theirs: all of them or none.
#[utoipa::path(post, path = "/api/v1/terminals/group", tag = "terminals", operation_id = "group_terminals",
    request_body = GroupRequest, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn group(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<GroupRequest>,
) -> Answer<DoneAnswer> {
    center.set_group(&actor, &request.terminals, request.group.as_deref()).await?;
    let subject = format!("{} terminals", request.terminals.len());
    audit::record(&center, &actor, "terminal.group", &subject, &request).await;
    done()
}

/// Removes a terminal: it is listed no longer, and has to enrol again. Its copy of the disk stays.
#[utoipa::path(delete, path = "/api/v1/terminals/{id}", tag = "terminals", operation_id = "remove_terminal",
    params(("id" = String, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn remove(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<String>,
) -> Answer<DoneAnswer> {
    center.remove_terminal(&actor, &id).await?;
    audit::record(&center, &actor, "terminal.remove", &id, &()).await;
    done()
}

/// Makes a machine a terminal of this center; needs an enrolment token.
#[utoipa::path(post, path = "/api/v1/terminals/enrol", tag = "terminals", operation_id = "enrol",
    request_body = EnrolRequest, responses((status = 200, body = Enrolled)), security(()))]
pub(crate) async fn enrol(
    State(app): State<App>,
    address: Address,
    Body(request): Body<EnrolRequest>,
) -> Answer<Enrolled> {
    let token = Secret::from(request.token);
    let db = app.center.db();
    let enrolled =
        accounts::enrol_terminal(db, &token, &request.name, &request.mac, now(), &mut system_random())
            .await?;
    app.center.announce_terminal(&enrolled.id);
    let actor = Actor { name: request.name, address: Some(address.0.to_string()) };
    audit::record(&app.center, &actor, "terminal.enrol", &enrolled.id, &request.mac).await;
    plain(Enrolled {
        terminal: enrolled.id,
        secret: enrolled.secret.expose().to_owned(),
        center: app.center.center_id().to_owned(),
        public_key: app.center.public_key_hex(),
    })
}

/// A terminal says how it is and hears what to do.
#[utoipa::path(post, path = "/api/v1/terminals/self/report", tag = "terminals", operation_id = "report",
    request_body = Report, responses((status = 200, body = Directive)))]
pub(crate) async fn report(
    State(app): State<App>,
    TerminalId(id): TerminalId,
    address: Address,
    Body(report): Body<Report>,
) -> Result<Response, Refusal> {
    let is_at_work = matches!(report.state, TerminalState::Downloading | TerminalState::Applying);
    let directive = app.center.report(&id, report, Some(address.0.to_string())).await?;
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

//! `/api/v1/templates`: templates, what they are made of, and the plan of a terminal.

use crate::http::answer::{Answer, done, plain};
use crate::http::audit;
use crate::http::caller::{By, Caller};
use crate::http::extract::{Body, Path, Query};
use axum::extract::State;
use center::Center;
use center::accounts::Principal;
use fault::Error;
use protocol::api::{Plan, PlanRequest, StoreImage, TemplateRequest, TemplateUpdate};
use protocol::thor::{DoneAnswer, Template};
use serde::Deserialize;
use serde_json::json;

/// Makes a template.
#[utoipa::path(post, path = "/api/v1/templates", tag = "templates", operation_id = "create_template",
    request_body = TemplateRequest, responses((status = 200, body = Template)))]
pub(crate) async fn create(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<TemplateRequest>,
) -> Answer<Template> {
    let made = center.create_template(&actor, request).await?;
    audit::record(&center, &actor, "template.create", &made.name, &made).await;
    plain(made)
}

/// One template.
#[utoipa::path(get, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "get_template",
    params(("id" = i64, Path)), responses((status = 200, body = Template)))]
pub(crate) async fn show(State(center): State<Center>, Path(id): Path<i64>) -> Answer<Template> {
    plain(center.template(id).await?)
}

/// Changes the name or the system of a template.
#[utoipa::path(put, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "update_template",
    params(("id" = i64, Path)), request_body = TemplateUpdate, responses((status = 200, body = Template)))]
pub(crate) async fn update(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<i64>,
    Body(change): Body<TemplateUpdate>,
) -> Answer<Template> {
    let changed = center.update_template(&actor, id, change.clone()).await?;
    audit::record(&center, &actor, "template.update", &changed.name, &change).await;
    plain(changed)
}

/// Deletes a template from which nothing is made any more. Its image stays in the store.
#[utoipa::path(delete, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "delete_template",
    params(("id" = i64, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn delete(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<i64>,
) -> Answer<DoneAnswer> {
    let name = center.template(id).await?.name;
    center.delete_template(&actor, id).await?;
    audit::record(&center, &actor, "template.delete", &name, &()).await;
    done()
}

/// Images of the store that templates can be made of.
#[utoipa::path(get, path = "/api/v1/store-images", tag = "templates", operation_id = "list_store_images",
    responses((status = 200, body = Vec<StoreImage>)))]
pub(crate) async fn images(State(center): State<Center>) -> Answer<Vec<StoreImage>> {
    plain(center.store_images().await?)
}

/// Deletes a desktop or a scene.
#[utoipa::path(delete, path = "/api/v1/desktops/{id}", tag = "templates", operation_id = "delete_desktop",
    params(("id" = i64, Path)), responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn delete_desktop(
    State(center): State<Center>,
    By(actor): By,
    Path(id): Path<i64>,
) -> Answer<DoneAnswer> {
    let name = center.delete_desktop(&actor, id).await?;
    audit::record(&center, &actor, "desktop.delete", &name, &json!({"id": id})).await;
    done()
}

/// Whose plan.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// The terminal; a terminal always gets its own.
    terminal: Option<String>,
}

/// Which packages a terminal takes from its tool disk for this template, in which order, and why; by what it last
/// said of its hardware.
#[utoipa::path(get, path = "/api/v1/templates/{id}/plan", tag = "templates", operation_id = "terminal_plan",
    params(("id" = i64, Path), Whose), responses((status = 200, body = Plan)))]
pub(crate) async fn plan_of_terminal(
    State(center): State<Center>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(whose): Query<Whose>,
) -> Answer<Plan> {
    let terminal = match (&caller.principal, whose.terminal) {
        (Principal::Terminal { id }, _) => id.clone(),
        (Principal::User { .. }, Some(terminal)) => terminal,
        (Principal::User { .. }, None) => {
            let error = Error::invalid("a plan without a terminal").with_notice("http.bad_query");
            return Err(error.with_value("reason", "terminal").into());
        }
    };
    plain(center.plan(id, center.inventory(&terminal).await?.devices).await?)
}

/// The same for a machine with these devices.
#[utoipa::path(post, path = "/api/v1/templates/{id}/plan", tag = "templates", operation_id = "plan",
    params(("id" = i64, Path)), request_body = PlanRequest, responses((status = 200, body = Plan)))]
pub(crate) async fn plan(
    State(center): State<Center>,
    Path(id): Path<i64>,
    Body(request): Body<PlanRequest>,
) -> Answer<Plan> {
    plain(center.plan(id, request.devices).await?)
}

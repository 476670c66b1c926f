//! `/thor/voi/personal/desktops` and `/thor/voi/modes`: what is made from templates.

use crate::http::answer::{Answer, data};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::{Actor, Center};
use protocol::thor::{DataAnswer, Desktop, DesktopRequest, TEMPLATE_PERSONAL, TEMPLATE_PUBLIC};

/// Personal desktops, newest first.
#[utoipa::path(get, path = "/thor/voi/personal/desktops", tag = "platform", operation_id = "list_desktops",
    responses((status = 200, body = DataAnswer<Vec<Desktop>>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<DataAnswer<Vec<Desktop>>> {
    data(center.desktops(TEMPLATE_PERSONAL).await?)
}

/// Makes a personal desktop from a personal-desktop template. Refused while the center is merging.
#[utoipa::path(post, path = "/thor/voi/personal/desktops", tag = "platform", operation_id = "create_desktop",
    request_body = DesktopRequest, responses((status = 200, body = DataAnswer<Vec<Desktop>>)))]
pub(crate) async fn create(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<DesktopRequest>,
) -> Answer<DataAnswer<Vec<Desktop>>> {
    make(&center, &actor, TEMPLATE_PERSONAL, "desktop.create", request).await
}

/// Scenes, newest first.
#[utoipa::path(get, path = "/thor/voi/modes", tag = "platform", operation_id = "list_scenes",
    responses((status = 200, body = DataAnswer<Vec<Desktop>>)))]
pub(crate) async fn list_scenes(State(center): State<Center>) -> Answer<DataAnswer<Vec<Desktop>>> {
    data(center.desktops(TEMPLATE_PUBLIC).await?)
}

/// Makes a scene from a public-desktop template. Refused while the center is merging.
#[utoipa::path(post, path = "/thor/voi/modes", tag = "platform", operation_id = "create_scene",
    request_body = DesktopRequest, responses((status = 200, body = DataAnswer<Vec<Desktop>>)))]
pub(crate) async fn create_scene(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<DesktopRequest>,
) -> Answer<DataAnswer<Vec<Desktop>>> {
    make(&center, &actor, TEMPLATE_PUBLIC, "scene.create", request).await
}

async fn make(
    center: &Center,
    actor: &Actor,
    kind: i32,
    action: &str,
    request: DesktopRequest,
) -> Answer<DataAnswer<Vec<Desktop>>> {
    let made = center.create_desktop(actor, kind, request).await?;
    audit::record(center, actor, action, &made.name, &made).await;
    data(vec![made])
}

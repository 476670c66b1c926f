//! `/thor/image/{type}`: the lists of templates.

use crate::http::answer::{Answer, data};
use crate::http::extract::Path;
use axum::extract::State;
use center::Center;
use protocol::thor::{DataAnswer, Template};

/// Templates: 1 of public desktops, 2 of personal desktops; newest first.
#[utoipa::path(get, path = "/thor/image/{type}", tag = "platform", operation_id = "list_images",
    params(("type" = i32, Path)), responses((status = 200, body = DataAnswer<Vec<Template>>)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Path(kind): Path<i32>,
) -> Answer<DataAnswer<Vec<Template>>> {
    data(center.templates(kind).await?)
}

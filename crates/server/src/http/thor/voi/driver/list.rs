//! `GET /thor/voi/driver`.

use crate::http::answer::{Answer, data};
use axum::extract::State;
use center::Center;
use protocol::thor::{DataAnswer, SystemDriver};

/// All system drivers, newest first.
#[utoipa::path(get, path = "/thor/voi/driver", tag = "platform", operation_id = "list_drivers",
    responses((status = 200, body = DataAnswer<Vec<SystemDriver>>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<DataAnswer<Vec<SystemDriver>>> {
    data(center.drivers().await?)
}

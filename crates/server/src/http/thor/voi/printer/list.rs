//! `GET /thor/voi/printer`.

use crate::http::answer::{Answer, result};
use axum::extract::State;
use center::Center;
use protocol::thor::{PrinterDriver, ResultAnswer};

/// All printer drivers, newest first. Passwords are never answered.
#[utoipa::path(get, path = "/thor/voi/printer", tag = "platform", operation_id = "list_printers",
    responses((status = 200, body = ResultAnswer<Vec<PrinterDriver>>)))]
pub(crate) async fn list(State(center): State<Center>) -> Answer<ResultAnswer<Vec<PrinterDriver>>> {
    result(center.printers().await?)
}

//! `/voi_api/clients`.

use crate::http::answer::{Answer, data};
use axum::extract::State;
use center::Center;
use protocol::thor::{DataAnswer, TaskState};

/// Whether any terminal has a distribution task running.
#[utoipa::path(get, path = "/voi_api/clients/checkallclient_isupdatestatus", tag = "platform",
    operation_id = "check_send_task", responses((status = 200, body = DataAnswer<TaskState>)))]
pub(crate) async fn is_update_status(State(center): State<Center>) -> Answer<DataAnswer<TaskState>> {
    data(TaskState { is_send_task: i32::from(center.is_send_task().await?) })
}

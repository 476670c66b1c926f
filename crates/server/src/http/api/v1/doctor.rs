//! `/api/v1/doctor`: what the command `doctor` says, of the machine that the server runs on.

use crate::doctor;
use crate::http::answer::{Answer, plain};
use crate::http::app::App;
use crate::http::extract::Spoken;
use axum::extract::State;
use fault::Error;
use protocol::api::Finding;

/// What the server needs from its machine, and what mends it where it is missing.
#[utoipa::path(get, path = "/api/v1/doctor", tag = "state", operation_id = "doctor",
    responses((status = 200, body = Vec<Finding>)))]
pub(crate) async fn check(State(app): State<App>, Spoken(language): Spoken) -> Answer<Vec<Finding>> {
    let config = app.config.clone();
    // It runs programs and asks the database.
    let checking = tokio::task::spawn_blocking(move || doctor::findings(&config, language));
    plain(checking.await.map_err(|e| Error::bug(format!("checking thread: {e}")))?)
}

//! `/voi_api/scene`.

use crate::http::answer::{Answer, data};
use crate::http::extract::{Query, id_list};
use axum::extract::State;
use center::Center;
use protocol::thor::{DataAnswer, Notified};
use serde::Deserialize;

/// Which terminals.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Terminals {
    /// Ids of terminals, as `["…","…"]` or separated by commas.
    ids: String,
}

/// Tells terminals that the heterogeneous version of a template changed: they ask for their plan again.
#[utoipa::path(get, path = "/voi_api/scene/notifyupdatehgdrive", tag = "platform",
    operation_id = "notify_heterogeneous", params(Terminals),
    responses((status = 200, body = DataAnswer<Notified>)))]
pub(crate) async fn notify_update_hg_drive(
    State(center): State<Center>,
    Query(terminals): Query<Terminals>,
) -> Answer<DataAnswer<Notified>> {
    let ids: Vec<String> = id_list(&terminals.ids).map(str::to_owned).collect();
    data(Notified { notified: center.notify_heterogeneous(&ids).await? })
}

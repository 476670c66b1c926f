//! `POST /thor/voi/driver`.

use crate::http::answer::{Answer, done};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use crate::http::thor::voi::require_delete;
use axum::extract::State;
use center::Center;
use protocol::thor::{DoneAnswer, DriverAction};

/// Deletes system drivers: all that are named, or none.
#[utoipa::path(post, path = "/thor/voi/driver", tag = "platform", operation_id = "delete_drivers",
    request_body = DriverAction, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn delete(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<DriverAction>,
) -> Answer<DoneAnswer> {
    require_delete(&request)?;
    let drivers = center.drivers().await?;
    let names = audit::names(drivers.iter().map(|row| (row.id, row.name.as_str())), &request.ids);
    center.delete_drivers(&actor, &request.ids).await?;
    audit::record(&center, &actor, "driver.delete", &names, &request).await;
    done()
}

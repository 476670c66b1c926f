//! `PUT /thor/voi/driver`.

use crate::http::answer::{Answer, done};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::thor::{DoneAnswer, DriverUpdate};

/// Changes the name, the system or the description of a system driver; what is not given stays.
#[utoipa::path(put, path = "/thor/voi/driver", tag = "platform", operation_id = "update_driver",
    request_body = DriverUpdate, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn update(
    State(center): State<Center>,
    By(actor): By,
    Body(change): Body<DriverUpdate>,
) -> Answer<DoneAnswer> {
    let drivers = center.drivers().await?;
    let name = audit::names(drivers.iter().map(|row| (row.id, row.name.as_str())), &[change.id]);
    center.update_driver(&actor, change.clone()).await?;
    audit::record(&center, &actor, "driver.update", &name, &change).await;
    done()
}

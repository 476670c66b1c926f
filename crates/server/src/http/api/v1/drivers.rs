//! `/api/v1/drivers`: what is known of a driver beyond the platform's list.

use crate::http::answer::{Answer, plain};
use crate::http::extract::{Page, Path, Query, Spoken};
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use protocol::api::{DevicePage, DriverDetail};

/// A driver with its package and INF files.
#[utoipa::path(get, path = "/api/v1/drivers/{id}", tag = "drivers", operation_id = "get_driver",
    params(("id" = i64, Path)), responses((status = 200, body = DriverDetail)))]
pub(crate) async fn show(
    State(center): State<Center>,
    Spoken(language): Spoken,
    Path(id): Path<i64>,
) -> Answer<DriverDetail> {
    plain(center.driver(id, &|error| text_of(error, language)).await?)
}

/// Devices that an INF file names.
#[utoipa::path(get, path = "/api/v1/infs/{id}/devices", tag = "drivers", operation_id = "list_devices",
    params(("id" = i64, Path), Page), responses((status = 200, body = DevicePage)))]
pub(crate) async fn devices(
    State(center): State<Center>,
    Path(inf): Path<i64>,
    Query(page): Query<Page>,
) -> Answer<DevicePage> {
    let page = page.checked()?;
    plain(center.devices(inf, page.offset, page.limit).await?)
}

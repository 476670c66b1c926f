//! `/api/v1/printers`: what is known of printer drivers, and the key of their passwords.

use crate::http::answer::{Answer, plain};
use crate::http::extract::{Path, Spoken};
use crate::messages::text_of;
use axum::extract::State;
use center::Center;
use protocol::api::{PrinterDetail, PrinterKey};

/// A printer driver with what its INF files say.
#[utoipa::path(get, path = "/api/v1/printers/{id}", tag = "drivers", operation_id = "show_printer",
    params(("id" = i64, Path)), responses((status = 200, body = PrinterDetail)))]
pub(crate) async fn show(
    State(center): State<Center>,
    Spoken(language): Spoken,
    Path(id): Path<i64>,
) -> Answer<PrinterDetail> {
    plain(center.printer(id, &|error| text_of(error, language)).await?)
}

/// The key that opens `sealed_password` in the public configuration files of shared printers. For terminals only.
#[utoipa::path(get, path = "/api/v1/terminals/self/printer-key", tag = "terminals", operation_id = "printer_key",
    responses((status = 200, body = PrinterKey)))]
pub(crate) async fn key(State(center): State<Center>) -> Answer<PrinterKey> {
    plain(center.printer_key())
}

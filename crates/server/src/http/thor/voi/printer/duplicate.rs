//! `POST /thor/voi/printer/duplicate`.

use crate::http::answer::{Answer, result};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::thor::{PrinterDriver, PrinterDuplicate, ResultAnswer};

/// Copies a printer driver, to be set differently; answers the copy.
#[utoipa::path(post, path = "/thor/voi/printer/duplicate", tag = "platform", operation_id = "duplicate_printer",
    request_body = PrinterDuplicate, responses((status = 200, body = ResultAnswer<Vec<PrinterDriver>>)))]
pub(crate) async fn duplicate(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<PrinterDuplicate>,
) -> Answer<ResultAnswer<Vec<PrinterDriver>>> {
    let copy = center.duplicate_printer(&actor, request.id).await?;
    let copy = center.printer(copy, &ToString::to_string).await?.printer;
    audit::record(&center, &actor, "printer.duplicate", &copy.name, &request).await;
    result(vec![copy])
}

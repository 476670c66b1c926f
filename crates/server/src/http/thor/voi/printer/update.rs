//! `PUT /thor/voi/printer`.

use crate::http::answer::{Answer, done};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use protocol::thor::{DoneAnswer, Password, PrinterUpdate};

/// Changes the settings of a printer driver; what is not given stays.
///
/// It rewrites the public configuration file inside the package, and nothing else of it.
#[utoipa::path(put, path = "/thor/voi/printer", tag = "platform", operation_id = "update_printer",
    request_body = PrinterUpdate, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn update(
    State(center): State<Center>,
    By(actor): By,
    Body(change): Body<PrinterUpdate>,
) -> Answer<DoneAnswer> {
    let printers = center.printers().await?;
    let name = audit::names(printers.iter().map(|row| (row.id, row.name.as_str())), &[change.id]);
    center.update_printer(&actor, change.clone()).await?;
    // That a password was set is worth a note; the password is not.
    let password = change.password.as_ref().map(|_| Password::new("…"));
    let noted = PrinterUpdate { password, ..change };
    audit::record(&center, &actor, "printer.update", &name, &noted).await;
    done()
}

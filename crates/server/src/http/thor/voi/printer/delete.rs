//! `POST /thor/voi/printer`.

use crate::http::answer::{Answer, done};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use fault::Error;
use protocol::thor::{DoneAnswer, DriverAction};

/// Deletes printer drivers: all that are named, or none.
#[utoipa::path(post, path = "/thor/voi/printer", tag = "platform", operation_id = "delete_printers",
    request_body = DriverAction, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn delete(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<DriverAction>,
) -> Answer<DoneAnswer> {
    if request.action != "delete" {
        let error = Error::invalid(format!("action {:?}", request.action)).with_notice("action.unknown");
        return Err(error.with_value("action", request.action).into());
    }
    let printers = center.printers().await?;
    let names = audit::names(printers.iter().map(|row| (row.id, row.name.as_str())), &request.ids);
    center.delete_printers(&actor, &request.ids).await?;
    audit::record(&center, &actor, "printer.delete", &names, &request).await;
    done()
}

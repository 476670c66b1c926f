//! `POST /thor/voi/printer/upload`: one request that brings a printer driver, or the begin of a resumable upload.

use super::super::driver::tus;
use super::super::receive::{Origin, Wanted, receive};
use crate::http::answer::result;
use crate::http::app::App;
use crate::http::caller::{By, Caller};
use crate::http::extract::Query;
use crate::http::failure::Refusal;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use fault::Error;
use protocol::thor::{PrinterDriver, ResultAnswer};
use serde::Deserialize;

/// Where resumable uploads of printer drivers are.
const PATH: &str = "/thor/voi/printer/upload";

/// The query of an upload.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PrinterUploadQuery {
    /// Name of the file, when the body is the file itself.
    name: Option<String>,
    /// Name of the terminal that it comes from; a terminal's own name is known.
    client_name: Option<String>,
    /// MAC address of that terminal.
    client_mac: Option<String>,
}

/// Brings a printer driver, as multipart (fields `file`, `client_name` and `client_mac`, in any order) or as the file
/// itself with its name in `Content-Disposition` or `?name=`. Answers when it is imported.
///
/// Who names a terminal, or is one, gives a printer driver with `upload_type` 1, and a free name if need be.
///
/// With `Tus-Resumable: 1.0.0` it begins a resumable upload (tus 1.0; metadata `filename`, `client_name`,
/// `client_mac`) instead and answers 201 with `Location`.
#[utoipa::path(post, path = "/thor/voi/printer/upload", tag = "platform", operation_id = "upload_printer",
    params(PrinterUploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ResultAnswer<Vec<PrinterDriver>>), (status = 201, description = "tus: begun")))]
pub(crate) async fn upload(
    State(app): State<App>,
    caller: Caller,
    By(actor): By,
    Query(query): Query<PrinterUploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers();
    let said = Origin {
        client_name: query.client_name.or_else(|| tus::metadata(headers, "client_name")),
        client_mac: query.client_mac.or_else(|| tus::metadata(headers, "client_mac")),
    };
    let client = said.completed(&app, &caller).await?;
    if headers.contains_key(tus::RESUMABLE) {
        return tus::begin(&app, &actor, headers, PATH, client.target()).await;
    }
    // Finished even when the client goes away while the center is at work.
    let task = tokio::spawn(async move {
        let wanted = Wanted { name: query.name, is_printer: true, client };
        let imported = receive(&app, &actor, wanted, request).await?;
        let printer = app.center.printer(imported.id, &ToString::to_string).await?.printer;
        Ok::<_, Error>((imported.job, printer))
    });
    let (job, printer) = task.await.map_err(|e| Error::bug(format!("upload task: {e}")))??;
    Ok(([(tus::JOB, job)], result(vec![printer])?).into_response())
}

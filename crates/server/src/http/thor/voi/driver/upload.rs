//! `POST /thor/voi/driver/upload`: one request that brings a system driver, or the begin of a resumable upload.

use super::super::receive::{Wanted, receive};
use super::tus;
use crate::http::answer::data;
use crate::http::app::App;
use crate::http::caller::By;
use crate::http::extract::Query;
use crate::http::failure::Refusal;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use center::Target;
use fault::Error;
use protocol::thor::{DataAnswer, UploadedDriver};
use serde::Deserialize;

/// Where resumable uploads of system drivers are.
const PATH: &str = "/thor/voi/driver/upload";

/// The query of an upload.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// Name of the file, when the body is the file itself.
    name: Option<String>,
}

/// Brings a system driver, as multipart (field `file`) or as the file itself with its name in
/// `Content-Disposition` or `?name=`. Answers when it is imported.
///
/// With `Tus-Resumable: 1.0.0` it begins a resumable upload (tus 1.0) instead and answers 201 with `Location`.
#[utoipa::path(post, path = "/thor/voi/driver/upload", tag = "platform", operation_id = "upload_driver",
    params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = DataAnswer<Vec<UploadedDriver>>), (status = 201, description = "tus: begun")))]
pub(crate) async fn upload(
    State(app): State<App>,
    By(actor): By,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    if request.headers().contains_key(tus::RESUMABLE) {
        return tus::begin(&app, &actor, request.headers(), PATH, Target::SystemDriver).await;
    }
    // Finished even when the client goes away while the center is at work.
    let task = tokio::spawn(async move {
        let wanted = Wanted { name: query.name, ..Wanted::default() };
        let imported = receive(&app, &actor, wanted, request).await?;
        let driver = app.center.driver(imported.id, &ToString::to_string).await?.driver;
        Ok::<_, Error>((imported.job, UploadedDriver::from(driver)))
    });
    let (job, driver) = task.await.map_err(|e| Error::bug(format!("upload task: {e}")))??;
    Ok(([(tus::JOB, job)], data(vec![driver])?).into_response())
}

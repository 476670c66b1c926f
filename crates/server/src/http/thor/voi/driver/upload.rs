//! `POST /thor/voi/driver/upload`: one request that brings a system driver, or the begin of a resumable upload.

use super::tus;
use crate::http::answer::data;
use crate::http::app::App;
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Query;
use crate::http::failure::Refusal;
use crate::uploads::of_disposition;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use center::Actor;
use fault::{Error, Result};
use protocol::thor::{DataAnswer, UploadedDriver};
use serde::Deserialize;

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
        return tus::begin(&app, &actor, request.headers()).await;
    }
    // Finished even when the client goes away while the center is at work.
    let task = tokio::spawn(async move {
        let imported = receive(&app, &actor, query.name, request).await?;
        let driver = app.center.driver(imported.driver, &ToString::to_string).await?.driver;
        audit::record(&app.center, &actor, "driver.import", &driver.name, &driver).await;
        Ok::<_, Error>((imported.job, UploadedDriver::from(driver)))
    });
    let (job, driver) = task.await.map_err(|e| Error::bug(format!("upload task: {e}")))??;
    Ok(([(tus::JOB, job)], data(vec![driver])?).into_response())
}

async fn receive(
    app: &App,
    actor: &Actor,
    name: Option<String>,
    request: Request,
) -> Result<crate::uploads::Imported> {
    let size = content_length(request.headers());
    if is_multipart(request.headers()) {
        return receive_multipart(app, actor, size, request).await;
    }
    let disposition = request.headers().get(header::CONTENT_DISPOSITION);
    let name = name.or_else(|| disposition.and_then(|value| of_disposition(value.as_bytes())));
    let name = app.uploads.admit(name, size).await?;
    app.uploads.import(actor, name, request.into_body().into_data_stream()).await
}

async fn receive_multipart(
    app: &App,
    actor: &Actor,
    size: Option<u64>,
    request: Request,
) -> Result<crate::uploads::Imported> {
    let bad_body =
        |text: String| Error::invalid(text.clone()).with_notice("http.bad_body").with_value("reason", text);
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| bad_body(e.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|e| bad_body(e.body_text()))? {
        if field.name() == Some("file") {
            let disposition = field.headers().get(header::CONTENT_DISPOSITION);
            let name = disposition.and_then(|value| of_disposition(value.as_bytes()));
            let name = app.uploads.admit(name, size).await?;
            return app.uploads.import(actor, name, field).await;
        }
    }
    Err(Error::invalid("multipart body without a field `file`").with_notice("upload.no_name"))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes());
    kind.and_then(|kind| kind.get(..19)).is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/form-data"))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

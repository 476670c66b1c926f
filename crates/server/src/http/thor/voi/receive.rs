//! One request that brings a file, however it is packed.

use crate::http::app::App;
use crate::http::caller::Caller;
use crate::limits::FORM_FIELD_BYTES_MAX;
use crate::uploads::{Imported, of_disposition};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use center::accounts::Principal;
use center::{Actor, Client, Target};
use fault::{Error, Result};

/// What is to become of the file, as far as it is known before the body.
#[derive(Default)]
pub(super) struct Wanted {
    /// Name of the file.
    pub(super) name: Option<String>,
    /// A printer driver, not a system driver.
    pub(super) is_printer: bool,
    /// The terminal that it comes from, as the sender says.
    pub(super) client: Origin,
}

/// The terminal that a printer driver comes from, as far as it is known.
#[derive(Clone, Default)]
pub(super) struct Origin {
    pub(super) client_name: Option<String>,
    pub(super) client_mac: Option<String>,
}

impl Origin {
    /// What a terminal did not say of itself is known from its enrolment.
    pub(super) async fn completed(self, app: &App, caller: &Caller) -> Result<Self> {
        let Principal::Terminal { id } = &caller.principal else { return Ok(self) };
        let known = app.center.client_of_terminal(id).await?;
        Ok(Self {
            client_name: self.client_name.or(Some(known.client_name)),
            client_mac: self.client_mac.or(Some(known.client_mac)),
        })
    }

    /// The target of a printer driver from there.
    pub(super) fn target(self) -> Target {
        Target::PrinterDriver(
            self.client_name
                .filter(|name| !name.is_empty())
                .map(|client_name| Client { client_name, client_mac: self.client_mac.unwrap_or_default() }),
        )
    }
}

impl Wanted {
    fn target(&self) -> Target {
        match self.is_printer {
            true => self.client.clone().target(),
            false => Target::SystemDriver,
        }
    }
}

/// Takes the file of a request in: multipart (field `file`), or the body itself.
pub(super) async fn receive(app: &App, actor: &Actor, wanted: Wanted, request: Request) -> Result<Imported> {
    let size = content_length(request.headers());
    if is_multipart(request.headers()) {
        return receive_multipart(app, actor, wanted, size, request).await;
    }
    let target = wanted.target();
    let disposition = request.headers().get(header::CONTENT_DISPOSITION);
    let name = wanted.name.or_else(|| disposition.and_then(|value| of_disposition(value.as_bytes())));
    let name = app.uploads.admit(actor, name, size, &target).await?;
    app.uploads.import(actor, name, target, request.into_body().into_data_stream()).await
}

async fn receive_multipart(
    app: &App,
    actor: &Actor,
    mut wanted: Wanted,
    size: Option<u64>,
    request: Request,
) -> Result<Imported> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| bad_form(e.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|e| bad_form(e.body_text()))? {
        match field.name() {
            Some("file") => {
                let disposition = field.headers().get(header::CONTENT_DISPOSITION);
                let name = disposition.and_then(|value| of_disposition(value.as_bytes()));
                let target = wanted.target();
                let name = app.uploads.admit(actor, name, size, &target).await?;
                return app.uploads.import(actor, name, target, field).await;
            }
            Some("client_name") => wanted.client.client_name = Some(text_of(field).await?),
            Some("client_mac") => wanted.client.client_mac = Some(text_of(field).await?),
            _ => {}
        }
    }
    Err(Error::invalid("multipart body without a field `file`").with_notice("upload.no_name"))
}

/// A short field as text.
async fn text_of(mut field: Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|e| bad_form(e.body_text()))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FORM_FIELD_BYTES_MAX {
            return Err(bad_form(format!("a field of over {FORM_FIELD_BYTES_MAX} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| bad_form("a field that is no UTF-8".into()))
}

fn bad_form(text: String) -> Error {
    Error::invalid(text).with_notice("upload.failed")
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes());
    kind.and_then(|kind| kind.get(..19)).is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/form-data"))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

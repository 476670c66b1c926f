//! One request that brings a file, however it is packed.

use crate::http::app::App;
use crate::http::caller::Caller;
use crate::limits::{FORM_FIELD_BYTES_MAX, FORM_FIELDS_MAX, UPLOAD_STALL};
use crate::uploads::{Imported, Taken, of_disposition};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use center::accounts::Principal;
use center::{Actor, Client, Target};
use fault::{Error, Result};
use tokio::time::timeout;

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
    let taken = app.uploads.take(name, request.into_body().into_data_stream()).await?;
    app.uploads.import(actor, taken, target).await
}

/// What says of the file where it comes from stands before it or behind it.
async fn receive_multipart(
    app: &App,
    actor: &Actor,
    mut wanted: Wanted,
    size: Option<u64>,
    request: Request,
) -> Result<Imported> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| bad_form(e.body_text()))?;
    let (mut file, mut fields) = (None, 0);
    while let Some(field) = within_patience(form.next_field()).await? {
        fields += 1;
        if fields > FORM_FIELDS_MAX {
            return Err(bad_form(format!("a form of over {FORM_FIELDS_MAX} fields")));
        }
        match field.name() {
            Some("file") if file.is_some() => return Err(bad_form("a form with two files".into())),
            Some("file") => file = Some(take_file(app, actor, &wanted, size, field).await?),
            Some("client_name") => wanted.client.client_name = Some(text_of(field).await?),
            Some("client_mac") => wanted.client.client_mac = Some(text_of(field).await?),
            // So large, it is the file under another name.
            _ if file.is_none() => drop(bytes_of(field).await?.ok_or_else(no_file)?),
            _ => drop(bytes_of(field).await?.ok_or_else(too_long)?),
        }
    }
    app.uploads.import(actor, file.ok_or_else(no_file)?, wanted.target()).await
}

async fn take_file(
    app: &App,
    actor: &Actor,
    wanted: &Wanted,
    size: Option<u64>,
    field: Field<'_>,
) -> Result<Taken> {
    let disposition = field.headers().get(header::CONTENT_DISPOSITION);
    let name = disposition.and_then(|value| of_disposition(value.as_bytes()));
    // The terminal may be named behind the file: what holds for others alone is looked at then.
    let target = match wanted.is_printer {
        true => Target::PrinterDriver(Some(Client::default())),
        false => Target::SystemDriver,
    };
    let name = app.uploads.admit(actor, name, size, &target).await?;
    app.uploads.take(name, field).await
}

/// A short field as text.
async fn text_of(field: Field<'_>) -> Result<String> {
    let bytes = bytes_of(field).await?.ok_or_else(too_long)?;
    String::from_utf8(bytes).map_err(|_| bad_form("a field that is no UTF-8".into()))
}

/// A short field; none where it is longer.
async fn bytes_of(mut field: Field<'_>) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(piece) = within_patience(field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FORM_FIELD_BYTES_MAX {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

/// What comes next of a form, in the time in which something of an upload must come.
async fn within_patience<T>(next: impl Future<Output = std::result::Result<T, MultipartError>>) -> Result<T> {
    let next = timeout(UPLOAD_STALL, next).await.map_err(|_| {
        Error::invalid("upload broke off: no bytes came any more").with_notice("upload.incomplete")
    })?;
    next.map_err(|e| bad_form(e.body_text()))
}

fn no_file() -> Error {
    Error::invalid("multipart body without a field `file`").with_notice("upload.no_name")
}

fn too_long() -> Error {
    bad_form(format!("a field of over {FORM_FIELD_BYTES_MAX} bytes"))
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

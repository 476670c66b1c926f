//! All addresses, grouped by who may use them. An address that is in no group does not exist.

use super::api::v1;
use super::app::App;
use super::caller::{self, Need, Role};
use super::extract::BytesMax;
use super::failure::{Refusal, after_panic, no_such_method, render};
use super::hear_out::hear_out;
use super::thor::image;
use super::thor::voi::{desktops, driver, image_relate_drive, printer};
use super::{console, health, voi_api};
use crate::limits::{DEVICES_JSON_BYTES_MAX, JSON_BYTES_MAX, SMALL_BODY_BYTES, TERMINALS_JSON_BYTES_MAX};
use crate::openapi;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use fault::Error;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The whole server, from the outermost layer in: going on, counting, the form of failures, panics, who calls, the
/// handlers.
pub(crate) fn router(app: App) -> Router {
    let (routes, _description) = described().split_for_parts();
    routes
        .fallback(console::serve)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(app.clone(), caller::authenticate))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn(render))
        .layer(from_fn_with_state(app.clone(), count))
        .layer(from_fn(go_on_to_the_end))
        .with_state(app)
}

/// All addresses with their description.
pub(crate) fn described() -> OpenApiRouter<App> {
    let json = DefaultBodyLimit::max(JSON_BYTES_MAX);
    OpenApiRouter::with_openapi(openapi::header())
        .merge(open())
        .merge(guarded(signed_in(), Need::SignedIn))
        .merge(guarded(viewers(), Need::Role(Role::Viewer)))
        .merge(guarded(operators(), Need::Role(Role::Operator)))
        .merge(guarded(administrators(), Need::Role(Role::Administrator)))
        .merge(guarded(terminals_or_viewers(), Need::TerminalOr(Role::Viewer)))
        .merge(guarded(terminals(), Need::Terminal))
        .layer(json)
        .layer(from_fn(take_small_body))
        .merge(of_any_length(guarded(uploads(), Need::Role(Role::Operator))))
        .merge(of_any_length(guarded(printer_uploads(), Need::TerminalOr(Role::Operator))))
}

fn guarded(routes: OpenApiRouter<App>, need: Need) -> OpenApiRouter<App> {
    routes.route_layer(from_fn(move |request, next| caller::require(need, request, next)))
}

/// Addresses whose bodies may have so many bytes, whatever the others may have.
fn of_bytes(limit: usize, routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
    routes.layer(DefaultBodyLimit::max(limit)).layer(Extension(BytesMax(limit)))
}

/// Addresses whose bodies have no limit here.
fn of_any_length(routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
    routes.layer(DefaultBodyLimit::disable()).layer(from_fn(hear_out))
}

/// Without authentication.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(openapi::show))
        .routes(routes!(v1::session::sign_in))
        .routes(routes!(v1::login::login))
        .routes(routes!(v1::terminals::enrol))
}

/// For a user who may have to change the password first.
fn signed_in() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(v1::session::show, v1::session::sign_out))
        .routes(routes!(v1::password::change))
}

fn viewers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::metrics))
        .routes(routes!(driver::list::list))
        .routes(routes!(driver::mount::show))
        .routes(routes!(printer::list::list))
        .routes(routes!(v1::printers::show))
        .routes(routes!(image::list))
        .routes(routes!(image_relate_drive::list))
        .routes(routes!(desktops::list))
        .routes(routes!(desktops::list_scenes))
        .routes(routes!(v1::templates::show))
        .routes(routes!(v1::templates::images))
        .routes(routes!(v1::terminals::inventory))
        .routes(routes!(v1::status::show))
        .routes(routes!(v1::events::stream))
        .routes(routes!(v1::edit::list))
        .routes(routes!(v1::operations::show))
        .routes(routes!(v1::restore::report))
        .routes(routes!(v1::restore::show_plan, v1::restore::plan))
        .routes(routes!(v1::verify::report, v1::verify::verify))
        .routes(routes!(v1::versions::list))
        .routes(routes!(v1::versions::show))
        .routes(routes!(v1::versions::packages))
        .routes(routes!(v1::versions::files))
        .routes(routes!(v1::versions::content))
        .routes(routes!(v1::versions::diff))
        .routes(routes!(v1::versions::diff_files))
        .routes(routes!(v1::versions::plan_rollback))
        .routes(routes!(v1::disk::show))
        .routes(routes!(v1::drivers::show))
        .routes(routes!(v1::drivers::devices))
        .routes(routes!(v1::files::list))
        .routes(routes!(v1::files::content))
        .routes(routes!(v1::jobs::list))
        .routes(routes!(v1::terminals::list))
        .routes(routes!(v1::terminals::counts))
        .routes(routes!(v1::terminals::show))
        .routes(routes!(v1::terminals::history))
        .routes(routes!(v1::distribution::show))
        .routes(routes!(v1::tokens::list, v1::tokens::create))
        .routes(routes!(v1::tokens::revoke))
}

fn operators() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(driver::delete::delete, driver::update::update))
        .routes(routes!(driver::mount::change))
        .routes(routes!(printer::delete::delete, printer::update::update))
        .routes(routes!(printer::duplicate::duplicate))
        .routes(routes!(image_relate_drive::change))
        .routes(routes!(desktops::create))
        .routes(routes!(desktops::create_scene))
        .routes(routes!(v1::templates::create))
        .routes(routes!(v1::templates::update, v1::templates::delete))
        .routes(routes!(v1::templates::delete_desktop))
        .routes(routes!(voi_api::scene::notify_update_hg_drive))
        .routes(routes!(v1::edit::begin, v1::edit::discard))
        .routes(routes!(v1::save::save))
        .routes(routes!(v1::restore::restore))
        .routes(routes!(v1::versions::rollback))
        .routes(routes!(v1::disk::grow))
        .routes(routes!(v1::jobs::cancel))
        .merge(of_bytes(
            TERMINALS_JSON_BYTES_MAX,
            OpenApiRouter::new().routes(routes!(v1::terminals::push)).routes(routes!(v1::terminals::group)),
        ))
        .routes(routes!(v1::distribution::change))
}

fn administrators() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(v1::audit::list))
        .routes(routes!(v1::doctor::check))
        .routes(routes!(v1::edit::take_over))
        .routes(routes!(v1::users::list, v1::users::create))
        .routes(routes!(v1::users::change))
        .routes(routes!(v1::users::reset_password))
        .routes(routes!(v1::enrolment_tokens::list, v1::enrolment_tokens::create))
        .routes(routes!(v1::enrolment_tokens::remove))
        .routes(routes!(v1::terminals::remove))
        .merge(of_bytes(
            TERMINALS_JSON_BYTES_MAX,
            OpenApiRouter::new().routes(routes!(v1::terminals::remove_many)),
        ))
}

fn terminals_or_viewers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(v1::sync::head))
        .routes(routes!(v1::sync::object))
        .routes(routes!(v1::sync::base))
        .routes(routes!(v1::jobs::show))
        .routes(routes!(voi_api::clients::is_update_status))
        .merge(of_bytes(
            DEVICES_JSON_BYTES_MAX,
            OpenApiRouter::new().routes(routes!(v1::templates::plan_of_terminal, v1::templates::plan)),
        ))
        .routes(routes!(
            voi_api::check_can_upload_and_commit::of_query,
            voi_api::check_can_upload_and_commit::of_body
        ))
}

fn terminals() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(v1::terminals::report)).routes(routes!(v1::printers::key)).merge(
        of_bytes(DEVICES_JSON_BYTES_MAX, OpenApiRouter::new().routes(routes!(v1::terminals::take_inventory))),
    )
}

/// Bodies of any length; the uploads themselves keep the limit.
fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(driver::upload::upload, driver::tus::options)).routes(routes!(
        driver::tus::look,
        driver::tus::append,
        driver::tus::terminate
    ))
}

/// The same for printer drivers, which terminals upload too.
fn printer_uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(printer::upload::upload, printer::tus::options)).routes(routes!(
        printer::tus::look,
        printer::tus::append,
        printer::tus::terminate
    ))
}

/// Layer: takes a small body also where nobody reads it. A connection with bytes that nobody took is closed behind the
/// answer, under the next request of a client that has just begun to use it again.
async fn take_small_body(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if !announced.is_some_and(|bytes: usize| (1..=SMALL_BODY_BYTES).contains(&bytes)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, SMALL_BODY_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, bytes.into())).await,
        Err(error) => Refusal(Error::unavailable(format!("read the request: {error}"))).into_response(),
    }
}

/// A handler ends with its connection, wherever it is. One that changes something must not: between the record of an
/// operation and its begin, nobody would ever begin it. So it is let go on when its caller has gone.
async fn go_on_to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            Refusal(Error::bug("answer a request").with_source(std::io::Error::other(error))).into_response()
        }
    }
}

/// Layer: counts answers by status.
async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    app.metrics.answered(response.status().as_u16());
    response
}

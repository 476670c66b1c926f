//! `/thor/voi/image_relate_drive`: the drivers of templates.

use crate::http::answer::{Answer, done, plain};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::{Body, Query, id_list};
use axum::extract::State;
use center::Center;
use fault::Error;
use protocol::thor::{DoneAnswer, ImageRelate, ImageRelations};
use serde::Deserialize;

/// Which templates.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Templates {
    /// Numbers of templates, as `[1,2]` or `1,2`.
    ids: String,
}

/// The drivers of templates, and all that fit their systems and are saved.
#[utoipa::path(get, path = "/thor/voi/image_relate_drive", tag = "platform", operation_id = "list_image_drivers",
    params(Templates), responses((status = 200, body = ImageRelations)))]
pub(crate) async fn list(
    State(center): State<Center>,
    Query(templates): Query<Templates>,
) -> Answer<ImageRelations> {
    let ids: Result<Vec<i64>, _> = id_list(&templates.ids).map(str::parse).collect();
    let ids = ids.map_err(|e| {
        let text = format!("ids: {e}");
        Error::invalid(text.clone()).with_notice("http.bad_query").with_value("reason", text)
    })?;
    plain(center.image_relations(&ids).await?)
}

/// Sets the universal and the extracted driver of a template; null takes one away, what is not named stays.
#[utoipa::path(post, path = "/thor/voi/image_relate_drive", tag = "platform", operation_id = "set_image_drivers",
    request_body = ImageRelate, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn change(
    State(center): State<Center>,
    By(actor): By,
    Body(request): Body<ImageRelate>,
) -> Answer<DoneAnswer> {
    let template = center.template(request.id).await?;
    center.relate_image(&actor, request.clone()).await?;
    audit::record(&center, &actor, "template.relate", &template.name, &request).await;
    done()
}

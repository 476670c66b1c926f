//! `/thor/voi/driver/mount`: the state of the disk, saving, restoring and the automatic update.

use crate::http::answer::{Answer, done, result};
use crate::http::audit;
use crate::http::caller::By;
use crate::http::extract::Body;
use axum::extract::State;
use center::Center;
use fault::Error;
use protocol::thor::{DoneAnswer, Mount, MountAction, ResultAnswer};

/// The state of the disk and the automatic-update switch.
#[utoipa::path(get, path = "/thor/voi/driver/mount", tag = "platform", operation_id = "get_mount",
    responses((status = 200, body = ResultAnswer<Mount>)))]
pub(crate) async fn show(State(center): State<Center>) -> Answer<ResultAnswer<Mount>> {
    result(center.mount().await?)
}

/// Enters or saves the edit, restores, or switches the automatic update: exactly one of them.
///
/// A save or a restore was begun when this answers; `mount_status` tells when it has ended.
#[utoipa::path(post, path = "/thor/voi/driver/mount", tag = "platform", operation_id = "set_mount",
    request_body = MountAction, responses((status = 200, body = DoneAnswer)))]
pub(crate) async fn change(
    State(center): State<Center>,
    By(actor): By,
    Body(action): Body<MountAction>,
) -> Answer<DoneAnswer> {
    let name = match (action.is_mounted, action.is_auto_update, action.is_init) {
        (Some(false), None, None) => center.save(&actor, None).await.map(|_| "disk.save"),
        (Some(true), None, None) => center.begin_edit(&actor).await.map(|()| "disk.edit"),
        (None, Some(on), None) => center.set_auto_update(&actor, on).await.map(|()| "settings.auto_update"),
        (None, None, Some(true)) => center.restore(&actor).await.map(|_| "disk.restore"),
        _ => Err(Error::invalid("not exactly one field").with_notice("mount.one_field")),
    }?;
    audit::record(&center, &actor, name, "", &action).await;
    done()
}

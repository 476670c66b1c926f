//! The table `audit`: who changed what, when and from where.

use center::db::entities::audit::ActiveModel;
use center::db::now;
use center::{Actor, Center};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::Serialize;

/// Bytes of the particulars that are kept.
const DETAIL_BYTES_MAX: usize = 16 * 1024;

/// Records a change that has been made. It has been made: that it cannot be recorded goes to the log, and the
/// caller is not told that the change had failed.
pub(crate) async fn record(
    center: &Center,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: &impl Serialize,
) {
    let detail = serde_json::to_string(detail).unwrap_or_default();
    let row = ActiveModel {
        created_at: Set(now()),
        actor: Set(bounded(&actor.name, 255)),
        address: Set(actor.address.as_deref().map(|address| bounded(address, 64))),
        action: Set(action.to_owned()),
        subject: Set(bounded(subject, 255)),
        detail: Set(if detail.len() <= DETAIL_BYTES_MAX { detail } else { String::new() }),
        ..Default::default()
    };
    if let Err(error) = row.insert(center.db()).await {
        tracing::error!(target: "http", %error, actor = actor.name, action, subject, "change not in the audit trail");
    }
}

fn bounded(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

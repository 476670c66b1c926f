//! The audit trail: who changed what, when and from where. It owns how an entry is written; who may read it, and what is
//! worth an entry, is decided elsewhere.

use fault::Result;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use serde::Serialize;

use crate::db::entities::audit::ActiveModel;
use crate::db::{DateTime, DbContext};
use crate::host::Actor;
use crate::limits::{
    AUDIT_ADDRESS_CHARS_MAX, AUDIT_DETAIL_BYTES_MAX, AUDIT_NAME_CHARS_MAX, AUDIT_SUBJECT_CHARS_MAX,
};

/// Records a change. In the transaction that makes the change, there is never one without the other.
pub async fn record(
    db: &impl ConnectionTrait,
    now: DateTime,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: &impl Serialize,
) -> Result<()> {
    let detail = serde_json::to_string(detail).unwrap_or_default();
    let row = ActiveModel {
        created_at: Set(now),
        actor: Set(bounded(&actor.name, AUDIT_NAME_CHARS_MAX)),
        address: Set(actor.address.as_deref().map(|address| bounded(address, AUDIT_ADDRESS_CHARS_MAX))),
        action: Set(action.to_owned()),
        subject: Set(bounded(subject, AUDIT_SUBJECT_CHARS_MAX)),
        detail: Set(if detail.len() <= AUDIT_DETAIL_BYTES_MAX { detail } else { String::new() }),
        ..Default::default()
    };
    row.insert(db).await.db_context(|| format!("record {action} in the audit trail"))?;
    Ok(())
}

fn bounded(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

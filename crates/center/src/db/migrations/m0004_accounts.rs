//! Who may use the center, and what they did.

use super::{NewTable, bigint, datetime, flag, id, int, text, varchar};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [users(), sessions(), api_tokens(), enrolment_tokens(), audit()] {
            table.create(manager).await?;
        }
        Ok(())
    }
}

fn users() -> NewTable {
    NewTable::new("users")
        .column(&mut id())
        .column(varchar("name", 255).not_null())
        .column(varchar("role", 16).not_null())
        .column(varchar("password_hash", 255).not_null())
        .column(flag("must_change").not_null())
        .column(datetime("created_at").not_null())
        .column(&mut datetime("disabled_at"))
        .column(&mut varchar("locale", 16))
        .unique(&["name"])
}

fn sessions() -> NewTable {
    NewTable::new("sessions")
        .column(varchar("token_hash", 64).not_null().primary_key())
        .column(bigint("user_id").not_null())
        .column(datetime("created_at").not_null())
        .column(datetime("last_used_at").not_null())
        .column(datetime("expires_at").not_null())
        .column(varchar("user_agent", 255).not_null())
        .column(varchar("address", 64).not_null())
        .index(&["user_id"])
        .index(&["expires_at"])
        .belongs_to("user_id", "users", "id")
}

fn api_tokens() -> NewTable {
    NewTable::new("api_tokens")
        .column(&mut id())
        .column(varchar("name", 255).not_null())
        .column(varchar("token_hash", 64).not_null())
        .column(bigint("user_id").not_null())
        .column(datetime("created_at").not_null())
        .column(&mut datetime("last_used_at"))
        .column(&mut datetime("expires_at"))
        .column(&mut datetime("revoked_at"))
        .unique(&["token_hash"])
        .index(&["user_id"])
        .belongs_to("user_id", "users", "id")
}

fn enrolment_tokens() -> NewTable {
    NewTable::new("enrolment_tokens")
        .column(&mut id())
        .column(varchar("token_hash", 64).not_null())
        .column(varchar("name", 255).not_null())
        .column(varchar("created_by", 255).not_null())
        .column(datetime("created_at").not_null())
        .column(datetime("expires_at").not_null())
        .column(int("uses_left").not_null())
        .unique(&["token_hash"])
}

fn audit() -> NewTable {
    NewTable::new("audit")
        .column(&mut id())
        .column(datetime("created_at").not_null())
        .column(varchar("actor", 255).not_null())
        .column(&mut varchar("address", 64))
        .column(varchar("action", 64).not_null())
        .column(varchar("subject", 255).not_null())
        .column(text("detail").not_null())
        .index(&["created_at"])
}

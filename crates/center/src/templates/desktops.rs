//! Desktops and scenes: made from templates, heterogeneous exactly when these are.

use fault::{Error, Result};
use protocol::{api, thor};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};

use super::list::checked_name;
use super::{TARGET, checked_kind, live};
use crate::center::Center;
use crate::db::entities::{desktop, image};
use crate::db::{DbContext, SoftDelete, commit};
use crate::host::{Actor, platform_time};
use crate::limits;

impl Center {
    /// Scenes (1) or personal desktops (2), newest first.
    pub async fn desktops(&self, kind: i32) -> Result<Vec<thor::Desktop>> {
        let rows = desktop::Entity::find_live()
            .filter(desktop::Column::Type.eq(checked_kind(kind)?))
            .order_by_desc(desktop::Column::Id)
            .all(&self.db)
            .await
            .db_context(|| "list desktops")?;
        let templates = self.templates(kind).await?;
        let wire = rows.into_iter().filter_map(|row| {
            let template = templates.iter().find(|template| template.id == row.images_id)?;
            Some(wire(row, template))
        });
        Ok(wire.collect())
    }

    /// Makes a scene (1) or a personal desktop (2) from a template of the same type.
    pub async fn create_desktop(
        &self,
        actor: &Actor,
        kind: i32,
        request: thor::DesktopRequest,
    ) -> Result<thor::Desktop> {
        self.require_normal().await?;
        if request.is_allow_heterogeneous.is_some() {
            return Err(
                Error::invalid("is_allow_heterogeneous is given").with_notice("desktop.heterogeneous_given")
            );
        }
        let name = checked_name(&request.name)?;
        let describe = request.describe.filter(|text| !text.is_empty());
        if describe.as_ref().is_some_and(|text| text.chars().count() > limits::DESCRIBE_CHARS_MAX) {
            return Err(Error::invalid("the description is too long")
                .with_notice("driver.description_too_long")
                .with_value("limit", limits::DESCRIBE_CHARS_MAX));
        }
        let now = self.host.now();
        let txn = self.db.begin().await?;
        let template: image::Model = live(&txn, request.image_id).await?;
        if template.r#type != kind {
            return Err(Error::invalid(format!("template {} is of type {}", template.id, template.r#type))
                .with_notice("template.wrong_type")
                .with_value("name", &template.name));
        }
        let row = desktop::ActiveModel {
            created_at: Set(now),
            updated_at: Set(now),
            deleted_at: Set(None),
            deleted: Set(false),
            name: Set(name.clone()),
            r#type: Set(kind),
            images_id: Set(template.id),
            describe: Set(describe),
            ..Default::default()
        };
        let row = row.insert(&txn).await.db_context(|| "make a desktop")?;
        commit(txn).await?;
        tracing::info!(target: TARGET, desktop = row.id, template = template.id, by = %actor.name, "desktop made");
        self.emit(api::Event::Templates);
        Ok(wire(row, &self.template(template.id).await?))
    }

    /// Deletes a scene or a desktop; answers its name.
    pub async fn delete_desktop(&self, actor: &Actor, id: i64) -> Result<String> {
        let txn = self.db.begin().await?;
        let row = desktop::Entity::find_live()
            .filter(desktop::Column::Id.eq(id))
            .one(&txn)
            .await
            .db_context(|| "read a desktop")?
            .ok_or_else(|| {
                Error::not_found(format!("desktop {id}"))
                    .with_notice("desktop.not_found")
                    .with_value("id", id)
            })?;
        let now = self.host.now();
        let gone = desktop::ActiveModel {
            id: Set(row.id),
            deleted: Set(true),
            deleted_at: Set(Some(now)),
            updated_at: Set(now),
            ..Default::default()
        };
        gone.update(&txn).await.db_context(|| "delete a desktop")?;
        commit(txn).await?;
        tracing::info!(target: TARGET, desktop = id, by = %actor.name, "desktop deleted");
        self.emit(api::Event::Templates);
        Ok(row.name)
    }
}

fn wire(row: desktop::Model, template: &thor::Template) -> thor::Desktop {
    thor::Desktop {
        id: row.id,
        name: row.name,
        describe: row.describe,
        image_id: row.images_id,
        image_name: template.name.clone(),
        os_type: template.os_type,
        is_allow_heterogeneous: template.is_allow_heterogeneous,
        hg_version: template.hg_version,
        create_at: platform_time(row.created_at),
    }
}

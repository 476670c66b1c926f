//! The lists of templates, and changes of the templates themselves.

use std::collections::{BTreeMap, HashMap, HashSet};

use fault::{Error, Result};
use image_store::ForeignImage;
use protocol::{api, thor};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::{TARGET, checked_kind, live, relate, system_of};
use crate::center::{Center, blocking};
use crate::db::entities::{base_image, desktop, driver_file, driver_relation, image, temp_image};
use crate::db::{DbContext, SoftDelete, commit};
use crate::drivers;
use crate::host::{Actor, platform_time};

impl Center {
    /// Templates of a type (1 public-desktop, 2 personal-desktop), newest first.
    pub async fn templates(&self, kind: i32) -> Result<Vec<thor::Template>> {
        let rows = image::Entity::find_live()
            .filter(image::Column::Type.eq(checked_kind(kind)?))
            .order_by_desc(image::Column::Id)
            .all(&self.db)
            .await
            .db_context(|| "list templates")?;
        let related = related(&self.db).await?;
        Ok(rows.iter().map(|row| wire(row, &related)).collect())
    }

    /// One template.
    pub async fn template(&self, id: i64) -> Result<thor::Template> {
        let row = live(&self.db, id).await?;
        Ok(wire(&row, &related(&self.db).await?))
    }

    /// Makes a template: of an image of the store, or of one that only the platform knows.
    pub async fn create_template(
        &self,
        actor: &Actor,
        request: api::TemplateRequest,
    ) -> Result<thor::Template> {
        let name = checked_name(&request.name)?;
        let system = drivers::os_type(&request.os_type)?;
        let uuid = self.checked_image(request.uuid).await?;
        let now = self.host.now();
        let row = image::ActiveModel {
            created_at: Set(now),
            updated_at: Set(now),
            deleted_at: Set(None),
            deleted: Set(false),
            name: Set(name.clone()),
            os_type: Set(system.number().to_string()),
            r#type: Set(checked_kind(request.kind)?),
            uuid: Set(uuid),
            hg_version: Set(0),
            ..Default::default()
        };
        let txn = self.db.begin().await?;
        require_free(&txn, &name, None).await?;
        let row = row.insert(&txn).await.db_context(|| "make a template")?;
        commit(txn).await?;
        tracing::info!(target: TARGET, template = row.id, %name, by = %actor.name, "template made");
        self.emit(api::Event::Templates);
        Ok(wire(&row, &HashMap::new()))
    }

    /// Changes the name or the system of a template. Its drivers must fit the new system.
    pub async fn update_template(
        &self,
        actor: &Actor,
        id: i64,
        change: api::TemplateUpdate,
    ) -> Result<thor::Template> {
        let txn = self.db.begin().await?;
        let before = live(&txn, id).await?;
        let mut row = image::ActiveModel { id: Set(id), ..Default::default() };
        if let Some(name) = &change.name {
            let name = checked_name(name)?;
            require_free(&txn, &name, Some(id)).await?;
            row.name = Set(name);
        }
        if let Some(system) = &change.os_type {
            let system = drivers::os_type(system)?;
            relate::require_fitting(&txn, &before, system).await?;
            row.os_type = Set(system.number().to_string());
        }
        row.updated_at = Set(self.host.now());
        row.update(&txn).await.db_context(|| "change a template")?;
        commit(txn).await?;
        tracing::info!(target: TARGET, template = id, by = %actor.name, "template changed");
        self.emit(api::Event::Templates);
        self.template(id).await
    }

    /// Deletes a template from which nothing is made any more; its image stays in the store.
    pub async fn delete_template(&self, actor: &Actor, id: i64) -> Result<()> {
        let txn = self.db.begin().await?;
        let row = live(&txn, id).await?;
        let made = desktop::Entity::find_live()
            .filter(desktop::Column::ImagesId.eq(id))
            .count(&txn)
            .await
            .db_context(|| "look for desktops of a template")?;
        if made > 0 {
            return Err(Error::conflict(format!("{made} desktops are made from template {id}"))
                .with_notice("template.in_use")
                .with_value("name", &row.name)
                .with_value("desktops", made));
        }
        driver_relation::Entity::delete_many()
            .filter(driver_relation::Column::ImagesId.eq(id))
            .exec(&txn)
            .await
            .db_context(|| "take the drivers from a template")?;
        let now = self.host.now();
        let gone = image::ActiveModel {
            id: Set(id),
            deleted: Set(true),
            deleted_at: Set(Some(now)),
            updated_at: Set(now),
            ..Default::default()
        };
        gone.update(&txn).await.db_context(|| "delete a template")?;
        commit(txn).await?;
        tracing::info!(target: TARGET, template = id, name = %row.name, by = %actor.name, "template deleted");
        self.emit(api::Event::Templates);
        self.emit(api::Event::Drivers);
        Ok(())
    }

    /// Images of the stores that are not the center's own, and whether a template is made of each.
    pub async fn store_images(&self) -> Result<Vec<api::StoreImage>> {
        let images = self.foreign_images().await?;
        let rows = image::Entity::find_live().all(&self.db).await.db_context(|| "list templates")?;
        let templates: HashMap<String, i64> =
            rows.into_iter().filter_map(|row| Some((row.uuid?, row.id))).collect();
        let listed = images.into_iter().map(|(uuid, image)| api::StoreImage {
            template: templates.get(&uuid).copied(),
            uuid,
            name: image.name,
            size: image.size_bytes,
        });
        Ok(listed.collect())
    }

    /// What others have put into the local store and into the mirror, by id.
    async fn foreign_images(&self) -> Result<BTreeMap<String, ForeignImage>> {
        let stores: Vec<_> = std::iter::once(self.store.clone()).chain(self.mirror.get().cloned()).collect();
        let mut images = BTreeMap::new();
        for store in stores {
            let mut tell = |error: &Error| {
                tracing::warn!(target: TARGET, %error, "an image is not listed; doctor says what mends it");
            };
            let listed = blocking(move || store.list_foreign(&mut tell)).await?;
            images.extend(listed.into_iter().map(|image| (image.id.to_string(), image)));
        }
        for own in self.own_images().await? {
            images.remove(&own);
        }
        Ok(images)
    }

    /// Ids of the images that hold the driver disk.
    async fn own_images(&self) -> Result<HashSet<String>> {
        let bases = base_image::Entity::find().all(&self.db).await.db_context(|| "list states of Base")?;
        let actives = temp_image::Entity::find().all(&self.db).await.db_context(|| "list images")?;
        Ok(bases.into_iter().map(|row| row.uuid).chain(actives.into_iter().map(|row| row.uuid)).collect())
    }

    /// An image that a template may be made of: it is in a store, and none of the center's own.
    async fn checked_image(&self, uuid: Option<String>) -> Result<Option<String>> {
        let Some(uuid) = uuid.filter(|uuid| !uuid.is_empty()) else { return Ok(None) };
        match self.foreign_images().await?.contains_key(&uuid) {
            true => Ok(Some(uuid)),
            false => Err(Error::not_found(format!("image {uuid}"))
                .with_notice("template.no_image")
                .with_value("image", uuid)),
        }
    }
}

/// Associations by template: the universal driver, the extracted one.
pub(super) type Related = HashMap<i64, (Option<i64>, Option<i64>)>;

/// All associations with drivers that are still there: restoring a damaged disk may have lost some.
pub(super) async fn related(db: &impl ConnectionTrait) -> Result<Related> {
    let drivers = driver_file::Entity::find_live().all(db).await.db_context(|| "list drivers")?;
    let drivers: HashSet<i64> = drivers.into_iter().map(|row| row.id).collect();
    let mut related = Related::new();
    let rows = driver_relation::Entity::find().all(db).await.db_context(|| "list associations")?;
    for row in rows.into_iter().filter(|row| drivers.contains(&row.driver_id)) {
        let both = related.entry(row.images_id).or_default();
        match row.r#type {
            thor::TYPE_UNIVERSAL => both.0 = Some(row.driver_id),
            _ => both.1 = Some(row.driver_id),
        }
    }
    Ok(related)
}

fn wire(row: &image::Model, related: &Related) -> thor::Template {
    let (universal, extracted) = related.get(&row.id).copied().unwrap_or_default();
    thor::Template {
        id: row.id,
        name: row.name.clone(),
        os_type: system_of(row).map_or(0, |os| i32::from(os.number())),
        kind: row.r#type,
        uuid: row.uuid.clone(),
        is_allow_heterogeneous: universal.is_some() || extracted.is_some(),
        hg_version: row.hg_version,
        universal_driver_id: universal,
        extractive_driver_id: extracted,
        create_at: platform_time(row.created_at),
    }
}

/// Trims a name and checks its length and characters.
pub(super) fn checked_name(name: &str) -> Result<String> {
    drivers::checked_name(name).map_err(|error| {
        error.with_notice("template.name_invalid").with_value("limit", crate::limits::DRIVER_NAME_CHARS_MAX)
    })
}

async fn require_free(db: &impl ConnectionTrait, name: &str, except: Option<i64>) -> Result<()> {
    let rows = image::Entity::find_live().all(db).await.db_context(|| "compare names")?;
    let wanted = name.to_lowercase();
    match rows.iter().any(|row| Some(row.id) != except && row.name.to_lowercase() == wanted) {
        false => Ok(()),
        true => Err(Error::conflict(format!("another template has the name {name}"))
            .with_notice("template.name_taken")
            .with_value("name", name)),
    }
}

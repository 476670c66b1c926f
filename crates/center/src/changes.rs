//! What the open edit changes, as people read it: each driver once, under the name that it has now.
//!
//! The edits themselves stay one by one, in their order ([`crate::edit`]): only so are they done again, or undone.

use std::collections::HashMap;
use std::mem;

use fault::Result;
use protocol::api;

use crate::center::Center;
use crate::db::entities::edit::{self, EditKind, EditState};
use crate::edit::{Object, Payload, unsaved};
use crate::host::rfc3339;

impl Center {
    /// What the open edit changed, in the order in which it was begun.
    pub async fn changes(&self) -> Result<Vec<api::Change>> {
        let mut changes = Vec::new();
        let mut places = HashMap::new();
        for row in unsaved(&self.db).await?.iter().filter(|row| row.state == EditState::Done) {
            add(&mut changes, &mut places, change(row)?);
        }
        Ok(changes)
    }
}

/// A driver that is changed once more is listed as what it is by then. One that came and went is listed as both.
fn add(changes: &mut Vec<api::Change>, places: &mut HashMap<(String, i64), usize>, later: api::Change) {
    let key = (later.object.clone(), later.driver_id);
    match places.get(&key).and_then(|place| changes.get_mut(*place)) {
        Some(known) if later.kind == "update" => {
            *known = api::Change { kind: mem::take(&mut known.kind), ..later };
        }
        Some(known) if known.kind == "update" => *known = later,
        _ => {
            places.insert(key, changes.len());
            changes.push(later);
        }
    }
}

fn change(row: &edit::Model) -> Result<api::Change> {
    let payload = Payload::of(row)?;
    Ok(api::Change {
        object: match payload.object() {
            Object::Driver => "driver",
            Object::Printer => "printer",
        }
        .into(),
        kind: match row.kind {
            EditKind::Import => "import",
            EditKind::Delete => "delete",
            EditKind::Update => "update",
        }
        .into(),
        driver_id: row.driver_id,
        name: payload.name().to_owned(),
        created_at: rfc3339(row.created_at),
        created_by: row.created_by.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(changes: &[(&str, &str, i64, &str)]) -> Vec<String> {
        let (mut all, mut places) = (Vec::new(), HashMap::new());
        for (time, (kind, object, driver_id, name)) in changes.iter().enumerate() {
            let change = api::Change {
                kind: (*kind).into(),
                object: (*object).into(),
                driver_id: *driver_id,
                name: (*name).into(),
                created_at: time.to_string(),
                created_by: "admin".into(),
            };
            add(&mut all, &mut places, change);
        }
        all.into_iter()
            .map(|change| format!("{} {} {}", change.kind, change.name, change.created_at))
            .collect()
    }

    #[test]
    fn a_driver_is_listed_once_under_its_last_name() {
        let copied = [
            ("import", "printer", 7, "lp (2)"),
            ("update", "driver", 7, "network"),
            ("update", "printer", 7, "cellar"),
            ("update", "printer", 7, "stairs"),
        ];
        assert_eq!(listed(&copied), ["import stairs 3", "update network 1"]);
    }

    #[test]
    fn what_goes_after_a_change_only_goes() {
        let changed =
            [("update", "driver", 1, "a"), ("import", "driver", 2, "b"), ("delete", "driver", 1, "a")];
        assert_eq!(listed(&changed), ["delete a 2", "import b 1"]);
    }

    #[test]
    fn what_came_and_went_is_listed_as_both() {
        let passing =
            [("import", "driver", 1, "a"), ("update", "driver", 1, "b"), ("delete", "driver", 1, "b")];
        assert_eq!(listed(&passing), ["import b 1", "delete b 2"]);
    }
}

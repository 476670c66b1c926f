//! The checked directory of an archive. Nothing of an archive is handed out before its plan was accepted.

use std::collections::{BTreeMap, HashSet};

use fault::Result;

use super::contents::Entry;
use crate::frame::{Header, Listing};
use crate::limits::{Capacity, Limits};
use crate::{FileTime, names, refusal};

/// What one archive may hold.
pub(super) struct Budget<'a> {
    pub(super) capacity: Capacity,
    /// Size of the archive itself.
    pub(super) archive_bytes: u64,
    pub(super) limits: &'a Limits,
}

/// Entries that keep all rules.
#[derive(Debug)]
pub(super) struct Plan {
    entries: Vec<Entry>,
    /// By folded path, so that a directory comes before what is inside it.
    directories: BTreeMap<String, Header>,
    /// Folded paths.
    files: HashSet<String>,
    unpacked_bytes: u64,
}

impl Plan {
    /// Accepts the entries, or refuses the archive at the first one that breaks a rule.
    pub(super) fn check(entries: Vec<Entry>, budget: &Budget<'_>) -> Result<Self> {
        let limit = budget.capacity.entries;
        if entries.len() as u64 > limit {
            return Err(refusal::too_many_entries(entries.len() as u64, limit));
        }
        let mut plan = Self {
            entries: Vec::new(),
            directories: BTreeMap::new(),
            files: HashSet::new(),
            unpacked_bytes: 0,
        };
        for entry in &entries {
            check_alone(entry, budget.limits)?;
            plan.add(entry)?;
        }
        plan.check_sums(&entries, budget)?;
        plan.entries = entries;
        plan.use_one_spelling();
        Ok(plan)
    }

    fn add(&mut self, entry: &Entry) -> Result<()> {
        let folded = names::fold(&entry.path);
        if entry.directory {
            return self.add_directory(&entry.path, folded, entry.modified);
        }
        self.add_parents(&entry.path)?;
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(entry.size);
        if self.directories.contains_key(&folded) || !self.files.insert(folded) {
            return Err(refusal::duplicate(&entry.path));
        }
        Ok(())
    }

    fn add_directory(&mut self, path: &str, folded: String, modified: Option<FileTime>) -> Result<()> {
        self.add_parents(path)?;
        if self.files.contains(&folded) {
            return Err(refusal::duplicate(path));
        }
        let header = Header { path: path.to_owned(), size: 0, modified: None };
        let known = self.directories.entry(folded).or_insert(header);
        known.modified = known.modified.or(modified);
        Ok(())
    }

    fn add_parents(&mut self, path: &str) -> Result<()> {
        let parent = names::parent(path);
        let folded = names::fold(parent);
        if parent.is_empty() || self.directories.contains_key(&folded) {
            return Ok(());
        }
        self.add_directory(parent, folded, None)
    }

    fn check_sums(&self, entries: &[Entry], budget: &Budget<'_>) -> Result<()> {
        let total = (self.files.len() + self.directories.len()) as u64;
        if total > budget.capacity.entries {
            return Err(refusal::too_many_entries(total, budget.capacity.entries));
        }
        let Limits { expansion, expansion_free_bytes, .. } = *budget.limits;
        let expanded = budget.archive_bytes.saturating_mul(expansion).max(expansion_free_bytes);
        let limit = budget.capacity.unpacked_bytes.min(expanded);
        if self.unpacked_bytes <= limit {
            return Ok(());
        }
        let largest = entries.iter().filter(|entry| entry.size > limit).max_by_key(|entry| entry.size);
        let name = largest.map_or("", |entry| entry.path.as_str());
        Err(refusal::too_large(name, largest.map_or(self.unpacked_bytes, |entry| entry.size), limit))
    }

    /// Spells a directory the same way in the paths of all that is inside it.
    fn use_one_spelling(&mut self) {
        let Self { entries, directories, .. } = self;
        for entry in entries.iter_mut().filter(|entry| !entry.directory) {
            let parent = names::parent(&entry.path);
            if let Some(known) = directories.get(&names::fold(parent))
                && known.path != parent
            {
                entry.path.replace_range(..parent.len(), &known.path);
            }
        }
    }

    pub(super) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// Indices and entries of all files.
    pub(super) fn each_file(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| !entry.directory)
    }

    /// Directories, parents first.
    pub(super) fn directories(&self) -> impl Iterator<Item = &Header> {
        self.directories.values()
    }

    pub(super) fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// Whether a file of this path exists, whatever its case.
    pub(super) fn has_file(&self, path: &str) -> bool {
        self.files.contains(&names::fold(path))
    }

    pub(super) fn listing(&self) -> Listing {
        let directories = self.directories.len() as u64;
        Listing { files: self.files(), directories, unpacked_bytes: self.unpacked_bytes }
    }
}

fn check_alone(entry: &Entry, limits: &Limits) -> Result<()> {
    if entry.encrypted {
        return Err(refusal::encrypted(&entry.path));
    }
    names::check(&entry.path, limits)?;
    if entry.special {
        return Err(refusal::link(&entry.path));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, size: u64) -> Entry {
        Entry { path: path.to_owned(), size, ..Entry::default() }
    }

    fn directory(path: &str) -> Entry {
        Entry { path: path.to_owned(), directory: true, ..Entry::default() }
    }

    fn check(entries: Vec<Entry>) -> Result<Plan> {
        let capacity = Capacity { entries: 5, unpacked_bytes: 1 << 40 };
        Plan::check(entries, &Budget { capacity, archive_bytes: 1 << 20, limits: &Limits::default() })
    }

    fn notice(entries: Vec<Entry>) -> String {
        check(entries).unwrap_err().notice().unwrap().id.clone().into_owned()
    }

    #[test]
    fn directories_come_once_and_parents_first() {
        let plan = check(vec![file("B/x/1.sys", 1), directory("b"), file("b/X/2.sys", 2)]).unwrap();
        let directories: Vec<_> = plan.directories().map(|header| header.path.as_str()).collect();
        assert_eq!(directories, ["B", "B/x"]);
        assert_eq!(plan.entry(2).unwrap().path, "B/x/2.sys");
        assert_eq!(plan.listing(), Listing { files: 2, directories: 2, unpacked_bytes: 3 });
    }

    #[test]
    fn names_that_collide_on_windows_are_refused() {
        assert_eq!(notice(vec![file("a.inf", 1), file("A.INF", 1)]), "package.duplicate_entry");
        assert_eq!(notice(vec![file("a", 1), file("a/b", 1)]), "package.duplicate_entry");
        assert_eq!(notice(vec![file("a/b", 1), file("A", 1)]), "package.duplicate_entry");
        assert_eq!(notice(vec![directory("a"), file("A", 1)]), "package.duplicate_entry");
    }

    #[test]
    fn limits_count_what_paths_imply() {
        assert_eq!(notice((0..6).map(|n| file(&n.to_string(), 0)).collect()), "package.too_many_entries");
        assert_eq!(notice(vec![file("a/b/c/d/e/f", 0)]), "package.too_many_entries");
        assert_eq!(notice(vec![file("a", 200 << 20), file("b", 1)]), "package.too_large");
        assert_eq!(notice(vec![file("a", u64::MAX), file("b", u64::MAX)]), "package.too_large");
    }

    #[test]
    fn entries_that_are_no_plain_files_are_refused() {
        assert_eq!(notice(vec![Entry { special: true, ..file("a", 1) }]), "package.link");
        assert_eq!(notice(vec![Entry { encrypted: true, ..file("a", 1) }]), "package.encrypted");
        assert_eq!(notice(vec![directory("../a")]), "package.bad_name");
    }
}

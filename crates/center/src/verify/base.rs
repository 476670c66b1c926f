//! Base against its leaf table, and what lies beside it.

use std::os::unix::fs::FileExt;
use std::sync::Arc;

use disk_patch::{BlockIndex, FileIdentity, LEAF_BYTES, LeafTable};
use fault::Result;

use super::Subject;
use crate::center::blocking;
use crate::db::entities::version;
use crate::findings::{Finding, Mend};
use crate::restore::examine;
use crate::versions;

/// Leaves that are read at once, under Base's read lock.
const LEAVES_AT_ONCE: u64 = 256;
/// How often a version may come in between before the last state is taken for the answer.
const ATTEMPTS: usize = 5;

/// Reads all of Base.
pub(super) async fn check(subject: &Subject) -> Result<Vec<Finding>> {
    for _ in 1..ATTEMPTS {
        if let Some(findings) = check_version(subject).await? {
            return Ok(findings);
        }
    }
    Ok(check_version(subject).await?.unwrap_or_default())
}

/// The findings about the newest version; none when another one comes in between.
async fn check_version(subject: &Subject) -> Result<Option<Vec<Finding>>> {
    let newest = versions::newest(&subject.db).await?;
    let identity = examine::identity_of(&newest)?;
    let mut findings = beside(subject, &identity).await?;
    let directory = subject.config.data_dir.clone();
    let expected = blocking(move || Ok(examine::find_table(&directory, &identity))).await?;
    let file = match std::fs::File::open(subject.config.data_dir.base()) {
        Ok(file) => Arc::new(file),
        Err(error) => {
            let finding = match error.kind() {
                std::io::ErrorKind::NotFound => Finding::new("found.base_missing", Mend::Restore),
                _ => Finding::new("found.base_unreadable", Mend::Restore).with("cause", &error),
            };
            findings.push(finding);
            return Ok(Some(findings));
        }
    };
    let length = file.metadata()?.len();
    if length != identity.length && !has_moved(subject, &newest).await? {
        let finding = Finding::new("found.base_length", Mend::Restore).with("found_bytes", length);
        findings.push(finding.with("expected_bytes", identity.length));
    }
    let Some(expected) = expected.map(Arc::new) else {
        findings.push(Finding::new("found.base_unknown", Mend::Restore));
        return Ok(Some(findings));
    };
    subject.progress.add_total(expected.byte_len());
    let mut damaged = Vec::new();
    for first in (0..expected.leaf_count()).step_by(LEAVES_AT_ONCE as usize) {
        let reading = match &subject.center {
            Some(center) => Some(center.base.clone().read_owned().await),
            None => None,
        };
        if has_moved(subject, &newest).await? {
            return Ok(None);
        }
        let (file, table) = (file.clone(), expected.clone());
        let piece = blocking(move || {
            let _reading = reading;
            Ok(differing(&file, &table, first))
        });
        damaged.extend(piece.await?);
        subject.progress.add((LEAVES_AT_ONCE * LEAF_BYTES).min(expected.byte_len() - first * LEAF_BYTES));
        subject.progress.check()?;
    }
    findings.extend(found_damaged(&expected, &damaged));
    if damaged.is_empty() {
        findings.extend(structure(subject).await?);
    }
    Ok(Some(findings))
}

/// Whether another version came in between, or is just being written.
async fn has_moved(subject: &Subject, version: &version::Model) -> Result<bool> {
    Ok(versions::newest(&subject.db).await?.number != version.number)
}

/// The leaves of a piece that are not what they should be; what cannot be read is damaged, too.
fn differing(file: &std::fs::File, expected: &LeafTable, first: u64) -> Vec<u64> {
    let last = (first + LEAVES_AT_ONCE).min(expected.leaf_count());
    let mut buffer = vec![0; LEAF_BYTES as usize];
    let is_damaged = |leaf: &u64| {
        let range = expected.leaf_range(*leaf);
        let content = &mut buffer[..(range.end - range.start) as usize];
        file.read_exact_at(content, range.start).is_err() || expected.check_leaf(*leaf, content).is_err()
    };
    (first..last).filter(is_damaged).collect()
}

fn found_damaged(expected: &LeafTable, damaged: &[u64]) -> Option<Finding> {
    let first = expected.leaf_range(*damaged.first()?).start;
    let finding = Finding::new("found.base_leaves", Mend::Restore).with("leaves", damaged.len());
    Some(finding.with("total", expected.leaf_count()).with("first", first))
}

/// The leaf table, the journal and the index.
async fn beside(subject: &Subject, identity: &FileIdentity) -> Result<Vec<Finding>> {
    let (directory, identity) = (subject.config.data_dir.clone(), *identity);
    let is_served = subject.center.is_some();
    blocking(move || {
        let mut findings = Vec::new();
        if examine::has_journal(&directory)? {
            let mend = if is_served { Mend::Restore } else { Mend::Itself };
            findings.push(Finding::new("found.journal", mend));
        }
        if examine::saved_table(&directory, &identity).is_none() {
            findings.push(Finding::new("found.leaf_table", Mend::Restore));
        }
        if !matches!(BlockIndex::open(&directory.base_index(), &identity), Ok(Some(_))) {
            findings.push(Finding::new("found.index", Mend::None));
        }
        Ok(findings)
    })
    .await
}

/// The references inside the qcow2 file.
async fn structure(subject: &Subject) -> Result<Option<Finding>> {
    let reading = match &subject.center {
        Some(center) => Some(center.base.clone().read_owned().await),
        None => None,
    };
    let config = subject.config.clone();
    let report = blocking(move || {
        let _reading = reading;
        disk_image::check(&config.worker, &config.data_dir.base())
    });
    let errors = match report.await {
        Ok(report) => report.errors,
        Err(error) if examine::is_lasting(&error) => 1,
        Err(error) => return Err(error),
    };
    Ok((errors > 0).then(|| Finding::new("found.base_structure", Mend::Restore).with("errors", errors)))
}

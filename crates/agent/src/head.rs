//! Which heads are believed.

use fault::{Error, Result};
use protocol::sync::VerifiedHead;

use crate::state::{Record, Seen};

/// Fails unless a head whose signature is good belongs to our center and goes forward.
pub fn check(head: &VerifiedHead, record: &Record) -> Result<()> {
    if head.center != record.center {
        return Err(Error::corrupt(format!(
            "follow a head of center {}, ours is {}",
            head.center, record.center
        ))
        .with_notice("sync.other_center")
        .with_value("center", &head.center));
    }
    for known in [&record.newest, &record.disk].into_iter().flatten() {
        check_forward(head, known)?;
    }
    Ok(())
}

fn check_forward(head: &VerifiedHead, known: &Seen) -> Result<()> {
    if head.version < known.version {
        return Err(Error::corrupt(format!(
            "follow version {} after version {}",
            head.version, known.version
        ))
        .with_notice("sync.older_version")
        .with_value("offered", head.version)
        .with_value("known", known.version));
    }
    if head.version == known.version && head.root != known.root {
        return Err(Error::corrupt(format!("follow version {}: it was another one before", head.version))
            .with_notice("sync.version_changed")
            .with_value("version", head.version));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use protocol::sync::{Head, SignedHead};

    use super::*;

    fn head(center: &str, version: u64, root: &str) -> VerifiedHead {
        let head = Head {
            format: 1,
            center: center.into(),
            version,
            root: root.into(),
            length: 0,
            parents: vec![],
            manifest: String::new(),
            published_at: String::new(),
        };
        let key = SigningKey::from_bytes(&[1; 32]);
        SignedHead::sign(&head, &key).unwrap().verify(&key.verifying_key()).unwrap()
    }

    #[test]
    fn heads_go_forward_and_a_version_is_one_content() {
        let newest = Some(Seen { version: 7, root: "seven".into() });
        let record = Record { center: "c".into(), disk: None, newest, file: None };
        let verdict = |head: VerifiedHead| {
            check(&head, &record).map_err(|error| error.notice().unwrap().id.to_string()).err()
        };
        assert_eq!(verdict(head("c", 7, "seven")), None);
        assert_eq!(verdict(head("c", 8, "eight")), None);
        assert_eq!(verdict(head("c", 6, "six")).as_deref(), Some("sync.older_version"));
        assert_eq!(verdict(head("c", 7, "other")).as_deref(), Some("sync.version_changed"));
        assert_eq!(verdict(head("d", 8, "eight")).as_deref(), Some("sync.other_center"));
    }
}

//! What a terminal reads to become identical to the server.
//!
//! One object is mutable: the *head*, which names a version, its root and the manifest, and is signed. The
//! manifest names everything else by blake3 hash: the leaf table of the current file and the patches between
//! versions. A terminal believes nothing that does not follow from a head whose signature it has checked.
//!
//! Digests and roots travel as 64 lowercase hexadecimal digits, sizes in bytes.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use fault::{Error, Result};
use serde::{Deserialize, Serialize};

/// Largest signed head that a terminal reads.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Largest manifest that a terminal reads.
pub const MANIFEST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most leaves in one request for a range of the disk file (4 MiB of it).
pub const LEAVES_PER_REQUEST_MAX: u64 = 64;
/// Longest time that a request for the head may wait for a new version.
pub const HEAD_WAIT_SECONDS_MAX: u64 = 55;

/// The one mutable object: which version is current.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Format of this object: 1.
    pub format: u32,
    /// The center that published it; a terminal pins it at enrolment.
    pub center: String,
    /// Never reused, never goes down.
    pub version: u64,
    /// Root of the disk file.
    pub root: String,
    /// Length of the disk file in bytes.
    pub length: u64,
    /// Roots of the versions that this one was made from.
    pub parents: Vec<String>,
    /// Digest of the manifest.
    pub manifest: String,
    /// RFC 3339, UTC.
    pub published_at: String,
}

/// A head as it travels: the exact bytes that were signed, and the signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedHead {
    /// [`Head`] as JSON text; the signature covers these bytes.
    pub head: String,
    /// Ed25519 over [`SIGNATURE_CONTEXT`] and the bytes of `head`; 128 hexadecimal digits.
    pub signature: String,
}

/// Prefix of the signed message, so that a signature can serve no other purpose.
pub const SIGNATURE_CONTEXT: &[u8] = b"driver-center head v1\n";

/// A head whose signature and form have been checked; the only way to get one is [`SignedHead::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHead(Head);

impl std::ops::Deref for VerifiedHead {
    type Target = Head;
    fn deref(&self) -> &Head {
        &self.0
    }
}

/// All that can be fetched for the version of a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format of this object: 1.
    pub format: u32,
    /// The version that it describes.
    pub version: u64,
    /// Root of the disk file.
    pub root: String,
    /// Length of the disk file in bytes.
    pub length: u64,
    /// The encoded leaf table of the disk file.
    pub leaf_table: ObjectRef,
    /// Patches that are still kept, oldest first.
    pub updates: Vec<Update>,
}

/// The patch from one version to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// The version that it leads to; it starts from the one before, whose number is lower, but not always by one.
    pub version: u64,
    /// Root before.
    pub from_root: String,
    /// Root after.
    pub to_root: String,
    /// The encoded patch.
    pub patch: ObjectRef,
    /// Sum of the packs that the patch names, in bytes.
    pub packs_bytes: u64,
}

/// An immutable object by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectRef {
    /// blake3 of its bytes.
    pub digest: String,
    /// Its length.
    pub bytes: u64,
}

impl SignedHead {
    /// Signs `head`.
    pub fn sign(head: &Head, key: &SigningKey) -> Result<Self> {
        let text = serde_json::to_string(head).map_err(|e| Error::bug(format!("encode head: {e}")))?;
        let signature = hex(&key.sign(&message(&text)).to_bytes());
        Ok(Self { head: text, signature })
    }

    /// Checks the signature against the pinned `key` and the form of the content.
    pub fn verify(&self, key: &VerifyingKey) -> Result<VerifiedHead> {
        if self.head.len() > HEAD_BYTES_MAX {
            return Err(Error::corrupt(format!("head of {} bytes exceeds the limit", self.head.len())));
        }
        let signature = unhex::<64>(&self.signature)
            .ok_or_else(|| Error::corrupt("signature of the head is not 128 hexadecimal digits"))?;
        key.verify(&message(&self.head), &Signature::from_bytes(&signature)).map_err(|_| {
            Error::corrupt("signature of the head does not belong to the pinned key")
                .with_notice("sync.bad_signature")
        })?;
        let head: Head =
            serde_json::from_str(&self.head).map_err(|e| Error::corrupt(format!("decode head: {e}")))?;
        if head.format != 1 {
            return Err(Error::invalid(format!("head has format {}, this program knows 1", head.format))
                .with_notice("sync.newer_format"));
        }
        Ok(VerifiedHead(head))
    }
}

fn message(head: &str) -> Vec<u8> {
    [SIGNATURE_CONTEXT, head.as_bytes()].concat()
}

/// Bytes as lowercase hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly `N` bytes from lowercase or uppercase hexadecimal digits.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = (pair[0] as char).to_digit(16)?;
        let low = (pair[1] as char).to_digit(16)?;
        *byte = (high * 16 + low) as u8;
    }
    Some(bytes)
}

/// The public key of a center from its hexadecimal form.
pub fn public_key(text: &str) -> Result<VerifyingKey> {
    let bytes = unhex::<32>(text).ok_or_else(|| Error::invalid("public key is not 64 hexadecimal digits"))?;
    VerifyingKey::from_bytes(&bytes).map_err(|e| Error::invalid(format!("public key: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head {
            format: 1,
            center: "c".into(),
            version: 7,
            root: "0".repeat(64),
            length: 5,
            parents: vec![],
            manifest: "1".repeat(64),
            published_at: "2026-01-01T00:00:00Z".into(),
        }
    }

    #[test]
    fn a_head_verifies_only_unchanged_and_under_its_own_key() {
        let (ours, theirs) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let signed = SignedHead::sign(&head(), &ours).unwrap();
        assert_eq!(*signed.verify(&ours.verifying_key()).unwrap(), head());
        assert!(signed.verify(&theirs.verifying_key()).is_err());

        let altered = SignedHead { head: signed.head.replace("\"version\":7", "\"version\":8"), ..signed };
        assert!(altered.verify(&ours.verifying_key()).is_err());
    }

    #[test]
    fn hexadecimal_digits_round_trip_and_refuse_other_text() {
        assert_eq!(unhex::<3>(&hex(&[0, 0xab, 0xff])), Some([0, 0xab, 0xff]));
        assert_eq!(unhex::<2>("0g00"), None);
        assert_eq!(unhex::<2>("00000"), None);
    }
}

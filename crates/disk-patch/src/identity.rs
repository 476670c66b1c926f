//! Names that prove content: digests, the root of a disk file, and a file's identity.

use std::fmt;
use std::str::FromStr;

use fault::Error;

/// A BLAKE3 digest. Its text form is 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).into())
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// Reads exactly 64 lowercase hexadecimal digits, so that each digest has one text form.
    pub fn from_hex(text: &str) -> fault::Result<Self> {
        let lowercase = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match blake3::Hash::from_hex(text) {
            Ok(hash) if lowercase => Ok(Self(hash.into())),
            _ => Err(Error::invalid("read a digest: it must have 64 lowercase hexadecimal digits")),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> fault::Result<Self> {
        Self::from_hex(text)
    }
}

/// The digest over a file's length and leaves. Equal roots mean equal files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root(pub Digest);

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Root {
    type Err = Error;

    fn from_str(text: &str) -> fault::Result<Self> {
        Digest::from_hex(text).map(Self)
    }
}

/// Which file it is, content included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// Proves the content.
    pub root: Root,
    /// The length in bytes. The root covers it too; it stands here to be known before the table is.
    pub length: u64,
}

impl fmt::Display for FileIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.root, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_exactly_one_text_form() {
        let digest = Digest::of(b"driver");
        assert_eq!(digest.to_hex().parse::<Digest>().unwrap(), digest);
        for wrong in ["", "ab", &digest.to_hex().to_uppercase(), &format!("{digest}0")] {
            assert!(Digest::from_hex(wrong).is_err(), "{wrong}");
        }
    }
}

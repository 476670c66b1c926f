//! The encoded form of a patch. The layout is documented in `docs/formats/patch.md`.
//!
//! Numbers are variable-length (LEB128, at most ten bytes, shortest form only); signed ones are zigzag-coded.

use std::io::Read;

use fault::{Context, Error, Result};

use crate::identity::{Digest, FileIdentity, Root};
use crate::limits::{BLOCK_BYTES, MAX_BODY_BYTES, MAX_OPS, MAX_PACKS, MAX_PATCH_BYTES, MAX_REFERENCE_BLOCKS};
use crate::objects::check_digest;
use crate::pack::{PackRef, PackSink, PackSource};
use crate::patch::{BlockRange, Op, Patch, Source, damaged};

/// The first bytes of an encoded patch, with the version of the format.
const MAGIC: [u8; 8] = *b"DCPATCH\x02";
/// Magic and the size of the body.
const HEADER_BYTES: usize = 12;
/// The level of compression of the body.
const LEVEL: i32 = 9;
/// Matches reach back at most 2^23 bytes, which bounds the memory of a reader.
const WINDOW_LOG: u32 = 23;

const ZERO: u64 = 0;
const COPY: u64 = 1;
const LITERAL: u64 = 2;

impl Patch {
    /// The form in which a patch is stored and sent.
    pub fn encode(&self) -> Result<Vec<u8>> {
        compress_body(&self.encode_body())
    }

    fn encode_body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for identity in [self.from(), self.to()] {
            body.extend_from_slice(&identity.length.to_le_bytes());
            body.extend_from_slice(&identity.root.0.0);
        }
        put(&mut body, self.packs().len() as u64);
        for pack in self.packs() {
            body.extend_from_slice(&pack.digest.0);
            put(&mut body, u64::from(pack.blocks()));
            put(&mut body, u64::from(pack.packed_bytes));
            put_reference(&mut body, &pack.reference);
        }
        put(&mut body, self.ops().len() as u64);
        let mut expected = Expected::default();
        for op in self.ops() {
            put_op(&mut body, op, &expected);
            expected.follow(op);
        }
        body
    }

    /// Reads an encoded patch. Whether it is the wanted one, its digest tells: see [`Patch::read`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let body = decompress_body(bytes)?;
        let mut reader = Reader(&body);
        let from = reader.identity()?;
        let to = reader.identity()?;
        let packs = reader.count(MAX_PACKS, 35)?;
        let packs = (0..packs).map(|_| reader.pack()).collect::<Result<Vec<_>>>()?;
        let count = reader.count(MAX_OPS, 2)?;
        let mut ops = Vec::with_capacity(count);
        let mut expected = Expected::default();
        for _ in 0..count {
            let op = reader.op(&expected)?;
            expected.follow(&op);
            ops.push(op);
        }
        if !reader.0.is_empty() {
            return Err(damaged("something follows the last operation"));
        }
        Self::new(from, to, packs, ops)
    }

    /// Stores the encoded patch as an object and answers its name.
    pub fn write(&self, sink: &dyn PackSink) -> Result<Digest> {
        let bytes = self.encode()?;
        let digest = Digest::of(&bytes);
        sink.store(&digest, &bytes)?;
        sink.sync()?;
        Ok(digest)
    }

    /// Reads the patch that is stored as the object `digest`.
    pub fn read(source: &dyn PackSource, digest: &Digest) -> Result<Self> {
        let bytes = source.read(digest)?;
        check_digest(digest, &bytes)?;
        Self::decode(&bytes).context(|| format!("read the patch {digest}"))
    }
}

fn too_large(bytes: usize) -> Error {
    Error::invalid(format!("use a patch of {bytes} bytes: the limit is {MAX_BODY_BYTES}"))
        .with_notice("patch.too_large")
        .with_value("limit", MAX_BODY_BYTES)
}

fn compress_body(body: &[u8]) -> Result<Vec<u8>> {
    if body.len() as u64 > MAX_BODY_BYTES {
        return Err(too_large(body.len()));
    }
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.set_parameter(zstd::zstd_safe::CParameter::WindowLog(WINDOW_LOG))?;
    let packed = compressor.compress(body).context(|| "compress a patch")?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + packed.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&packed);
    Ok(bytes)
}

fn decompress_body(bytes: &[u8]) -> Result<Vec<u8>> {
    if bytes.len() as u64 > MAX_PATCH_BYTES {
        return Err(too_large(bytes.len()));
    }
    let (header, packed) = bytes.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("it is too short"))?;
    if header[..8] != MAGIC {
        return Err(damaged("it does not begin like one"));
    }
    let size = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
    if size as u64 > MAX_BODY_BYTES {
        return Err(too_large(size));
    }
    // Read in a stream, so that memory follows what is really there and not what the header says.
    let refused = |error| damaged("zstd refuses it").with_source(error);
    let mut decoder = zstd::Decoder::with_buffer(packed).map_err(refused)?.single_frame();
    decoder.window_log_max(WINDOW_LOG).map_err(refused)?;
    let mut body = Vec::new();
    decoder.by_ref().take(size as u64 + 1).read_to_end(&mut body).map_err(refused)?;
    if body.len() != size || !decoder.finish().is_empty() {
        return Err(damaged("it has another size than announced"));
    }
    Ok(body)
}

/// Where the next operation of each kind most likely begins; only the distance from there is stored.
#[derive(Default)]
struct Expected {
    dst: u64,
    copy: u64,
    literal: u64,
}

impl Expected {
    fn follow(&mut self, op: &Op) {
        let count = u64::from(op.dst.count);
        self.dst = op.dst.end();
        match op.source {
            Source::Zero => {}
            Source::Copy(start) => self.copy = u64::from(start) + count,
            Source::Literal(start) => self.literal = self.literal.max(u64::from(start) + count),
        }
    }
}

fn put_op(body: &mut Vec<u8>, op: &Op, expected: &Expected) {
    let (kind, distance) = match op.source {
        Source::Zero => (ZERO, None),
        Source::Copy(start) => (COPY, Some(i64::from(start) - expected.copy as i64)),
        Source::Literal(start) => (LITERAL, Some(i64::from(start) - expected.literal as i64)),
    };
    put(body, u64::from(op.dst.count) << 2 | kind);
    put(body, u64::from(op.dst.start) - expected.dst);
    if let Some(distance) = distance {
        put(body, zigzag(distance));
    }
}

fn put_reference(body: &mut Vec<u8>, reference: &[BlockRange]) {
    put(body, reference.len() as u64);
    let mut expected = 0;
    for range in reference {
        put(body, u64::from(range.start) - expected);
        put(body, u64::from(range.count));
        expected = range.end();
    }
}

fn put(body: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        body.push(number as u8 | 0x80);
        number >>= 7;
    }
    body.push(number as u8);
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Takes values off the front of a body.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(|| damaged("it ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.bytes()?;
            let low = u64::from(byte & 0x7f);
            if low << shift >> shift != low || (byte == 0 && shift > 0) {
                return Err(damaged("a number is too long"));
            }
            number |= low << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged("a number is too long"))
    }

    fn number_u32(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).map_err(|_| damaged("a number is too large"))
    }

    /// A count of things that take at least `least_bytes` each, so that it cannot promise more than follows.
    fn count(&mut self, limit: u64, least_bytes: u64) -> Result<usize> {
        let count = self.number()?;
        if count > limit || count * least_bytes > self.0.len() as u64 {
            return Err(damaged("it announces more than it has"));
        }
        Ok(count as usize)
    }

    fn identity(&mut self) -> Result<FileIdentity> {
        let length = u64::from_le_bytes(self.bytes()?);
        Ok(FileIdentity { root: Root(Digest(self.bytes()?)), length })
    }

    fn pack(&mut self) -> Result<PackRef> {
        let digest = Digest(self.bytes()?);
        let raw_bytes = u64::from(self.number_u32()?) * BLOCK_BYTES;
        let raw_bytes = u32::try_from(raw_bytes).map_err(|_| damaged("a pack is too large"))?;
        Ok(PackRef { digest, raw_bytes, packed_bytes: self.number_u32()?, reference: self.reference()? })
    }

    fn reference(&mut self) -> Result<Vec<BlockRange>> {
        let count = self.count(MAX_REFERENCE_BLOCKS, 2)?;
        let mut expected = 0_u64;
        let next = |_| {
            let start = block_number(expected.checked_add(self.number()?))?;
            let range = BlockRange { start, count: self.number_u32()? };
            expected = range.end();
            Ok(range)
        };
        (0..count).map(next).collect()
    }

    fn op(&mut self, expected: &Expected) -> Result<Op> {
        let head = self.number()?;
        let count = u32::try_from(head >> 2).map_err(|_| damaged("a number is too large"))?;
        let start = block_number(expected.dst.checked_add(self.number()?))?;
        let source = match head & 3 {
            ZERO => Source::Zero,
            COPY => Source::Copy(self.near(expected.copy)?),
            LITERAL => Source::Literal(self.near(expected.literal)?),
            _ => return Err(damaged("an operation is of no known kind")),
        };
        Ok(Op { dst: BlockRange { start, count }, source })
    }

    fn near(&mut self, expected: u64) -> Result<u32> {
        block_number(expected.checked_add_signed(unzigzag(self.number()?)))
    }
}

fn block_number(number: Option<u64>) -> Result<u32> {
    number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| damaged("a block number is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form_and_survive() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(Reader(&bytes).number().unwrap(), number);
            assert_eq!(zigzag(unzigzag(number)), number);
        }
        for wrong in [&[][..], &[0x80], &[0x80, 0], &[0xff; 10], &[0x80; 11]] {
            assert!(Reader(wrong).number().is_err(), "{wrong:?}");
        }
    }

    fn sample() -> Patch {
        let identity = |seed, length| FileIdentity { root: Root(Digest([seed; 32])), length };
        let pack = |seed, raw_bytes, reference: &[BlockRange]| PackRef {
            digest: Digest([seed; 32]),
            raw_bytes,
            packed_bytes: 900,
            reference: reference.to_vec(),
        };
        let reference = [BlockRange { start: 1, count: 2 }, BlockRange { start: 5, count: 7 }];
        let op = |start, count, source| Op { dst: BlockRange { start, count }, source };
        let ops = vec![
            op(0, 2, Source::Copy(3)),
            op(2, 1, Source::Zero),
            op(5, 3, Source::Literal(0)),
            op(9, 1, Source::Literal(1)),
            op(10, 4, Source::Literal(3)),
            op(20, 1, Source::Copy(0)),
        ];
        Patch::new(
            identity(1, 50_000),
            identity(2, 90_000),
            vec![pack(3, 8192, &[]), pack(4, 20480, &reference)],
            ops,
        )
        .unwrap()
    }

    #[test]
    fn a_patch_survives_its_encoding() {
        assert_eq!(Patch::decode(&sample().encode().unwrap()).unwrap(), sample());
    }

    /// Mutations are made within the body, where no checksum and no compression hides them.
    #[test]
    fn a_mutated_body_is_refused_or_is_another_valid_patch_with_that_very_encoding() {
        let body = sample().encode_body();
        let mut valid = 0;
        for at in 0..body.len() {
            for byte in 0..=255 {
                let mut mutated = body.clone();
                mutated[at] = byte;
                if let Ok(patch) = Patch::decode(&compress_body(&mutated).unwrap()) {
                    assert!(patch.encode_body() == mutated, "byte {at} as {byte}");
                    valid += 1;
                }
            }
        }
        assert!(valid > 256 * 32, "digests may be anything");
    }

    #[test]
    fn a_cut_or_continued_body_is_refused() {
        let body = sample().encode_body();
        for end in 0..body.len() {
            assert!(Patch::decode(&compress_body(&body[..end]).unwrap()).is_err(), "{end} bytes");
        }
        let continued = [&body[..], &[0]].concat();
        assert!(Patch::decode(&compress_body(&continued).unwrap()).is_err());
    }

    #[test]
    fn a_body_that_is_larger_than_announced_is_not_read_to_its_end() {
        let mut bytes = compress_body(&vec![0; 50 << 20]).unwrap();
        bytes[8..12].copy_from_slice(&100u32.to_le_bytes());
        assert!(Patch::decode(&bytes).is_err());
        bytes[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Patch::decode(&bytes).is_err());
    }
}

//! The units of the formats and the bounds on everything that comes from outside.

/// The unit of matching and of patch operations.
pub const BLOCK_BYTES: u64 = 4096;
/// What one leaf of the leaf table covers.
pub const LEAF_BYTES: u64 = 65_536;
/// How many blocks a leaf has.
pub const LEAF_BLOCKS: u64 = LEAF_BYTES / BLOCK_BYTES;
/// The most that one pack holds before compression.
pub const PACK_RAW_BYTES: u64 = 4 << 20;
/// How many blocks a full pack has.
pub const PACK_BLOCKS: u64 = PACK_RAW_BYTES / BLOCK_BYTES;
/// The most blocks of the old file that one pack refers to.
pub const MAX_REFERENCE_BLOCKS: u64 = 2 * PACK_BLOCKS;
/// How many leaves travel in one leaf pack at most.
pub const PACK_LEAVES: u64 = PACK_RAW_BYTES / LEAF_BYTES;

/// The longest disk file. Its leaf table has 1 GiB; a block number fits into 32 bits.
pub const MAX_FILE_BYTES: u64 = 2 << 40;
/// The longest packed form of a pack: incompressible data plus what zstd adds to it.
pub const MAX_PACKED_BYTES: u64 = PACK_RAW_BYTES + (64 << 10);
/// The most packs of one patch (1 TiB of literals).
pub const MAX_PACKS: u64 = 1 << 18;
/// The most operations of one patch (16 bytes each in memory).
pub const MAX_OPS: u64 = 1 << 22;
/// The longest body of a patch before compression.
pub const MAX_BODY_BYTES: u64 = 96 << 20;
/// The longest encoded patch.
pub const MAX_PATCH_BYTES: u64 = 96 << 20;

/// The size of the pieces in which files are read and written.
pub(crate) const PIECE_BYTES: usize = 1 << 20;
/// How many blocks a piece has.
pub(crate) const PIECE_BLOCKS: u32 = (PIECE_BYTES as u64 / BLOCK_BYTES) as u32;
/// How many threads hash and compress at most.
pub(crate) const MAX_THREADS: usize = 4;

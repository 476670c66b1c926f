//! The listing of an archive, up to the plan that it is unpacked by.

#![no_main]

use driver_package::archive;
use fuzz::{Cost, bounded};
use libfuzzer_sys::fuzz_target;

const COST: Cost = Cost { fixed_ms: 30, byte_ns: 20_000, fixed_bytes: 1 << 20, byte_bytes: 4_000 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(paths) = bounded(bytes.len(), COST, || archive::paths_of_listing(bytes)) else { return };
    for path in paths {
        assert!(!path.starts_with(['/', '\\']) && !path.contains('\\') && !path.contains(':'), "{path:?}");
        assert!(path.split('/').all(|part| !part.is_empty() && part != "." && part != ".."), "{path:?}");
    }
});

//! INF files of any origin.

#![no_main]

use driver_package::inf::{self, Limits};
use fuzz::{Cost, bounded};
use libfuzzer_sys::fuzz_target;

const COST: Cost = Cost { fixed_ms: 30, byte_ns: 20_000, fixed_bytes: 1 << 20, byte_bytes: 2_000 };

fuzz_target!(|bytes: &[u8]| {
    let report = bounded(bytes.len(), COST, || {
        let inf = inf::parse(bytes, &Limits::default()).ok()?;
        Some(inf.report("x.inf"))
    });
    let Some(report) = report else { return };
    // It crosses a pipe, and comes out the same.
    let text = serde_json::to_string(&report).expect("a report is JSON");
    let back: driver_package::report::InfReport = serde_json::from_str(&text).expect("and can be read");
    assert_eq!(back, report);
});

//! What a center reads of a terminal: enrolment and reports.

#![no_main]

use fuzz::{Cost, bounded};
use libfuzzer_sys::fuzz_target;
use protocol::api::{EnrolRequest, Report};

const COST: Cost = Cost { fixed_ms: 30, byte_ns: 10_000, fixed_bytes: 1 << 20, byte_bytes: 400 };

fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), COST, || {
        if let Ok(report) = serde_json::from_slice::<Report>(bytes) {
            let text = serde_json::to_vec(&report).expect("a report is JSON");
            serde_json::from_slice::<Report>(&text).expect("and can be read");
        }
        let _refused = serde_json::from_slice::<EnrolRequest>(bytes);
    });
});

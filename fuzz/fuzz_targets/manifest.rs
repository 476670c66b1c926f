//! What a terminal reads of its center: head and manifest.

#![no_main]

use fuzz::{Cost, bounded};
use libfuzzer_sys::fuzz_target;
use protocol::sync::{Manifest, SignedHead, public_key};

const COST: Cost = Cost { fixed_ms: 30, byte_ns: 10_000, fixed_bytes: 1 << 20, byte_bytes: 400 };

fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), COST, || {
        let key =
            public_key("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").expect("a key");
        if let Ok(head) = serde_json::from_slice::<SignedHead>(bytes) {
            assert!(head.verify(&key).is_err(), "nobody signed this");
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            let head = SignedHead { head: text.to_owned(), signature: "00".repeat(64) };
            assert!(head.verify(&key).is_err(), "nobody signed this");
            let _refused = public_key(text);
        }
        if let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) {
            let text = serde_json::to_vec(&manifest).expect("a manifest is JSON");
            assert_eq!(serde_json::from_slice::<Manifest>(&text).expect("and can be read"), manifest);
        }
    });
});

//! When terminals take versions by themselves, and how fast.

use serde::{Deserialize, Serialize};

wire! {
    /// The site's rules for updates that nobody has pushed, and the bandwidth that updates may take.
    #[derive(Default)]
    pub struct Distribution {
        /// When terminals may take a version by themselves; at any time where there is none. What an administrator has
        /// pushed is taken at once.
        #[serde(default)]
        pub windows: Vec<TimeWindow>,
        /// The site's clock: minutes that it is ahead of UTC, such as 480 for China.
        #[serde(default)]
        pub utc_offset_minutes: i32,
        /// Bytes per second that this server sends to all terminals together; as fast as it goes where there is none.
        #[serde(default)]
        pub bytes_per_second: Option<u64>,
    }
}

wire! {
    /// A part of the day, on some days.
    pub struct TimeWindow {
        /// The days on which it begins: 1 Monday to 7 Sunday; every day where there is none.
        #[serde(default)]
        pub days: Vec<u8>,
        /// When it begins: `HH:MM` by the site's clock.
        pub from: String,
        /// When it ends, on the next day where that is not later; a whole day where both are the same.
        pub to: String,
    }
}

wire! {
    /// The rules, and what they come to now.
    pub struct DistributionState {
        /// The rules.
        pub rules: Distribution,
        /// Whether terminals may take a version by themselves now.
        pub is_open: bool,
        /// Seconds until that changes; missing where it never does.
        #[serde(default)]
        pub changes_in_seconds: Option<u64>,
        /// Least `bytes_per_second` that can be set.
        pub bytes_per_second_min: u64,
    }
}

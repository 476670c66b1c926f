//! Terminals: enrolment, reports, and what administrators see of them.

use serde::{Deserialize, Serialize};

wire! {
    /// An enrolment token, without its secret.
    pub struct EnrolmentToken {
        /// Identifies it.
        pub id: i64,
        /// What it is for.
        pub name: String,
        /// Who made it.
        pub created_by: String,
        /// When.
        pub created_at: String,
        /// When it ends.
        pub expires_at: String,
        /// How many terminals may still use it.
        pub uses_left: u32,
    }
}

wire! {
    /// Body of `POST /api/v1/enrolment-tokens`.
    pub struct EnrolmentTokenRequest {
        /// What it is for.
        pub name: String,
        /// How many terminals may use it.
        pub uses: u32,
        /// Hours until it ends.
        pub hours: u32,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/enrol`.
    pub struct EnrolRequest {
        /// An enrolment token.
        pub token: String,
        /// Name of the terminal.
        pub name: String,
        /// MAC address of the terminal; may be empty.
        #[serde(default)]
        pub mac: String,
        /// The program that enrols. One that does not say so always becomes another terminal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub program: Option<TerminalProgram>,
        /// Whether the name is only what a new terminal is to be called: one that enrols again keeps the name that it has.
        #[serde(default)]
        pub keep_name: bool,
    }
}

wire! {
    /// What a terminal runs. A PC may run both, each with a secret of its own.
    pub enum TerminalProgram {
        /// `tool-disk`: it keeps a copy of the disk. A PC has one, so it is known again by its MAC address.
        ToolDisk,
        /// `driver-client`: it uploads printer drivers and has no disk. Each user of a PC may have one.
        DriverClient,
    }
}

wire! {
    /// What a terminal keeps from its enrolment.
    pub struct Enrolled {
        /// Identifies the terminal.
        pub terminal: String,
        /// Its secret: the bearer token of all its requests.
        pub secret: String,
        /// Identifies the center.
        pub center: String,
        /// Key that signs heads; 64 hexadecimal digits.
        pub public_key: String,
        /// The name under which it is listed.
        #[serde(default)]
        pub name: String,
        /// Whether it is a terminal that was known before, by the same program on a PC with the same MAC address: it keeps its
        /// id, group, pushes and history, and the secret that it had is refused.
        #[serde(default)]
        pub again: bool,
    }
}

wire! {
    /// What a terminal is doing.
    pub enum TerminalState {
        /// Nothing heard yet.
        Unknown,
        /// At rest.
        Idle,
        /// Fetching; counts as a running distribution task.
        Downloading,
        /// Writing its disk; counts as a running distribution task.
        Applying,
        /// Everything is fetched; the disk is in use and switches at the next boot.
        Waiting,
        /// It failed and will try again.
        Error,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/self/report`.
    pub struct Report {
        /// Version of its disk; 0 when it has none.
        pub version: u64,
        /// Root of its disk; empty when it has none.
        pub root: String,
        /// What it is doing.
        pub state: TerminalState,
        /// Bytes fetched.
        pub done: u64,
        /// Bytes to fetch.
        pub total: u64,
        /// Why it failed.
        #[serde(default)]
        pub message: Option<String>,
        /// Version of the program.
        pub program: String,
        /// What the machine is being used for, where the program knows.
        #[serde(default)]
        pub mode: Option<TerminalMode>,
    }
}

wire! {
    /// What a terminal is being used for.
    pub enum TerminalMode {
        /// No desktop runs.
        Rest,
        /// It is in maintenance mode.
        Maintenance,
        /// Windows is running.
        Windows,
    }
}

wire! {
    /// What is in a terminal.
    pub struct Inventory {
        /// Manufacturer and model.
        #[serde(default)]
        pub model: String,
        /// Version of its firmware.
        #[serde(default)]
        pub firmware: String,
        /// Its devices.
        pub devices: Vec<HardwareDevice>,
    }
}

wire! {
    /// A device of a machine.
    pub struct HardwareDevice {
        /// For people.
        #[serde(default)]
        pub name: String,
        /// Hardware IDs, best first, such as `PCI\\VEN_8086&DEV_15BB`.
        #[serde(default)]
        pub hardware_ids: Vec<String>,
        /// Compatible IDs, best first.
        #[serde(default)]
        pub compatible_ids: Vec<String>,
    }
}

/// Earlier centers held a connection of each terminal.
fn listens() -> bool {
    true
}

wire! {
    /// What the center answers to a report.
    pub struct Directive {
        /// Whether the terminal is to take the current version: automatic updates are on and this is a time for them, or
        /// it was pushed.
        pub update: bool,
        /// Automatic updates are on, but this is no time for them: what is being fetched waits, too.
        #[serde(default)]
        pub outside_window: bool,
        /// The current version.
        pub version: u64,
        /// Seconds until the next report while idle.
        pub report_after_seconds: u32,
        /// Whether to listen for the next version until then. Whoever is not to closes the connection: there are more
        /// terminals than the server holds connections for.
        #[serde(default = "listens")]
        pub listen: bool,
        /// Goes up when the drivers of a template changed: a terminal with Windows running, or in maintenance, asks for
        /// its plan again.
        #[serde(default)]
        pub hg_notices: u64,
    }
}

wire! {
    /// A terminal, as administrators see it.
    pub struct Terminal {
        /// Identifies it.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its MAC address.
        pub mac: String,
        /// What it runs, if it has said so.
        #[serde(default)]
        pub program: Option<TerminalProgram>,
        /// Where it last called from.
        #[serde(default)]
        pub address: Option<String>,
        /// When it was enrolled, the last time.
        pub enrolled_at: String,
        /// When it was last heard.
        #[serde(default)]
        pub last_seen_at: Option<String>,
        /// Version of its disk.
        #[serde(default)]
        pub version: Option<u64>,
        /// Whether its disk is provably the current version.
        pub identical: bool,
        /// Whether it was not heard for longer than a terminal that works is silent.
        #[serde(default)]
        pub offline: bool,
        /// What it last said that it does.
        pub state: TerminalState,
        /// Bytes fetched.
        pub done: u64,
        /// Bytes to fetch.
        pub total: u64,
        /// Why it failed.
        #[serde(default)]
        pub message: Option<String>,
        /// What it is being used for, where it says.
        #[serde(default)]
        pub mode: Option<TerminalMode>,
        /// When it last said what is in it.
        #[serde(default)]
        pub inventory_at: Option<String>,
        /// The group that it is in.
        #[serde(default)]
        pub group: Option<String>,
    }
}

wire! {
    /// How many terminals there are. Those that are shown by several of these are counted in each.
    pub struct TerminalCounts {
        /// All.
        pub total: u64,
        /// Whose disk is provably the current version.
        pub identical: u64,
        /// Whose disk is not.
        pub behind: u64,
        /// That fetch, write, or have a version ready.
        pub busy: u64,
        /// That could not take a version.
        pub error: u64,
        /// That were not heard for a while, or never.
        pub offline: u64,
        /// Each terminal once.
        pub tally: TerminalTally,
    }
}

wire! {
    /// Terminals, each counted once by what matters most about it.
    #[derive(Default)]
    pub struct TerminalTally {
        /// Could not take a version.
        pub error: u64,
        /// Fetches or writes a version.
        pub busy: u64,
        /// Has a version ready, and waits for its disk to be free.
        pub waiting: u64,
        /// Has the current version, whether it is heard or not.
        pub identical: u64,
        /// Is behind, and was not heard for a while, or never.
        pub offline: u64,
        /// Is behind.
        pub behind: u64,
    }
}

wire! {
    /// Which terminals: those that fit everything that is given. Nothing given is all that have a tool disk.
    #[derive(Default)]
    #[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
    pub struct TerminalFilter {
        /// Part of a name, of a MAC address (with or without separators) or of an address; or an id, or its first digits
        /// (four at least). Upper and lower case are the same. At most 255 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<String>,
        /// Those of exactly this group.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub group: Option<String>,
        /// Those that are in no group.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub ungrouped: bool,
        /// Those that stand so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub show: Option<TerminalShow>,
        /// Those that run this program. If it is not given, those with a tool disk, as with `tool_disk`: a terminal counts as one
        /// unless it has said that it is a `driver-client`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub program: Option<TerminalProgram>,
        /// Those whose disk has exactly this version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<u64>,
    }
}

wire! {
    /// How terminals stand, as in [`TerminalCounts`].
    pub enum TerminalShow {
        /// The disk is provably the current version.
        Identical,
        /// The disk is not.
        Behind,
        /// They fetch, write, or have a version ready.
        Busy,
        /// They could not take a version.
        Error,
        /// They were not heard for a while, or never.
        Offline,
    }
}

wire! {
    /// The order of terminals. Those that are alike in it come in the order of their names or ids, so that it is the same
    /// each time.
    #[derive(Default)]
    pub enum TerminalSort {
        /// By name, whatever the case.
        #[default]
        Name,
        /// By the version of the disk; those without one first.
        Version,
        /// By when they were last heard; those that never were first.
        LastSeen,
        /// By what they do.
        State,
        /// By group; those without one first.
        Group,
    }
}

wire! {
    /// A page of terminals.
    pub struct TerminalPage {
        /// The terminals.
        pub terminals: Vec<Terminal>,
        /// How many fit in all.
        pub total: u64,
        /// Whether that is the exact number: a search is counted up to 10,000 only.
        pub is_total_exact: bool,
    }
}

wire! {
    /// How terminals stand, and their groups.
    pub struct TerminalOverview {
        /// How many of those that were asked for stand how.
        pub counts: TerminalCounts,
        /// All groups of terminals with a tool disk, by name.
        pub groups: Vec<TerminalGroup>,
        /// Terminals with a tool disk that are in no group.
        pub ungrouped: u64,
        /// How many of those that were asked for have which version; empty unless that was asked for, too.
        #[serde(default)]
        pub versions: Vec<TerminalVersion>,
    }
}

wire! {
    /// A version of the disk and the terminals that have it.
    pub struct TerminalVersion {
        /// Its number.
        pub version: u64,
        /// How many have it.
        pub terminals: u64,
    }
}

wire! {
    /// How far back a history goes.
    pub enum Span {
        /// 24 hours, in steps of 5 minutes.
        Day,
        /// 7 days, in steps of half an hour.
        Week,
        /// 31 days, in steps of 2 hours.
        Month,
    }
}

/// How the terminals stood over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TerminalHistory {
    /// When the history that was asked for begins, whether anything was recorded then or not.
    pub from: String,
    /// The time of the server.
    pub until: String,
    /// How long the time is that each point stands for, in seconds.
    pub every_seconds: u32,
    /// The points, oldest first. Of a time without one nothing is known: the server did not run.
    pub points: Vec<TerminalPoint>,
    /// The versions that were made in that time, oldest first.
    pub versions: Vec<VersionMark>,
}

/// How many terminals stood how, each counted once by what mattered most about it: the mean of one sample a minute, with
/// two digits after the point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TerminalPoint {
    /// When the time that it stands for begins.
    pub at: String,
    /// Could not take a version.
    pub error: f64,
    /// Fetched or wrote a version.
    pub busy: f64,
    /// Had a version ready, and waited for their disks to be free.
    pub waiting: f64,
    /// Had the version that was current then, whether they were heard or not.
    pub identical: f64,
    /// Were behind, and had not been heard for a while, or never.
    pub offline: f64,
    /// Were behind.
    pub behind: f64,
}

wire! {
    /// When a version was made.
    pub struct VersionMark {
        /// Its number.
        pub number: u64,
        /// When.
        pub at: String,
    }
}

wire! {
    /// A group of terminals.
    pub struct TerminalGroup {
        /// Its name.
        pub name: String,
        /// How many are in it.
        pub terminals: u64,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/push`: terminals and groups that are named, or a filter.
    pub struct PushRequest {
        /// Terminals that are to take the current version.
        #[serde(default)]
        pub terminals: Vec<String>,
        /// Groups whose terminals are to take it, too.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub groups: Vec<String>,
        /// All that fit are to take it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub r#where: Option<TerminalFilter>,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/group`: terminals that are named, or a filter.
    pub struct GroupRequest {
        /// The terminals.
        #[serde(default)]
        pub terminals: Vec<String>,
        /// All that fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub r#where: Option<TerminalFilter>,
        /// The group that they are in from now on; none takes them out of theirs.
        #[cfg_attr(feature = "openapi", schema(max_length = 120))]
        #[serde(default)]
        pub group: Option<String>,
    }
}

wire! {
    /// Body of `POST /api/v1/terminals/remove`: terminals that are named, or a filter.
    pub struct RemoveRequest {
        /// The terminals.
        #[serde(default)]
        pub terminals: Vec<String>,
        /// All that fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub r#where: Option<TerminalFilter>,
        /// How many the caller was told that they are. Where more fit by now, none is removed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at_most: Option<u64>,
    }
}

wire! {
    /// For how many terminals something was done.
    pub struct TerminalsDone {
        /// Always 0.
        pub code: i32,
        /// How many they were.
        pub terminals: u64,
    }
}

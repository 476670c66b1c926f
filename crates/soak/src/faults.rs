//! What can happen to the processes and to what is between them.

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing.
    None,
    /// `kill -9` of the server; its children end with it.
    KillServer,
    /// `kill -9` of the process that has an image open.
    KillWorker,
    /// `kill -9` of a terminal that is syncing.
    KillAgent,
    /// All connections break.
    Cut,
    /// The file system of the server is full.
    FillServer,
    /// The file system of a terminal is full.
    FillAgent,
}

impl Fault {
    /// Everything that goes wrong by itself; a full disk only where it is small.
    pub(crate) fn all(has_small_disks: bool) -> Vec<Self> {
        let mut faults =
            vec![Self::KillServer, Self::KillServer, Self::KillWorker, Self::KillAgent, Self::Cut];
        if has_small_disks {
            faults.extend([Self::FillServer, Self::FillAgent]);
        }
        faults
    }
}

//! The state of the disk, `mount_status`, and its transitions.
//!
//! ```text
//!             save                 restore
//!   Normal ─────────► Merging   ┌───────────► Restoring
//!     ▲ ▲                │ │    │                │  │
//!     │ └── completed ───┘ └─failed─► Error ◄────┘  │
//!     │                                 ▲  failed   │
//!     │         found damaged ──────────┘           │
//!     └─────────────────── completed ───────────────┘
//! ```
//!
//! Whether an edit is open is not part of this state: an edit stays open through a failed save, so that nothing of
//! it is lost.

use fault::{Error, Result};

/// `mount_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountStatus {
    /// 1: the disk may be edited.
    Normal,
    /// 2: a save is merging, or a rollback or growing is under way.
    Merging,
    /// 3: something is wrong; restore is offered.
    Error,
    /// 4: a restore is running.
    Restoring,
}

/// What can happen to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateEvent {
    /// A save, a rollback or growing begins.
    Save,
    /// A restore begins.
    Restore,
    /// What was running has succeeded.
    Completed,
    /// What was running has failed.
    Failed,
    /// The disk was found not to be what the records say.
    FoundDamaged,
}

impl MountStatus {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Merging, Self::Error, Self::Restoring];

    /// The number on the wire.
    pub fn number(self) -> i32 {
        match self {
            Self::Normal => 1,
            Self::Merging => 2,
            Self::Error => 3,
            Self::Restoring => 4,
        }
    }

    /// The state with this number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// The state after `event`, or why it may not happen now.
    pub fn after(self, event: StateEvent) -> Result<Self> {
        match (self, event) {
            (Self::Normal, StateEvent::Save) => Ok(Self::Merging),
            (Self::Error, StateEvent::Restore) => Ok(Self::Restoring),
            (Self::Merging | Self::Restoring, StateEvent::Completed) => Ok(Self::Normal),
            (Self::Merging | Self::Restoring, StateEvent::Failed) => Ok(Self::Error),
            (Self::Normal | Self::Error, StateEvent::FoundDamaged) => Ok(Self::Error),
            (Self::Normal, StateEvent::Restore) => Ok(Self::Restoring),
            (_, StateEvent::Save | StateEvent::Restore) => Err(self.refusal()),
            _ => Err(Error::bug(format!("{event:?} in state {self:?}"))),
        }
    }

    /// Fails unless the disk may be edited.
    pub fn require_normal(self) -> Result<()> {
        if self == Self::Normal { Ok(()) } else { Err(self.refusal()) }
    }

    /// Why nothing can be changed in this state.
    fn refusal(self) -> Error {
        match self {
            Self::Normal => Error::bug("the state is normal"),
            Self::Merging => Error::busy("the center is merging").with_notice("center.merging"),
            Self::Restoring => Error::busy("the center is restoring").with_notice("center.restoring"),
            Self::Error => {
                Error::conflict("the center is in the error state").with_notice("center.error_state")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MountStatus::{Error as Wrong, Merging, Normal, Restoring};
    use StateEvent::{Completed, Failed, FoundDamaged, Restore, Save};

    /// The whole (state, event) table.
    #[test]
    fn every_event_in_every_state_does_what_the_table_says() {
        let table = [
            (Normal, Save, Some(Merging)),
            (Normal, Restore, Some(Restoring)),
            (Normal, Completed, None),
            (Normal, Failed, None),
            (Normal, FoundDamaged, Some(Wrong)),
            (Merging, Save, None),
            (Merging, Restore, None),
            (Merging, Completed, Some(Normal)),
            (Merging, Failed, Some(Wrong)),
            (Merging, FoundDamaged, None),
            (Wrong, Save, None),
            (Wrong, Restore, Some(Restoring)),
            (Wrong, Completed, None),
            (Wrong, Failed, None),
            (Wrong, FoundDamaged, Some(Wrong)),
            (Restoring, Save, None),
            (Restoring, Restore, None),
            (Restoring, Completed, Some(Normal)),
            (Restoring, Failed, Some(Wrong)),
            (Restoring, FoundDamaged, None),
        ];
        for (state, event, expected) in table {
            assert_eq!(state.after(event).ok(), expected, "{event:?} in {state:?}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_wire() {
        assert_eq!(MountStatus::ALL.map(MountStatus::number), [1, 2, 3, 4]);
        assert_eq!(MountStatus::from_number(0), None);
    }
}

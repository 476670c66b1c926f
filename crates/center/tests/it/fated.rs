//! A host that decides each step's fate.

use std::sync::{Arc, Mutex};

use center::{Fate, Host, Machine, Moment, StepPoint};
use chrono::NaiveDateTime;
use fault::{Error, Result};
use tokio::sync::Notify;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Doom {
    /// Fails once.
    Fails,
    /// Fails until the center is started again.
    Persists,
    /// The process ends.
    Ends,
    /// The step is run a second time.
    Repeats,
    /// The step panics once.
    Panics,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) operation: String,
    pub(crate) step: String,
    pub(crate) moment: Moment,
}

/// A host that remembers which points were met, and spoils one of them.
pub(crate) struct Fated {
    pub(crate) plan: Option<(Point, Doom)>,
    met: Mutex<Vec<Point>>,
    pub(crate) ended: Notify,
}

impl Fated {
    pub(crate) fn new(plan: Option<(Point, Doom)>) -> Arc<Self> {
        Arc::new(Self { plan, met: Mutex::default(), ended: Notify::new() })
    }

    /// The points that were met, each as often as it was.
    pub(crate) fn met(&self) -> Vec<Point> {
        self.met.lock().unwrap().clone()
    }
}

impl Host for Fated {
    fn now(&self) -> NaiveDateTime {
        Machine.now()
    }

    fn free_bytes(&self, path: &std::path::Path) -> Result<u64> {
        Machine.free_bytes(path)
    }

    fn at_step(&self, point: &StepPoint<'_>) -> Fate {
        let point =
            Point { operation: point.operation.into(), step: point.step.into(), moment: point.moment };
        let mut met = self.met.lock().unwrap();
        let is_first = !met.contains(&point);
        met.push(point.clone());
        let Some((planned, doom)) = &self.plan else { return Fate::GoOn };
        match doom {
            _ if *planned != point => Fate::GoOn,
            Doom::Fails if is_first => Fate::Fail(Error::unavailable("go on: the test wants it to fail")),
            Doom::Persists => Fate::Fail(Error::unavailable("go on: the test wants it to fail")),
            Doom::Ends => {
                self.ended.notify_one();
                Fate::End
            }
            Doom::Repeats if is_first => Fate::Again,
            Doom::Panics if is_first => {
                drop(met);
                panic!("the test wants it to panic");
            }
            Doom::Fails | Doom::Repeats | Doom::Panics => Fate::GoOn,
        }
    }
}

/// What may happen at a point.
pub(crate) fn dooms(point: &Point) -> &'static [Doom] {
    match point.moment {
        Moment::Before => &[Doom::Fails, Doom::Persists, Doom::Ends],
        Moment::After => &[Doom::Fails, Doom::Ends, Doom::Repeats],
    }
}

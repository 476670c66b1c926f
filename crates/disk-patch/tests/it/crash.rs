//! Power cuts and failing I/O at every step of an apply and of the recovery after it.

use disk_patch::{Disk, Patch, Recovered, unwatched};
use fault::Kind;

use crate::scenario::{Scenario, leaves_of, rich};
use crate::sim::{Dice, MemoryObjects, SimFile, Trouble, World};

#[test]
fn the_room_that_is_announced_suffices() {
    for bench in shapes().map(Bench::new) {
        let (world, file) = bench.world();
        let before = world.allocated();
        bench.apply(&world, &file).unwrap();
        let room = bench.patch.room();
        let shrunk = bench.scenario.old.len().saturating_sub(bench.scenario.new.len()) as u64;
        let taken = world.allocated() + shrunk - before;
        assert!(taken <= room.file_bytes + room.state_bytes, "{taken} of {room:?}");
    }
}

/// A patch, and the worlds in which it is applied.
struct Bench {
    scenario: Scenario,
    patch: Patch,
    objects: MemoryObjects,
}

impl Bench {
    fn new(scenario: Scenario) -> Self {
        let objects = MemoryObjects::default();
        let patch = scenario.build(&objects).patch;
        Self { scenario, patch, objects }
    }

    fn world(&self) -> (World, SimFile) {
        let world = World::default();
        let file = world.add_file(&self.scenario.old);
        Disk { file: &file, state: &world }.adopt(&mut unwatched()).unwrap();
        (world, file)
    }

    fn apply(&self, world: &World, file: &SimFile) -> fault::Result<disk_patch::FileIdentity> {
        Disk { file, state: world }.apply(&self.patch, &self.objects.in_world(world), &mut unwatched())
    }

    fn recover(&self, world: &World, file: &SimFile) -> fault::Result<Recovered> {
        Disk { file, state: world }.recover(&self.objects.in_world(world), &mut unwatched())
    }

    /// How many I/Os an undisturbed apply has.
    fn steps(&self) -> u64 {
        let (world, file) = self.world();
        world.expect(None);
        self.apply(&world, &file).unwrap();
        world.ios()
    }

    /// After a recovery that succeeded: the file is the old or the new one, and its table says which.
    fn check(&self, world: &World, file: &SimFile, recovered: Recovered) {
        let leaves = Disk { file, state: world }.leaves().unwrap().unwrap();
        let is_new = leaves == leaves_of(&self.scenario.new);
        let expected = if is_new { &self.scenario.new } else { &self.scenario.old };
        assert_eq!(leaves, leaves_of(expected));
        assert!(file.content() == *expected, "the file is what its table says");
        assert!(file.durable_content() == *expected, "and would be after another crash");
        if recovered != Recovered::Nothing {
            assert_eq!(recovered, Recovered::Finished(*self.patch.to()));
            assert!(is_new);
        }
    }

    /// The patch still goes on from there.
    fn complete(&self, world: &World, file: &SimFile) {
        world.expect(None);
        assert_eq!(self.apply(world, file).unwrap(), *self.patch.to());
        assert!(file.durable_content() == self.scenario.new);
    }
}

fn shapes() -> [Scenario; 4] {
    [rich(170_000, 230_000), rich(230_000, 100_500), rich(170_000, 170_000), rich(0, 70_000)]
}

#[test]
fn a_power_cut_at_any_step_loses_nothing() {
    for bench in shapes().map(Bench::new) {
        for step in 0..bench.steps() {
            for seed in 0..4 {
                let (world, file) = bench.world();
                world.expect(Some((step, Trouble::Dies)));
                assert!(bench.apply(&world, &file).is_err());
                let world = world.crashed(step * 1000 + seed);
                let file = world.file(&file);
                let recovered = bench.recover(&world, &file).unwrap();
                bench.check(&world, &file, recovered);
                bench.complete(&world, &file);
            }
        }
    }
}

/// Nothing of it, all of it, and beginnings of it: what luck may miss.
#[test]
fn a_power_cut_that_keeps_a_beginning_of_what_was_not_synced_loses_nothing() {
    for bench in shapes().map(Bench::new) {
        for step in 0..bench.steps() {
            for eighths in 0..=8 {
                let (world, file) = bench.world();
                world.expect(Some((step, Trouble::Dies)));
                assert!(bench.apply(&world, &file).is_err());
                let world = world.cut_off(eighths);
                let file = world.file(&file);
                let recovered = bench.recover(&world, &file).unwrap();
                bench.check(&world, &file, recovered);
                bench.complete(&world, &file);
            }
        }
    }
}

#[test]
fn power_cuts_during_recoveries_lose_nothing_either() {
    let mut dice = Dice(7);
    for bench in shapes().map(Bench::new) {
        for step in (0..bench.steps()).flat_map(|step| [step; 4]) {
            let (mut world, mut file) = bench.world();
            world.expect(Some((step, Trouble::Dies)));
            assert!(bench.apply(&world, &file).is_err());
            for _ in 0..4 {
                // The power cut, or the process alone killed: then what it saw last is not durable yet.
                if dice.throw(2) == 0 {
                    world = world.crashed(dice.throw(u64::MAX));
                    file = world.file(&file);
                }
                world.expect(Some((dice.throw(60), Trouble::Dies)));
                let _may_have_finished = bench.recover(&world, &file);
            }
            world = world.crashed(dice.throw(u64::MAX));
            file = world.file(&file);
            let recovered = bench.recover(&world, &file).unwrap();
            bench.check(&world, &file, recovered);
            bench.complete(&world, &file);
        }
    }
}

#[test]
fn any_failing_step_can_be_repeated() {
    for bench in shapes().map(Bench::new) {
        for step in 0..bench.steps() {
            let (world, file) = bench.world();
            world.expect(Some((step, Trouble::Fails)));
            let outcome = bench.apply(&world, &file);
            world.expect(None);
            if let Err(error) = outcome {
                assert_eq!(error.kind(), Kind::NoSpace, "{error}");
            }
            let recovered = bench.recover(&world, &file).unwrap();
            bench.check(&world, &file, recovered);
            bench.complete(&world, &file);
        }
    }
}

#[test]
fn any_failing_step_of_a_recovery_can_be_repeated() {
    let bench = Bench::new(rich(230_000, 100_500));
    let (steps, last_write) = (bench.steps(), 12);
    for step in 0..steps {
        let (world, file) = bench.world();
        world.expect(Some((steps - last_write, Trouble::Dies)));
        assert!(bench.apply(&world, &file).is_err());
        let world = world.crashed(step);
        let file = world.file(&file);
        assert!(
            Disk { file: &file, state: &world }.pending().unwrap().is_some(),
            "there is something to recover"
        );
        world.expect(Some((step, Trouble::Fails)));
        let _may_have_finished = bench.recover(&world, &file);
        world.expect(None);
        let recovered = bench.recover(&world, &file).unwrap();
        bench.check(&world, &file, recovered);
        bench.complete(&world, &file);
    }
}

#[test]
fn a_full_disk_before_the_journal_leaves_no_trace() {
    let bench = Bench::new(rich(170_000, 230_000));
    let mut untouched = 0;
    for step in 0..bench.steps() {
        let (world, file) = bench.world();
        world.expect(Some((step, Trouble::Fails)));
        let outcome = bench.apply(&world, &file);
        world.expect(None);
        let disk = Disk { file: &file, state: &world };
        if outcome.is_err() && disk.pending().unwrap().is_none() && file.content() == bench.scenario.old {
            assert_eq!(disk.leaves().unwrap().unwrap(), leaves_of(&bench.scenario.old));
            assert_eq!(world.names(), ["leaves"], "step {step}");
            untouched += 1;
        }
    }
    assert!(untouched > 10, "{untouched}");
}

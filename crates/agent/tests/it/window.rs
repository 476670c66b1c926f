//! Downloads wait for their time, and for bandwidth.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agent::watch::Unwatched;
use wording::Language;

use crate::center::{Center, Mischief};
use crate::fixture::{Machine, disk, notice};

fn base_requests(center: &Center) -> usize {
    center.requests().iter().filter(|path| path.contains("/base/")).count()
}

#[test]
fn a_download_ends_with_the_time_for_updates_and_goes_on_in_the_next() {
    let center = Center::start();
    let content = disk(1500, 1);
    center.publish(&content);
    let machine = Machine::new(&center);
    let sync = |forced| machine.terminal.sync_and_report(Language::English, forced, &Unwatched);
    // Slow enough for a report, which goes out when the download begins, to be answered.
    center.spoil(|path| {
        if path.contains("/base/") {
            std::thread::sleep(Duration::from_millis(400));
        }
        Mischief::None
    });
    center.state(|state| state.is_closed = true);
    assert_eq!(notice(&sync(false).unwrap_err()), "sync.outside_window");
    let first = base_requests(&center);
    assert_eq!(center.state(|state| state.reports.last().unwrap().message.clone()), None);
    center.state(|state| state.is_closed = false);
    sync(false).unwrap();
    machine.assert_whole(&content);
    let whole = Machine::new(&center);
    base_requests(&center);
    // Who is made to take it does not wait.
    center.state(|state| state.is_closed = true);
    whole.terminal.sync_and_report(Language::English, true, &Unwatched).unwrap();
    let all = base_requests(&center);
    assert!(first < all, "{first} of {all} requests before it ended");
}

#[test]
fn who_is_told_to_come_again_does() {
    let center = Center::start();
    let content = disk(30, 1);
    center.publish(&content);
    let machine = Machine::new(&center);
    let refused = Arc::new(AtomicU32::new(0));
    let counted = refused.clone();
    center.spoil(move |path| {
        // More often than a request that fails is tried again.
        let is_full = path.contains("/base/") && counted.fetch_add(1, Ordering::SeqCst) < 2;
        if is_full { Mischief::Full } else { Mischief::None }
    });
    let mut terminal = machine.terminal.clone();
    terminal.patience.attempts = 1;
    terminal.sync(&Unwatched).unwrap();
    machine.assert_whole(&content);
    assert!(refused.load(Ordering::SeqCst) > 2);
}

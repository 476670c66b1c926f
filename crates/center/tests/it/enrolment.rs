//! PCs that enrol again, and what of a terminal has no tool disk.

use center::accounts::{self, Enrolled, NewEnrolmentToken, NewTerminal, Principal, Secret};
use center::db::entities::terminal::{self, TerminalState as Stored};
use center::{Actor, Center, Chosen, TerminalQuery, db};
use chrono::TimeDelta;
use fault::Kind;
use protocol::api::{
    Report, Span, TerminalFilter, TerminalProgram, TerminalShow, TerminalSort, TerminalState,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::site::Site;

const MAC: &str = "00:1a:2b:3c:4d:5e";
const TOOL_DISK: Option<TerminalProgram> = Some(TerminalProgram::ToolDisk);
const DRIVER_CLIENT: Option<TerminalProgram> = Some(TerminalProgram::DriverClient);

fn actor() -> Actor {
    Actor { name: "admin".into(), address: None }
}

async fn enrolment_token(center: &Center) -> Secret {
    let (now, mut random) = (db::now(), accounts::system_random());
    let new = NewEnrolmentToken { name: "lab", uses: 50, lifetime: TimeDelta::hours(1), created_by: "admin" };
    accounts::create_enrolment_token(center.db(), new, now, &mut random).await.unwrap().1
}

/// Enrols a program that proposes this name.
async fn enrol(center: &Center, name: &str, mac: &str, program: Option<TerminalProgram>) -> Enrolled {
    let token = enrolment_token(center).await;
    let new = NewTerminal { keep_name: true, program, ..NewTerminal::new(&token, name, mac) };
    center.enrol(new, db::now()).await.unwrap()
}

async fn row(center: &Center, id: &str) -> terminal::Model {
    terminal::Entity::find_by_id(id).one(center.db()).await.unwrap().unwrap()
}

fn says(state: TerminalState, version: u64) -> Report {
    let (root, program) = ("a".repeat(64), "test".into());
    Report { version, root, state, done: 1, total: 9, message: None, program, mode: None }
}

async fn set(center: &Center, id: &str, column: terminal::Column, value: Expr) {
    let update = terminal::Entity::update_many().col_expr(column, value);
    update.filter(terminal::Column::Id.eq(id)).exec(center.db()).await.unwrap();
}

fn named(id: &str) -> Chosen {
    Chosen::Named { terminals: vec![id.to_owned()], groups: Vec::new() }
}

async fn listed(center: &Center, filter: TerminalFilter) -> Vec<String> {
    let (name, id, sort) = (None, None, TerminalSort::Name);
    let query = TerminalQuery { filter, name, id, sort, desc: false, page: 1, per_page: 100 };
    let page = center.list_terminals(&query).await.unwrap();
    assert_eq!(page.total, page.terminals.len() as u64);
    page.terminals.into_iter().map(|terminal| terminal.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pc_that_lost_its_state_is_the_same_terminal_again() {
    let site = Site::new().await;
    let center = site.open().await;
    let first = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    assert!(first.former.is_none());
    center.report(&first.id, says(TerminalState::Downloading, 3), Some("10.0.0.1".into())).await.unwrap();
    center.set_group(&actor(), &named(&first.id), Some("lab")).await.unwrap();
    set(&center, &first.id, terminal::Column::PushVersion, Expr::value(7)).await;
    assert!(center.is_send_task().await.unwrap());

    let again = enrol(&center, "localhost", "00-1A-2B-3C-4D-5E", TOOL_DISK).await;
    assert_eq!((&again.id, again.name.as_str(), again.token_name.as_str()), (&first.id, "PC-1", "lab"));
    let former = again.former.unwrap();
    assert_eq!((former.name.as_str(), former.address.as_deref()), ("PC-1", Some("10.0.0.1")));
    assert!(former.last_seen_at.is_some());
    let now = row(&center, &first.id).await;
    assert_eq!((now.group_name.as_deref(), now.push_version), (Some("lab"), Some(7)));
    // What was on the disk that is lost is not on this one.
    assert_eq!((now.version, now.root, now.state), (None, None, Stored::Unknown));
    assert!(!center.is_send_task().await.unwrap());
    assert_eq!(listed(&center, TerminalFilter::default()).await, ["PC-1"]);

    let refused = center.authenticate(&first.secret, db::now()).await.unwrap_err();
    assert_eq!(refused.notice().unwrap().id, "account.terminal_unknown");
    let known = center.authenticate(&again.secret, db::now()).await.unwrap();
    assert_eq!(known, Principal::Terminal { id: first.id.clone() });

    let token = enrolment_token(&center).await;
    let renamed = NewTerminal { program: TOOL_DISK, ..NewTerminal::new(&token, "PC-one", MAC) };
    assert_eq!(center.enrol(renamed, db::now()).await.unwrap().id, first.id);
    let search = TerminalFilter { search: Some("pc-ONE".into()), ..TerminalFilter::default() };
    assert_eq!(listed(&center, search).await, ["PC-one"], "a name that was given on purpose is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_prove_to_be_the_same_is_another_terminal() {
    let site = Site::new().await;
    let center = site.open().await;
    let first = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    for program in [DRIVER_CLIENT, DRIVER_CLIENT, None] {
        let other = enrol(&center, "PC-1", MAC, program).await;
        assert!(other.former.is_none() && other.id != first.id, "{program:?}");
    }
    // One that has not said what it is may be a driver-client, which never reports.
    let silent = enrol(&center, "old", "00:1a:2b:3c:4d:01", None).await;
    assert_ne!(enrol(&center, "old", "00:1a:2b:3c:4d:01", TOOL_DISK).await.id, silent.id);
    for mac in ["", "00:00:00:00:00:00", "02:fc:00:00:00:01", "ff:ff:ff:ff:ff:ff"] {
        let one = enrol(&center, "virtual", mac, TOOL_DISK).await;
        assert_ne!(enrol(&center, "virtual", mac, TOOL_DISK).await.id, one.id, "{mac:?}");
    }
    center.authenticate(&first.secret, db::now()).await.unwrap();

    center.remove_terminal(&actor(), &first.id).await.unwrap();
    let anew = enrol(&center, "PC-new", MAC, TOOL_DISK).await;
    assert_ne!(anew.id, first.id, "what was removed stays so");
    assert!(row(&center, &first.id).await.deleted_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_that_earlier_releases_have_left_the_last_one_heard_is_taken() {
    let site = Site::new().await;
    let center = site.open().await;
    let mut ids = Vec::new();
    for (name, hours) in [("older", 48), ("newer", 2), ("oldest", 90)] {
        let id = enrol(&center, name, MAC, None).await.id;
        let seen = db::now() - TimeDelta::hours(hours);
        set(&center, &id, terminal::Column::LastSeenAt, Expr::value(seen)).await;
        ids.push(id);
    }
    let taken = enrol(&center, "x", MAC, TOOL_DISK).await;
    assert_eq!((&taken.id, taken.name.as_str()), (&ids[1], "newer"));

    for id in &ids[..2] {
        center.report(id, says(TerminalState::Idle, 1), None).await.unwrap();
    }
    let third = enrol(&center, "x", MAC, TOOL_DISK).await;
    assert!(!ids.contains(&third.id), "two that are heard are two PCs, whatever their addresses say");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_former_secret_says_is_taken_any_more() {
    let site = Site::new().await;
    let center = site.open().await;
    let first = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    center.report(&first.id, says(TerminalState::Downloading, 1), None).await.unwrap();
    set(&center, &first.id, terminal::Column::PushVersion, Expr::value(5)).await;
    // Progress is written later, and its report is answered at once.
    let more = Report { done: 8, ..says(TerminalState::Downloading, 1) };
    center.report(&first.id, more, None).await.unwrap();
    let proved_at = center.moment_of_proof();
    let again = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    assert_eq!(again.id, first.id);

    let late = center.report_proved(&first.id, proved_at, says(TerminalState::Idle, 9), None).await;
    assert_eq!(late.unwrap_err().kind(), Kind::Denied);
    // Has what waits written.
    assert!(!center.is_send_task().await.unwrap());
    let now = row(&center, &first.id).await;
    assert_eq!(
        (now.version, now.state, now.progress_done, now.push_version),
        (None, Stored::Unknown, 0, Some(5))
    );

    center.report(&first.id, says(TerminalState::Idle, 6), None).await.unwrap();
    let now = row(&center, &first.id).await;
    assert_eq!((now.version, now.push_version), (Some(6), None), "who has the new secret is heard");
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_that_race_with_an_enrolment_leave_nothing_behind() {
    let site = Site::new().await;
    let center = site.open().await;
    let mut secret = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    for round in 1..20 {
        let (clone, id, of_before) = (center.clone(), secret.id.clone(), secret.secret.clone());
        let reporting = tokio::spawn(async move {
            let states = [TerminalState::Downloading, TerminalState::Idle];
            for number in 0.. {
                let proved_at = clone.moment_of_proof();
                if clone.authenticate(&of_before, db::now()).await.is_err() {
                    return;
                }
                // It may be refused, or be dropped while it waits.
                let _answer =
                    clone.report_proved(&id, proved_at, says(states[number % 2], round), None).await;
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(round)).await;
        secret = enrol(&center, "PC-1", MAC, TOOL_DISK).await;
        reporting.await.unwrap();
        center.is_send_task().await.unwrap();
        let now = row(&center, &secret.id).await;
        assert_eq!((now.version, now.state), (None, Stored::Unknown), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_uploads_printer_drivers_counts_for_nothing_that_is_about_disks() {
    let site = Site::new().await;
    let center = site.open().await;
    enrol(&center, "PC-1", MAC, TOOL_DISK).await;
    enrol(&center, "PC-2", "00:1a:2b:3c:4d:5f", None).await;
    let client = enrol(&center, "uploads", MAC, DRIVER_CLIENT).await;
    let clients = TerminalFilter { program: DRIVER_CLIENT, ..TerminalFilter::default() };

    assert_eq!(listed(&center, TerminalFilter::default()).await, ["PC-1", "PC-2"]);
    let searched = TerminalFilter { search: Some(MAC.into()), program: TOOL_DISK, ..Default::default() };
    assert_eq!(listed(&center, searched).await, ["PC-1"]);
    let behind = TerminalFilter { show: Some(TerminalShow::Behind), ..TerminalFilter::default() };
    assert_eq!(listed(&center, behind).await.len(), 2);
    assert_eq!(listed(&center, clients.clone()).await, ["uploads"]);
    assert_eq!(center.terminal(&client.id).await.unwrap().program, DRIVER_CLIENT);

    let standings = center.terminal_standings().await.unwrap().counts();
    assert_eq!((standings.total, standings.behind, standings.offline), (2, 2, 2));
    let overview = center.terminal_overview(&TerminalFilter::default(), true).await.unwrap();
    assert_eq!((overview.counts.total, overview.ungrouped), (2, 2));
    assert_eq!(center.terminal_overview(&clients, false).await.unwrap().counts.total, 1);
    center.sample_terminals().await.unwrap();
    let points = center.terminal_history(Span::Day).await.unwrap().points;
    assert!((points[0].offline - 2.0).abs() < f64::EPSILON);

    let all = Chosen::Fitting(TerminalFilter::default());
    assert_eq!(center.push(&actor(), &all).await.unwrap(), 2);
    assert_eq!(center.push(&actor(), &named(&client.id)).await.unwrap_err().kind(), Kind::NotFound);
    center.remove_terminal(&actor(), &client.id).await.unwrap();
    assert!(listed(&center, clients).await.is_empty());
}

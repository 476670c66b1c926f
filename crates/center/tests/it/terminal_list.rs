//! The list of terminals: pages, orders, filters, searches, and what is done with all that fit.

use std::collections::HashSet;

use center::accounts::{self, NewEnrolmentToken, NewTerminal};
use center::db::entities::terminal::{ActiveModel, Column, Entity};
use center::db::{self, commit};
use center::{Center, Chosen, TerminalQuery};
use chrono::TimeDelta;
use protocol::api::{
    self, Inventory, Report, Terminal, TerminalFilter, TerminalPage, TerminalShow, TerminalSort,
    TerminalState,
};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};

use crate::site::{Site, actor, save};

const SORTS: [TerminalSort; 5] = [
    TerminalSort::Name,
    TerminalSort::Version,
    TerminalSort::LastSeen,
    TerminalSort::State,
    TerminalSort::Group,
];
const SHOWS: [TerminalShow; 5] = [
    TerminalShow::Identical,
    TerminalShow::Behind,
    TerminalShow::Busy,
    TerminalShow::Error,
    TerminalShow::Offline,
];

/// Makes terminals of these names and MAC addresses; answers their ids.
async fn enrol(center: &Center, machines: &[(&str, &str)]) -> Vec<String> {
    let (now, mut random) = (db::now(), accounts::system_random());
    let uses = machines.len() as u32;
    let new = NewEnrolmentToken { name: "t", uses, lifetime: TimeDelta::hours(1), created_by: "admin" };
    let (_, token) = accounts::create_enrolment_token(center.db(), new, now, &mut random).await.unwrap();
    let mut ids = Vec::new();
    for (name, mac) in machines {
        let made =
            accounts::enrol_terminal(center.db(), NewTerminal::new(&token, name, mac), now, &mut random)
                .await;
        ids.push(made.unwrap().id);
    }
    ids
}

async fn report(center: &Center, id: &str, version: u64, root: &str, state: TerminalState, address: &str) {
    let (root, program) = (root.to_owned(), "test".to_owned());
    let report = Report { version, root, state, done: 0, total: 0, message: None, program, mode: None };
    center.report(id, report, Some(address.to_owned())).await.unwrap();
}

fn all() -> TerminalQuery {
    let (filter, sort) = (TerminalFilter::default(), TerminalSort::Name);
    TerminalQuery { filter, name: None, id: None, sort, desc: false, page: 1, per_page: 1000 }
}

fn of_group(group: &str) -> TerminalFilter {
    TerminalFilter { group: Some(group.into()), ..TerminalFilter::default() }
}

fn shown(show: TerminalShow) -> TerminalFilter {
    TerminalFilter { show: Some(show), ..TerminalFilter::default() }
}

fn searching(text: &str) -> TerminalFilter {
    TerminalFilter { search: Some(text.into()), ..TerminalFilter::default() }
}

async fn list(center: &Center, query: TerminalQuery) -> TerminalPage {
    center.list_terminals(&query).await.unwrap()
}

/// Names of all that fit, in the order of the list.
async fn names(center: &Center, filter: TerminalFilter) -> Vec<String> {
    let page = list(center, TerminalQuery { filter, ..all() }).await;
    assert_eq!((page.total, page.is_total_exact), (page.terminals.len() as u64, true));
    page.terminals.into_iter().map(|terminal| terminal.name).collect()
}

fn notice<T: std::fmt::Debug>(outcome: fault::Result<T>) -> String {
    outcome.unwrap_err().notice().unwrap().id.to_string()
}

/// Thirty terminals that differ in everything by which lists are sorted and filtered.
async fn fleet(center: &Center) -> Vec<String> {
    let root = center.status(&actor(), &ToString::to_string).await.unwrap().root;
    let named: Vec<String> = (0..30).map(|number| format!("PC-{:02}", number % 20)).collect();
    let machines: Vec<(&str, &str)> = named.iter().map(|name| (name.as_str(), "")).collect();
    let ids = enrol(center, &machines).await;
    let states =
        [TerminalState::Idle, TerminalState::Downloading, TerminalState::Error, TerminalState::Waiting];
    for (number, id) in ids.iter().enumerate().filter(|(number, _)| number % 5 != 4) {
        let (version, root) = if number % 3 == 0 { (1, root.clone()) } else { (0, "0".repeat(64)) };
        report(center, id, version, &root, states[number % 4], "10.0.0.1").await;
    }
    for (group, part) in [("Lab", &ids[..7]), ("lab", &ids[7..12]), ("语音教室", &ids[12..20])] {
        let chosen = Chosen::of(part.to_vec(), Vec::new(), None).unwrap();
        assert_eq!(center.set_group(&actor(), &chosen, Some(group)).await.unwrap(), part.len() as u64);
    }
    for id in ids.iter().step_by(7) {
        let change = ActiveModel {
            id: Set(id.clone()),
            last_seen_at: Set(Some(db::now() - TimeDelta::seconds(300))),
            ..Default::default()
        };
        change.update(center.db()).await.unwrap();
    }
    center.note_silence().await.unwrap();
    ids
}

/// What the order of a list goes by.
fn key(terminal: &Terminal, sort: TerminalSort) -> String {
    match sort {
        TerminalSort::Name => terminal.name.to_lowercase(),
        TerminalSort::Version => format!("{:?}", terminal.version),
        TerminalSort::LastSeen => terminal.last_seen_at.clone().unwrap_or_default(),
        TerminalSort::State => serde_json::to_string(&terminal.state).unwrap(),
        TerminalSort::Group => terminal.group.clone().unwrap_or_default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_every_terminal_once_in_each_order_and_back() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "net").await;
    save(&center).await;
    let ids: HashSet<String> = fleet(&center).await.into_iter().collect();
    for sort in SORTS {
        let mut there = Vec::new();
        for page in 1..=5 {
            let answer = list(&center, TerminalQuery { sort, page, per_page: 7, ..all() }).await;
            assert_eq!((answer.total, answer.is_total_exact), (30, true), "{sort:?}, page {page}");
            there.extend(answer.terminals);
        }
        let keys: Vec<String> = there.iter().map(|terminal| key(terminal, sort)).collect();
        assert!(keys.is_sorted(), "{sort:?}: {keys:?}");
        let whole: Vec<String> = there.iter().map(|terminal| terminal.id.clone()).collect();
        assert_eq!(whole.iter().cloned().collect::<HashSet<_>>(), ids, "{sort:?}");
        let back = list(&center, TerminalQuery { sort, desc: true, ..all() }).await.terminals;
        assert!(back.iter().rev().map(|terminal| &terminal.id).eq(&whole), "{sort:?}");
        let beyond = list(&center, TerminalQuery { sort, page: 6, per_page: 7, ..all() }).await;
        assert_eq!((beyond.terminals.len(), beyond.total), (0, 30));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_has_as_many_rows_as_are_counted_in_each_order() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "net").await;
    save(&center).await;
    fleet(&center).await;
    for group in ["", "Lab", "lab", "语音教室"] {
        let filter = of_group(group);
        let overview = center.terminal_overview(&filter, true).await.unwrap();
        let counts = overview.counts;
        let counted = [counts.identical, counts.behind, counts.busy, counts.error, counts.offline];
        assert!(group.is_empty() || counted.iter().sum::<u64>() > counts.total, "{group}: {counts:?}");
        for (show, counted) in SHOWS.into_iter().zip(counted) {
            for (sort, desc) in SORTS.into_iter().flat_map(|sort| [(sort, false), (sort, true)]) {
                let filter = TerminalFilter { show: Some(show), ..filter.clone() };
                let page = list(&center, TerminalQuery { filter, sort, desc, ..all() }).await;
                assert_eq!(page.terminals.len() as u64, counted, "{group} {show:?} {sort:?}");
                assert_eq!(page.total, counted);
            }
        }
        for api::TerminalVersion { version, terminals } in overview.versions {
            let filter = TerminalFilter { version: Some(version), ..filter.clone() };
            assert_eq!((names(&center, filter).await.len() as u64, terminals > 0), (terminals, true));
        }
        let groups: Vec<(&str, u64)> =
            overview.groups.iter().map(|group| (group.name.as_str(), group.terminals)).collect();
        assert_eq!((groups, overview.ungrouped), (vec![("Lab", 7), ("lab", 5), ("语音教室", 8)], 10));
    }
    let page = list(&center, TerminalQuery { filter: shown(TerminalShow::Offline), ..all() }).await;
    assert!(page.terminals.iter().all(|terminal| terminal.offline) && page.total >= 6);
    let ungrouped = TerminalFilter { ungrouped: true, ..TerminalFilter::default() };
    assert_eq!(names(&center, ungrouped.clone()).await.len(), 10);
    let both = TerminalFilter { version: Some(1), ..ungrouped };
    let page = list(&center, TerminalQuery { filter: both, ..all() }).await;
    assert!(page.total > 0 && page.terminals.iter().all(|terminal| terminal.version == Some(1)));
    assert_eq!(names(&center, TerminalFilter { version: Some(u64::MAX), ..all().filter }).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_every_character_for_itself_and_no_case_for_different() {
    let site = Site::new().await;
    let center = site.open().await;
    let machines = [
        ("Ärger_1", "00:1A:2B:3C:4D:5E"),
        ("100%", "001a2b3c4d5f"),
        ("back\\slash", ""),
        ("it's \"so\"", ""),
        ("ΟΔΟΣ 教室", ""),
    ];
    let ids = enrol(&center, &machines).await;
    report(&center, &ids[2], 0, "", TerminalState::Idle, "10.20.30.40").await;
    report(&center, &ids[3], 0, "", TerminalState::Idle, "2001:DB8::17").await;
    let found = async |text: &str| names(&center, searching(text)).await;
    for (text, number) in [
        ("ärger", 0),
        (" ÄRGER_1 ", 0),
        ("_", 0),
        ("%", 1),
        ("\\", 2),
        ("'", 3),
        ("\"SO\"", 3),
        ("οδος", 4),
        ("教", 4),
        ("20.30", 2),
        ("2001:db8", 3),
        ("4d-5e", 0),
        ("001A.2B3C.4D5F", 1),
        ("3c:4d:5e", 0),
    ] {
        assert_eq!(found(text).await, [machines[number].0], "{text:?}");
    }
    assert_eq!(found("00:1a:2b").await, ["100%", "Ärger_1"]);
    assert_eq!(found(&ids[4]).await, [machines[4].0]);
    assert_eq!(found(&ids[4][..8].to_uppercase()).await, [machines[4].0]);
    for none in ["__", "%%", "r%1", "r_er", "\\\\", "sl\nash", "\0", "x' OR '1'='1", "*", "[a-z]", "👩‍💻"]
    {
        assert_eq!(found(none).await.len(), 0, "{none:?}");
    }
    for every in ["", "  ", "\t"] {
        assert_eq!(found(every).await.len(), 5, "{every:?}");
    }
    assert_eq!(found(&"字".repeat(255)).await.len(), 0);
    let long = TerminalQuery { filter: searching(&"字".repeat(256)), ..all() };
    assert_eq!(notice(center.list_terminals(&long).await), "terminal.search_too_long");
    assert_eq!(notice(center.terminal_overview(&long.filter, false).await), "terminal.search_too_long");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_moves_is_found_where_it_is() {
    let site = Site::new().await;
    let center = site.open().await;
    let ids = enrol(&center, &[("PC-1", "")]).await;
    for address in ["10.1.1.1", "10.2.2.2"] {
        report(&center, &ids[0], 0, "", TerminalState::Idle, address).await;
    }
    let found = async |text: &str| names(&center, searching(text)).await.len();
    assert_eq!((found("10.1.1").await, found("10.2.2").await), (0, 1));
    assert_eq!(center.terminal(&ids[0]).await.unwrap().address.as_deref(), Some("10.2.2.2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_beginnings_of_ids_find_one() {
    let site = Site::new().await;
    let center = site.open().await;
    let ids = enrol(&center, &[("PC-1", ""), ("pc-1", ""), ("PC-10", "")]).await;
    let named = async |name: &str| {
        list(&center, TerminalQuery { name: Some(name.into()), ..all() }).await.terminals.len()
    };
    assert_eq!((named("Pc-1").await, named("pc-10").await, named("PC").await), (2, 1, 0));
    let begins =
        async |id: &str| list(&center, TerminalQuery { id: Some(id.into()), ..all() }).await.terminals;
    assert_eq!(begins(&ids[2]).await[0].name, "PC-10");
    assert_eq!(begins(&ids[1][..13]).await[0].id, ids[1]);
    for none in ["", "%", "_", "g", "'", &format!("{}0", ids[0])] {
        assert_eq!(begins(none).await.len(), 0, "{none}");
    }
    assert_eq!(notice(center.terminal("%").await), "terminal.not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_bounds_and_may_lie_beyond_the_end() {
    let site = Site::new().await;
    let center = site.open().await;
    enrol(&center, &[("a", ""), ("b", ""), ("c", "")]).await;
    for (page, per_page) in [(0, 50), (1, 0), (1, 1001), (0, 0), (u64::MAX, u64::MAX)] {
        let outcome = center.list_terminals(&TerminalQuery { page, per_page, ..all() }).await;
        assert_eq!(notice(outcome), "terminal.page", "{page}, {per_page}");
    }
    for (page, per_page) in [(2, 1000), (4, 1), (u64::MAX, 1), (u64::MAX, 1000)] {
        for filter in [TerminalFilter::default(), searching("a")] {
            let answer = list(&center, TerminalQuery { page, per_page, filter, ..all() }).await;
            assert_eq!(answer.terminals, [], "{page}, {per_page}");
            assert!(answer.is_total_exact && answer.total > 0);
        }
    }
    let third = list(&center, TerminalQuery { page: 3, per_page: 1, ..all() }).await;
    assert_eq!(third.terminals[0].name, "c");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_finds_very_many_says_that_it_did_not_count_them() {
    let site = Site::new().await;
    let center = site.open().await;
    let row = |number: usize| ActiveModel {
        id: Set(format!("id-{number}")),
        name: Set(format!("PC-{number:05}")),
        name_key: Set(Some(format!("pc-{number:05}"))),
        search_text: Set(Some(format!("pc-{number:05}"))),
        mac: Set(String::new()),
        secret_hash: Set(format!("{number}")),
        enrolled_at: Set(db::now()),
        state: Set(db::entities::terminal::TerminalState::Idle),
        ..Default::default()
    };
    for start in (0..10_002).step_by(500) {
        let rows = (start..(start + 500).min(10_002)).map(row);
        Entity::insert_many(rows).exec_without_returning(center.db()).await.unwrap();
    }
    let page = async |filter, page| {
        let answer = list(&center, TerminalQuery { filter, page, ..all() }).await;
        let first = answer.terminals.first().map(|terminal| terminal.name.clone()).unwrap_or_default();
        (answer.total, answer.is_total_exact, answer.terminals.len(), first)
    };
    assert_eq!(page(searching("PC"), 1).await, (10_000, false, 1000, "PC-00000".into()));
    // What was not counted is shown all the same.
    assert_eq!(page(searching("PC"), 11).await, (10_000, false, 2, "PC-10000".into()));
    assert_eq!(page(searching("pc-0"), 10).await, (10_000, true, 1000, "PC-09000".into()));
    assert_eq!(page(all().filter, 11).await, (10_002, true, 2, "PC-10000".into()));
    assert_eq!(page(all().filter, 6).await, (10_002, true, 1000, "PC-05000".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_fit_are_grouped_and_pushed_to_and_no_others() {
    let site = Site::new().await;
    let center = site.open().await;
    site.import(&center, "net").await;
    save(&center).await;
    center.set_auto_update(&actor(), false).await.unwrap();
    let ids = enrol(&center, &[("a-1", ""), ("a-2", ""), ("b-1", ""), ("b-2", "")]).await;
    let fitting = |filter| Chosen::of(Vec::new(), Vec::new(), Some(filter)).unwrap();
    let moved = center.set_group(&actor(), &fitting(searching("A-")), Some("lab")).await.unwrap();
    assert_eq!((moved, names(&center, of_group("lab")).await), (2, vec!["a-1".to_owned(), "a-2".to_owned()]));
    assert_eq!(center.push(&actor(), &fitting(of_group("lab"))).await.unwrap(), 2);
    let is_told = async |id: &str| {
        let (root, program) = (String::new(), "test".to_owned());
        let state = TerminalState::Idle;
        let report =
            Report { version: 0, root, state, done: 0, total: 0, message: None, program, mode: None };
        center.report(id, report, None).await.unwrap().update
    };
    assert_eq!([is_told(&ids[0]).await, is_told(&ids[1]).await, is_told(&ids[2]).await], [true, true, false]);
    assert_eq!(center.push(&actor(), &fitting(TerminalFilter::default())).await.unwrap(), 4);
    assert!(is_told(&ids[3]).await);
    assert_eq!(center.push(&actor(), &fitting(searching("nobody"))).await.unwrap(), 0);
    let outside = center.set_group(&actor(), &fitting(TerminalFilter::default()), None).await.unwrap();
    assert_eq!((outside, names(&center, of_group("lab")).await.len()), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_that_are_named_are_taken_all_or_none() {
    let site = Site::new().await;
    let center = site.open().await;
    let ids = enrol(&center, &[("a", ""), ("b", ""), ("c", "")]).await;
    let named = |ids: &[String]| Chosen::of(ids.to_vec(), Vec::new(), None).unwrap();
    center.set_group(&actor(), &named(&ids), Some(" lab ")).await.unwrap();
    center.set_group(&actor(), &named(&ids[..1]), None).await.unwrap();
    let in_lab = async || names(&center, of_group("lab")).await;
    assert_eq!(in_lab().await, ["b", "c"]);
    let wrong = named(&[ids[1].clone(), "nobody".into()]);
    assert_eq!(notice(center.set_group(&actor(), &wrong, None).await), "terminal.not_found");
    assert_eq!(notice(center.push(&actor(), &wrong).await), "terminal.not_found");
    let long = "x".repeat(121);
    for bad in ["a\nb", long.as_str()] {
        assert_eq!(
            notice(center.set_group(&actor(), &named(&ids), Some(bad)).await),
            "terminal.group_invalid"
        );
    }
    assert_eq!(in_lab().await, ["b", "c"]);
    // One that is named twice, or by its group too, is one.
    let twice = [ids[1].clone(), ids[1].clone(), ids[0].clone()].to_vec();
    let chosen = Chosen::of(twice, vec!["lab".into()], None).unwrap();
    assert_eq!(center.push(&actor(), &chosen).await.unwrap(), 3);
    let unknown = Chosen::of(Vec::new(), vec!["lab".into(), "x".into()], None).unwrap();
    assert_eq!(notice(center.push(&actor(), &unknown).await), "terminal.no_group");
    assert_eq!(notice(Chosen::of(Vec::new(), Vec::new(), None)), "terminal.push_count");
    let beside = Chosen::of(ids, Vec::new(), Some(TerminalFilter::default()));
    assert_eq!(notice(beside), "terminal.push_count");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_earlier_releases_are_carried_over_when_the_center_opens() {
    let site = Site::new().await;
    let center = site.open().await;
    let ids = enrol(&center, &[("ÄLTER", "001a2b3c4d5e"), ("newer", "")]).await;
    let inventory = Inventory { model: "Lantern 7".into(), firmware: String::new(), devices: Vec::new() };
    let txn = center.db().begin().await.unwrap();
    Entity::update_many()
        .col_expr(Column::NameKey, Expr::value(None::<String>))
        .col_expr(Column::SearchText, Expr::value(None::<String>))
        .col_expr(Column::Inventory, Expr::value(serde_json::to_string(&inventory).unwrap()))
        .filter(Column::Id.eq(&ids[0]))
        .exec(&txn)
        .await
        .unwrap();
    let earlier = |number: usize| ActiveModel {
        id: Set(format!("id-{number:03}")),
        name: Set(format!("Room-{number:03}")),
        mac: Set(format!("02fc00000{number:03}")),
        secret_hash: Set(format!("{number}")),
        enrolled_at: Set(db::now()),
        state: Set(db::entities::terminal::TerminalState::Idle),
        deleted_at: Set(Some(db::now())),
        ..Default::default()
    };
    Entity::insert_many((0..250).map(earlier)).exec_without_returning(&txn).await.unwrap();
    commit(txn).await.unwrap();
    center.close().await;
    drop(center);

    let center = site.open().await;
    for row in Entity::find().filter(Column::DeletedAt.is_not_null()).all(center.db()).await.unwrap() {
        let key = row.name.to_lowercase();
        assert_eq!(row.search_text, Some(format!("{key}\n{}\n", row.mac)));
        assert_eq!(row.name_key, Some(key));
    }
    assert_eq!(center.inventory(&ids[0]).await.unwrap(), inventory);
    assert_eq!(names(&center, searching("1a:2b")).await, ["ÄLTER"]);
    assert_eq!(names(&center, searching("älter")).await, ["ÄLTER"]);
    assert_eq!(names(&center, TerminalFilter::default()).await, ["newer", "ÄLTER"]);
    let row = Entity::find_by_id(&ids[0]).one(center.db()).await.unwrap().unwrap();
    assert_eq!(row.inventory, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_noted_and_ends_with_a_report() {
    let site = Site::new().await;
    let center = site.open().await;
    let ids = enrol(&center, &[("a", ""), ("b", "")]).await;
    for id in &ids {
        report(&center, id, 0, "", TerminalState::Idle, "10.0.0.1").await;
    }
    let silent = async || {
        center.note_silence().await.unwrap();
        names(&center, shown(TerminalShow::Offline)).await
    };
    assert_eq!(silent().await.len(), 0);
    let seen = async |ago: i64| {
        let at = db::now() - TimeDelta::seconds(ago);
        let change =
            ActiveModel { id: Set(ids[0].clone()), last_seen_at: Set(Some(at)), ..Default::default() };
        change.update(center.db()).await.unwrap();
    };
    seen(121).await;
    assert_eq!(silent().await, ["a"]);
    // As heartbeats are written: nothing but the time.
    seen(3).await;
    assert_eq!(silent().await.len(), 0);
    assert_eq!(center.note_silence().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_a_search_is_as_long_as_the_last_change_has_made_it() {
    let site = Site::new().await;
    let center = site.open().await;
    let lengths = async || {
        let mut totals = Vec::new();
        let ungrouped = TerminalFilter { ungrouped: true, ..TerminalFilter::default() };
        let both = TerminalFilter { ungrouped: true, ..of_group("lab") };
        for filter in [TerminalFilter::default(), of_group("lab"), of_group(" lab "), ungrouped, both] {
            // A page that is full does not say how long the list is.
            let answer = list(&center, TerminalQuery { filter, per_page: 1, ..all() }).await;
            totals.push(answer.total);
        }
        totals
    };
    assert_eq!(lengths().await, [0, 0, 0, 0, 0]);
    let ids = enrol(&center, &[("a", ""), ("b", ""), ("c", ""), ("d", "")]).await;
    assert_eq!(lengths().await, [4, 0, 0, 4, 0]);
    let two = Chosen::of(ids[..2].to_vec(), Vec::new(), None).unwrap();
    center.set_group(&actor(), &two, Some("lab")).await.unwrap();
    assert_eq!(lengths().await, [4, 2, 2, 2, 0]);
    center.remove_terminal(&actor(), &ids[0]).await.unwrap();
    center.remove_terminal(&actor(), &ids[3]).await.unwrap();
    assert_eq!(lengths().await, [2, 1, 1, 1, 0]);
}

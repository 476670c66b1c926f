//! Terminals by command.

use super::Desk;
use crate::support::{PASSWORD, Server};
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    let terminals = list.as_array().expect("an array");
    terminals.iter().map(|terminal| terminal["name"].as_str().expect("a name")).collect()
}

#[test]
fn terminals_are_listed_grouped_pushed_to_and_removed() {
    let mut server = Server::start();
    let ids = ["PC-1", "PC-2", "pc-10", "twin", "twin", "TWIN"].map(|name| server.terminal(name).0);
    let desk = Desk::new(&server);
    let done = desk.run_with(&["login", "--name", "admin", "--password-stdin"], &format!("{PASSWORD}\n"));
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(names(&desk.ask(&["terminals", "--search", "pc-"])), ["PC-1", "pc-10", "PC-2"]);
    let last = desk.ask(&["terminals", "--desc", "--show", "offline", "--sort", "name", "--search", "PC"]);
    assert_eq!(names(&last), ["PC-2", "pc-10", "PC-1"]);
    let table = desk.run(&["terminals", "--lang", "zh"]).out;
    assert!(table.contains("PC-1") && table.contains("00112233"), "{table}");
    assert_eq!(desk.run(&["terminals", "--show", "busy"]).out.trim(), "There is no terminal.");

    let done = desk.ask(&["group", "pc-1", &ids[2][..13], "--name", "lab"]);
    assert_eq!(done, json!({"grouped": [ids[0], ids[2]], "terminals": 2}));
    assert_eq!(names(&desk.ask(&["terminals", "--group", "lab"])), ["PC-1", "pc-10"]);
    assert_eq!(names(&desk.ask(&["terminals", "--ungrouped", "--search", "pc"])), ["PC-2"]);
    assert_eq!(desk.ask(&["group", "--from", "lab", "--search", "10", "--name", "office"])["terminals"], 1);
    assert_eq!(names(&desk.ask(&["terminals", "--group", "office"])), ["pc-10"]);

    assert_eq!(desk.ask(&["push", "PC-2", "--group", "lab"]), json!({"pushed": [ids[1]], "terminals": 2}));
    assert_eq!(desk.ask(&["push", "--all"])["terminals"], 6);
    assert_eq!(
        desk.ask(&["push", "--show", "behind", "--group", "lab", "--group", "office"])["terminals"],
        2
    );
    let said = desk.run(&["push", "--search", "twin"]).out;
    assert_eq!(said.trim(), "Pushed to 3 terminals.");
    assert_eq!(desk.refused(&["push", "--group", "nobody"], 9), "terminal.no_group");
    for wrong in [&["push"][..], &["push", "PC-1", "--all"], &["group", "PC-1", "--show", "busy", "--none"]] {
        assert_eq!(desk.run(wrong).code, Some(2), "{wrong:?}");
    }

    // Of three that are called alike, the one that is written exactly so.
    assert_eq!(desk.ask(&["remove", "TWIN"])["removed"], json!([ids[5]]));
    assert_eq!(desk.refused(&["remove", "twin"], 7), "cli.ambiguous");
    assert_eq!(desk.refused(&["remove", "none"], 9), "cli.no_terminal_called");
    assert_eq!(desk.refused(&["remove", ""], 9), "cli.no_terminal_called");
    assert_eq!(desk.ask(&["remove", &ids[3]])["removed"], json!([ids[3]]));
    assert_eq!(desk.ask(&["terminals"]).as_array().map(Vec::len), Some(4));

    // All that fit.
    assert_eq!(desk.ask(&["remove", "--search", "twin", "--yes"]), json!({"removed": [], "terminals": 1}));
    assert_eq!(desk.ask(&["remove", "--group", "lab", "--show", "offline", "--yes"])["terminals"], 1);
    assert_eq!(names(&desk.ask(&["terminals"])), ["pc-10", "PC-2"]);
    for wrong in [&["remove"][..], &["remove", "--yes"], &["remove", "PC-2", "--show", "offline"]] {
        assert_eq!(desk.run(wrong).code, Some(2), "{wrong:?}");
    }
}

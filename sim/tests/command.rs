//! The command as somebody types it: against a real service, and against everything that can be wrong.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The service that `cargo test --workspace` has built beside this test.
fn rowlock() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let path = this.parent().unwrap().with_file_name("rowlock");
    assert!(path.is_file(), "{} is not there: cargo build --package rowlock", path.display());
    path
}

fn sim(report: &Path, arguments: &[&str]) -> Output {
    bare(&[&["--report", report.to_str().unwrap()], arguments].concat())
}

fn bare(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sim")).args(arguments).env_remove("JWT_SECRET").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_run_is_carried_checked_and_reported() {
    let directory = tempfile::tempdir().unwrap();
    let service = rowlock();
    let mix = "browse=1,best=1,named=1,pay=1,abandon=1,cancel=1,exchange=1,retry=0.5";
    let output = sim(
        directory.path(),
        &["--service", service.to_str().unwrap(), "--tps", "60", "--duration", "3s", "--seats", "500", "--mix", mix],
    );
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("0 violations"), "{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(directory.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["violations"]["count"], 0);
    assert_eq!(report["verdict"]["is_met"], true, "{report}");
    let requests = &report["requests"];
    let sent = requests["book"]["sent"].as_u64().unwrap();
    assert!((179..=180).contains(&sent), "{sent}");
    let refused: u64 =
        requests["book"]["refused"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    let done = requests["book"]["done"].as_u64().unwrap();
    assert_eq!(done + refused, sent, "every booking request was answered");
    for kind in ["retry", "browse", "pay", "cancel", "exchange"] {
        assert!(requests[kind]["done"].as_u64().unwrap() > 0, "{kind}: {report}");
    }
    assert_eq!(report["checked"]["bookings"].as_u64().unwrap(), done);
    assert_eq!(report["checked"]["seats"], 8 * 500);
    assert!(report["seconds"].as_array().unwrap().len() >= 3);
    assert!(report["checked"]["ledger"].as_u64().unwrap() > 0, "{report}");
    let page = std::fs::read_to_string(directory.path().join("report.html")).unwrap();
    assert!(page.contains("everything was met") && page.matches("<svg width").count() == 5, "{page}");
    assert!(!page.contains("<script") && !page.contains("src="), "it needs nothing else");
}

#[test]
fn what_is_shed_is_told_apart_from_what_waited_in_the_client() {
    let directory = tempfile::tempdir().unwrap();
    let service = rowlock();
    // One booking at a time is let in, and 400 buyers come in one instant: most of them wait for one of eight connections.
    let arguments = [
        "--service",
        service.to_str().unwrap(),
        "--env",
        "ROWLOCK_IN_FLIGHT_MAX=1",
        "--profile",
        "on-sale",
        "--slo",
        "shed=1us",
    ];
    let output =
        sim(directory.path(), &[&arguments[..], &["--tps", "400", "--duration", "3s", "--connections", "8"]].concat());
    let said = said(&output);
    assert!(said.contains("shed: p50 ") && said.contains("MISSED: p99 of refusals for load "), "{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(directory.path().join("report.json")).unwrap()).unwrap();
    assert!(report["requests"]["book"]["shed"].as_u64().unwrap() > 100, "{report}");
    let max = |since: &str| report["shed"][since]["max"].as_u64().unwrap();
    assert!(0 < max("since_sent_us") && max("since_sent_us") < max("since_due_us"), "{report}");
    let page = std::fs::read_to_string(directory.path().join("report.html")).unwrap();
    assert!(page.contains("Those for load were answered p50 "), "{page}");
}

#[test]
fn a_trace_is_replayed_faster_and_reported_as_a_replay() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let trace = trace.to_str().unwrap();
    let recorded = bare(&["record", "--trace", trace, "--tps", "50", "--duration", "3s", "--seats", "500"]);
    assert_eq!(recorded.status.code(), Some(0), "{}", said(&recorded));
    let service = rowlock();
    let arguments = ["--service", service.to_str().unwrap(), "--trace", trace, "--speed", "3"];
    let output = sim(directory.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_slice(&std::fs::read(directory.path().join("report.json")).unwrap()).unwrap();
    assert_eq!((&report["replay"]["speed"], &report["replay"]["recorded_tps"]), (&3.0.into(), &50.into()));
    assert_eq!((&report["plan"]["tps"], &report["plan"]["duration_s"]), (&150.into(), &1.0.into()));
    assert_eq!(report["requests"]["book"]["sent"], report["plan"]["bookings"]);
}

#[test]
fn a_trace_that_cannot_be_replayed_is_one_clear_line_and_exit_code_2() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("trace");
    let trace = path.to_str().unwrap();
    let refused = |arguments: &[&str], expected: &str| {
        let output = sim(directory.path(), arguments);
        let said = said(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{arguments:?}: {said}");
        assert!(said.starts_with("sim: ") && said.contains(expected), "{arguments:?}: {said}");
    };
    refused(&["--trace", trace], "trace: the trace cannot be read: No such file");
    std::fs::write(&path, "{}").unwrap();
    refused(&["--trace", trace], "trace: not a trace");
    assert_eq!(bare(&["record", "--trace", trace, "--tps", "50", "--duration", "1s"]).status.code(), Some(0));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refused(&["--trace", trace], "trace: the trace is truncated");
    refused(&["--trace", trace, "--speed", "1000"], "--speed 1000: must be from 0.01 to 100");
    assert_eq!(sim(directory.path(), &["--trace", trace, "--tps", "5"]).status.code(), Some(2));
    let nowhere = bare(&["record", "--trace", "/nowhere/trace", "--tps", "5"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(said(&nowhere).starts_with("sim: /nowhere/trace: the trace cannot be written: "), "{}", said(&nowhere));
    assert_eq!(bare(&["record", "--trace", trace, "--tps", "0"]).status.code(), Some(2));
}

#[test]
fn a_goal_that_is_missed_is_exit_code_1() {
    let directory = tempfile::tempdir().unwrap();
    let service = rowlock();
    let arguments = ["--service", service.to_str().unwrap(), "--tps", "10", "--duration", "1s", "--slo", "p99=1us"];
    let output = sim(directory.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("MISSED: p99 of "), "{}", said(&output));
}

#[test]
fn a_capacity_that_is_not_there_is_looked_for_in_vain_beside_an_empty_handler() {
    let directory = tempfile::tempdir().unwrap();
    let service = rowlock();
    let search = ["--find-capacity", "--tps", "2", "--trial", "1s", "--slo", "p99=1us", "--buyers", "10"];
    let output = sim(directory.path(), &[&["--service", service.to_str().unwrap()][..], &search].concat());
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for expected in
        ["2/s of the service: missed, ", "1/s of the service: missed, ", "1/s of an empty handler: missed, "]
    {
        assert!(said.contains(expected), "{said}");
    }
    assert!(said.contains("capacity of the service: no rate was met"), "{said}");
    assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none(), "there is nothing to report");
}

#[test]
fn an_overload_is_thrown_at_the_capacity_that_was_found_and_judged_by_what_is_left_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let service = rowlock();
    // One booking at a time is let in: the search soon finds two that come together.
    let child = ["--service", service.to_str().unwrap(), "--env", "ROWLOCK_IN_FLIGHT_MAX=1", "--seats", "500"];
    let search = ["--find-capacity", "--tps", "30", "--trial", "1s", "--slo", "p99=10s", "--overload", "3"];
    let output = sim(directory.path(), &[&child[..], &search].concat());
    let said = said(&output);
    let capacity = said.lines().find_map(|line| line.strip_prefix("capacity of the service: ")).unwrap();
    // On a busy machine the client may be what keeps it from more.
    let capacity = capacity.strip_prefix("at least ").unwrap_or(capacity);
    let capacity: u64 = capacity.split(' ').next().unwrap().parse().unwrap();
    let goal = format!("has to meet shed=100ms,carried={},errors=0", capacity - capacity / 10);
    assert!(said.contains(&format!("3 times the capacity, {}/s, {goal}", 3 * capacity)), "{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(directory.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["plan"]["tps"], 3 * capacity, "{report}");
    let last = said.lines().last().unwrap();
    let held = if report["verdict"]["is_met"] == true { ("met", Some(0)) } else { ("missed", Some(1)) };
    assert!(last.starts_with(&format!("3 times the capacity: {}, ", held.0)), "{said}");
    assert_eq!(output.status.code(), held.1, "{said}");
    assert!(said.contains("memory: "), "{said}");
}

#[test]
fn what_cannot_be_run_is_one_clear_line_and_exit_code_2() {
    let directory = tempfile::tempdir().unwrap();
    // Nobody listens on a port that was just let go of.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let target = format!("http://{closed}");
    for (arguments, expected) in [
        (&["--tps", "0"][..], "--tps 0: must be from 1 to 1000000"),
        (&["--service", "/nowhere/rowlock"], "/nowhere/rowlock cannot be started"),
        (&["--target", &target, "--jwt-secret", "x"], "cannot be reached"),
        (&["--target", "nowhere", "--jwt-secret", "x"], "--target nowhere: not http://host:port"),
    ] {
        let output = sim(directory.path(), arguments);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        let last = said.trim_end().lines().last().unwrap();
        assert!(last.starts_with("sim: ") && last.contains(expected), "{arguments:?}: {said}");
    }
    assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none(), "nothing was reported");
    let nowhere = sim(&directory.path().join("nowhere"), &[]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(said(&nowhere).contains("nowhere: the report cannot be written"), "{}", said(&nowhere));
    for setting in ["ROWLOCK_PARTITIONS", "ROWLOCK_PARTITIONS=none"] {
        assert_eq!(sim(directory.path(), &["--env", setting]).status.code(), Some(2), "{setting}");
    }
    let flag = sim(directory.path(), &["--fast"]);
    assert_eq!(flag.status.code(), Some(2), "{}", said(&flag));
}

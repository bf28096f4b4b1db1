//! The `rowlock` command, as people run it.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The command with nothing in its environment but a data directory.
fn rowlock(directory: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowlock"));
    command.args(arguments).env_clear().env("ROWLOCK_DATA_DIR", directory.path().join("data"));
    command
}

fn run(directory: &TempDir, arguments: &[&str]) -> Output {
    rowlock(directory, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_configuration_is_shown_without_its_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let secret = "0123456789abcdef0123456789abcdef";
    let shown = rowlock(&directory, &["config"]).env("JWT_SECRET", secret).output().unwrap();
    let shown_text = text(&shown.stdout);
    assert!(shown.status.success());
    assert!(shown_text.contains("JWT_SECRET = ******** (environment)\n"), "{shown_text}");
    assert!(shown_text.contains("ROWLOCK_LISTEN = 127.0.0.1:8000 (default)\n"), "{shown_text}");
    assert!(!shown_text.contains(secret));
}

#[test]
fn what_cannot_be_used_is_one_line_and_exit_code_2() {
    let directory = tempfile::tempdir().unwrap();
    let cases = [
        ("ROWLOCK_PARTITIONS", "none", "rowlock: ROWLOCK_PARTITIONS: \"none\" is not a whole number"),
        ("ROWLOCK_PORT", "80", "rowlock: ROWLOCK_PORT: there is no such setting"),
        ("REDIS_URL", "redis://localhost", "rowlock: REDIS_URL: this build runs on its embedded backends only"),
    ];
    for (name, value, expected) in cases {
        for arguments in [&["config"][..], &["serve"], &["apikey", "list"]] {
            let refused = rowlock(&directory, arguments).env(name, value).output().unwrap();
            let line = text(&refused.stderr);
            assert_eq!(refused.status.code(), Some(2), "{line}");
            assert!(line.starts_with(expected) && line.lines().count() == 1, "{line}");
        }
    }
    for arguments in [&["sell"][..], &["serve", "--fast"], &["apikey", "create", "--name", " "], &["apikey", "revoke"]]
    {
        assert_eq!(run(&directory, arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let directory = tempfile::tempdir().unwrap();
    let made = run(&directory, &["apikey", "create", "--name", "box office"]);
    let key = text(&made.stdout).trim();
    assert!(made.status.success() && key.starts_with("rk_") && key.len() == 46, "{made:?}");
    let listed = || text(&run(&directory, &["apikey", "list"]).stdout).to_owned();
    let line = listed();
    assert!(line.contains("box office") && line.contains(&key[..8]) && !line.contains(key), "{line}");
    assert!(!line.contains("revoked"), "{line}");
    assert!(run(&directory, &["apikey", "revoke", "1"]).status.success());
    assert!(listed().contains("revoked"), "{}", listed());
    let again = run(&directory, &["apikey", "revoke", "1"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(text(&again.stderr).lines().count(), 1, "{again:?}");
}

#[test]
fn the_document_is_openapi_3_1_with_problems_and_ways_to_sign_in() {
    let directory = tempfile::tempdir().unwrap();
    let document: Value = serde_json::from_slice(&run(&directory, &["openapi"]).stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["api_key", "bearer", "cookie"]);
    assert!(document["components"]["schemas"]["Problem"].is_object());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let other = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(other, "#/components/schemas/Problem", "{method} {path}");
        }
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let directory = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let left = rowlock(&directory, &["openapi"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert!(left.status.success(), "{left:?}");
    assert!(left.stderr.is_empty(), "{left:?}");
}

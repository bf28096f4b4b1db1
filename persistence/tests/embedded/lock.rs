//! One data directory, one process.

use rowlock_persistence::embedded::{DataDir, OpenError};
use std::process::Command;

const PATH: &str = "ROWLOCK_TEST_LOCKED_DIRECTORY";

#[test]
fn a_second_process_is_told_that_the_directory_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let held = DataDir::open(directory.path()).unwrap();
    let child = || {
        let test = ["--exact", "embedded::lock::child", "--ignored", "--nocapture"];
        let output = Command::new(std::env::current_exe().unwrap()).args(test).env(PATH, directory.path()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let refused = child();
    let message = format!("{}: another process is using this data directory", directory.path().display());
    assert!(refused.contains(&message), "{refused}");
    drop(held);
    assert!(child().contains("opened it"));
}

/// The second process.
#[test]
#[ignore = "run by another test, as a process of its own"]
fn child() {
    let Some(path) = std::env::var_os(PATH) else { return };
    match DataDir::open(path) {
        Ok(_) => println!("opened it"),
        Err(error) => println!("{error}"),
    }
}

#[test]
fn the_number_of_partitions_cannot_change() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = DataDir::open(directory.path().join("made/on/the/way")).unwrap();
    assert_eq!(data_dir.partitions(8), Ok(8));
    assert_eq!(data_dir.partitions(8), Ok(8));
    let path = data_dir.path().to_path_buf();
    assert_eq!(data_dir.partitions(9), Err(OpenError::OtherPartitions { path, stored: 8, asked: 9 }));
}

#[test]
fn a_directory_of_another_format_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = DataDir::open(directory.path()).unwrap();
    let path = directory.path().join("layout.json");
    std::fs::write(&path, r#"{"format":7,"shards":[1,2]}"#).unwrap();
    assert_eq!(data_dir.partitions(8), Err(OpenError::UnknownFormat { path: path.clone(), found: 7 }));
    std::fs::write(&path, "{").unwrap();
    assert!(matches!(data_dir.partitions(8), Err(OpenError::Damaged { path: named, .. }) if named == path));
}

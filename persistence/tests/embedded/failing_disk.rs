//! A write that fails midway, for real: a limit on the size of files that falls while the log is open.

use super::{one_segment, open};
use crate::command_log::P;
use crate::log_steps::{append, append_numbered, expect_numbered, next};
use rowlock_engine::ids::Offset;
use rowlock_engine::ports::{AppendError, CommandLog};
use std::path::Path;
use std::process::Command;

const PATH: &str = "ROWLOCK_TEST_FAILING_DIRECTORY";

#[tokio::test]
async fn after_a_failed_write_the_log_is_closed_until_it_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    // A process that exceeds the limit dies of a signal unless it ignores it, which only its parent can arrange here.
    let script = "trap '' XFSZ; exec \"$0\" --exact embedded::failing_disk::child --ignored --nocapture";
    let mut child = Command::new("sh");
    let child = child.args(["-c", script]).arg(std::env::current_exe().unwrap());
    let output = child.env(PATH, directory.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let log = open(directory.path(), one_segment());
    assert!(log.recovered().is_some(), "half of the last write is there");
    assert_eq!(log.end(P).await, Ok(Offset(3)));
    append_numbered(&log, P, 3..6).await;
    expect_numbered(&mut log.reader(P, Offset(0)).await.unwrap(), P, 0..6).await;
}

/// Lives through the failure.
#[tokio::test]
#[ignore = "run by another test, as a process of its own"]
async fn child() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let log = open(Path::new(&path), one_segment());
    append_numbered(&log, P, 0..3).await;
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    expect_numbered(&mut reader, P, 0..3).await;
    limit_files_to(1_024);
    // There is room for it, allocated ahead, but it reaches beyond the limit.
    let fate = append(&log, P, vec![1; 2_000]).await;
    assert!(matches!(&fate, Err(AppendError::Unknown(reason)) if reason.contains("restart")), "{fate:?}");
    let refused = append(&log, P, vec![1]).await;
    assert!(matches!(&refused, Err(AppendError::Closed(reason)) if reason.contains("restart")), "{refused:?}");
    assert_eq!(log.end(P).await, Ok(Offset(3)));
    assert!(next(&mut reader).await.unwrap_err().to_string().contains("restart"));
    assert!(log.failure().is_some());
}

fn limit_files_to(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: Some(bytes), maximum }).unwrap();
}

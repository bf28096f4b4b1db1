//! A full disk, for real: a small file system of its own, where this process may mount one.
#![allow(clippy::unwrap_used)]

use rowlock_sim::report::Room;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A small file system; gone when it is dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this process may not mount: never on a build server, which runs as root.
    fn mount(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "sim-test"]).arg(directory.path()).output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        let is_root = rustix::process::geteuid().is_root();
        assert!(!(is_root && std::env::var_os("CI").is_some()), "a small disk could not be mounted: {mounted:?}");
        eprintln!("SKIPPED, nothing was tested: this process may not mount a small disk");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.path().join("ballast")).unwrap();
        while std::io::Write::write_all(&mut ballast, &[0; 4_096]).is_ok() {}
    }

    fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

fn refused(arguments: &[&str], expected: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_sim")).args(arguments).env_remove("JWT_SECRET").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{arguments:?}: {said}");
    assert!(said.starts_with("sim: ") && said.contains(expected), "{arguments:?}: {said}");
}

#[test]
fn a_disk_without_room_for_a_report_is_found_before_the_run() {
    let Some(disk) = SmallDisk::mount("1m") else { return };
    // There is no service either: that is not what it says.
    let arguments = ["--report", disk.path().to_str().unwrap(), "--service", "/nowhere/rowlock"];
    refused(&arguments, "the report cannot be written: No space left on device");
    assert!(disk.names().is_empty(), "{:?}", disk.names());
}

#[test]
fn room_that_was_set_aside_outlasts_a_disk_that_fills_up_meanwhile() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let room = Room::take(disk.path(), Duration::from_secs(60)).unwrap();
    disk.fill();
    room.fill(&[("report.json", "j".repeat(1 << 20)), ("report.html", "h".repeat(1 << 20))]).unwrap();
    let room = Room::take(disk.path(), Duration::from_secs(60));
    assert!(room.is_err_and(|error| error.kind() == std::io::ErrorKind::StorageFull));
}

#[test]
fn a_report_that_does_not_fit_after_all_leaves_those_before() {
    let Some(disk) = SmallDisk::mount("4m") else { return };
    let reports = |text: String| [("report.json", String::new()), ("report.html", text)];
    let room = || Room::take(disk.path(), Duration::from_secs(60)).unwrap();
    room().fill(&reports("before".to_owned())).unwrap();
    let error = room().fill(&reports("x".repeat(8 << 20))).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(disk.names(), ["report.html", "report.json"]);
    assert_eq!(std::fs::read_to_string(disk.path().join("report.html")).unwrap(), "before");
}

#[test]
fn a_disk_without_room_for_a_trace_leaves_none() {
    let Some(disk) = SmallDisk::mount("1m") else { return };
    let path = disk.path().join("trace");
    refused(
        &["record", "--trace", path.to_str().unwrap()],
        "trace: the trace cannot be written: No space left on device",
    );
    assert!(disk.names().is_empty(), "{:?}", disk.names());
}

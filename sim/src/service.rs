//! The service under test: a child on a free port with a directory of its own, or one that runs already.

use crate::cores;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take until the service says where it listens.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long it may take to drain.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// Pause between two looks at whether it has ended.
const STOP_POLL: Duration = Duration::from_millis(20);
/// What a child signs tokens with: it is reached over loopback only and lives as long as the run.
const CHILD_SECRET: &str = "the secret of a child of the simulator";

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The binary is not where it should be.
    #[error("{} cannot be started: {cause}; build it with `cargo build --release --package rowlock`, or say where it is with --service", path.display())]
    Start {
        /// Which binary.
        path: PathBuf,
        /// In the system's words.
        cause: io::Error,
    },
    /// It ended, or said nothing.
    #[error("the service did not say within {START_LIMIT:?} where it listens; what it wrote to stderr says why")]
    Silent,
    /// The target is no address.
    #[error("--target {0}: not http://host:port")]
    Target(String),
}

impl ServiceError {
    fn start(path: &Path, cause: io::Error) -> Self {
        Self::Start { path: path.to_owned(), cause }
    }
}

/// A service that is under test.
pub struct Service {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its tokens are signed with.
    pub secret: String,
    child: Option<OwnChild>,
}

struct OwnChild {
    process: Child,
    directory: tempfile::TempDir,
}

impl Service {
    /// Starts `binary` as a child with an empty data directory and `settings` besides the usual ones,
    /// on other cores than this one's if it `is_apart`.
    ///
    /// # Errors
    /// When it cannot be started, or does not listen.
    pub fn start(binary: &Path, settings: &[(String, String)], is_apart: bool) -> Result<Self, ServiceError> {
        let directory = tempfile::tempdir().map_err(|cause| ServiceError::start(binary, cause))?;
        let mut command = Command::new(binary);
        command.arg("serve").env_clear().env("ROWLOCK_DATA_DIR", data_dir(&directory));
        command.env("ROWLOCK_LISTEN", "127.0.0.1:0").env("JWT_SECRET", CHILD_SECRET);
        command.env("ROWLOCK_RATE_LIMIT", "0").env("ROWLOCK_LOG_FILTER", "warn");
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        Self::spawn(command, directory, is_apart)
    }

    /// Starts a server that does nothing as a child.
    ///
    /// # Errors
    /// When it cannot be started, or does not listen.
    pub fn start_empty(is_apart: bool) -> Result<Self, ServiceError> {
        let this = std::env::current_exe().map_err(|cause| ServiceError::start(Path::new("sim"), cause))?;
        let directory = tempfile::tempdir().map_err(|cause| ServiceError::start(&this, cause))?;
        let mut command = Command::new(this);
        command.arg("empty-handler");
        Self::spawn(command, directory, is_apart)
    }

    fn spawn(mut command: Command, directory: tempfile::TempDir, is_apart: bool) -> Result<Self, ServiceError> {
        command.stdout(Stdio::piped());
        let spawned = if is_apart { cores::apart(|| command.spawn()) } else { command.spawn() };
        let mut process = spawned.map_err(|cause| ServiceError::start(Path::new(command.get_program()), cause))?;
        let said = process.stdout.take().map(address_said);
        // From here on the child is ended whatever happens.
        let mut service = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            secret: CHILD_SECRET.to_owned(),
            child: Some(OwnChild { process, directory }),
        };
        service.address = said.flatten().ok_or(ServiceError::Silent)?;
        Ok(service)
    }

    /// A service that somebody else runs.
    ///
    /// # Errors
    /// When `target` is no address.
    pub fn running(target: &str, secret: String) -> Result<Self, ServiceError> {
        let wrong = || ServiceError::Target(target.to_owned());
        let host = target.strip_prefix("http://").ok_or_else(wrong)?.trim_end_matches('/');
        let address = host.to_socket_addrs().ok().and_then(|mut found| found.next()).ok_or_else(wrong)?;
        Ok(Self { address, secret, child: None })
    }

    /// Memory of the child in bytes, as Linux counts what is resident.
    #[must_use]
    pub fn resident_bytes(&self) -> Option<u64> {
        let child = self.child.as_ref()?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.process.id())).ok()?;
        let kilobytes: u64 =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes << 10)
    }

    /// Where the child keeps its ledger, for as long as this lives.
    #[must_use]
    pub fn ledger(&self) -> Option<PathBuf> {
        self.child.as_ref().map(|child| data_dir(&child.directory).join("ledger.db"))
    }

    /// Lets the child drain; says how it ended. `None` if the service is somebody else's.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> io::Result<Option<ExitStatus>> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let pid = i32::try_from(child.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the child has no process id"))?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let since = Instant::now();
        while since.elapsed() < STOP_LIMIT {
            if let Some(status) = child.process.try_wait()? {
                return Ok(Some(status));
            }
            std::thread::sleep(STOP_POLL);
        }
        Err(io::Error::other(format!("the service did not end within {STOP_LIMIT:?}")))
    }
}

fn data_dir(directory: &tempfile::TempDir) -> PathBuf {
    directory.path().join("data")
}

impl Drop for OwnChild {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads on for as long as the child writes, so that it never waits for the pipe.
fn address_said(stdout: std::process::ChildStdout) -> Option<SocketAddr> {
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("listening on http://").and_then(|text| text.parse().ok()) {
                // Nobody listens any more once the limit has passed.
                let _ = said.send(address);
            }
        }
    });
    heard.recv_timeout(START_LIMIT).ok()
}

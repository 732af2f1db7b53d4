//! The engines of ClickHouse that this machine has: Debian's server, which is old, and chdb, which is modern.
//!
//! Each is started once for a test program, on the loopback, with its data in a temporary folder, and ends with it: it
//! listens to a pipe that closes when this process is gone, however it goes. `make test-clickhouse` brings both.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

pub mod cluster;

use std::env;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use cluster::Cluster;
use tempfile::TempDir;
use tuxmon_hunt::{Address, Plan, Server, Totals, install};

/// An engine that runs.
pub struct Engine {
    /// How tests call it.
    pub name: &'static str,
    runs: Runs,
}

enum Runs {
    Alone { port: u16, _process: Child, _folder: TempDir },
    Cluster(Cluster),
}

/// Names of databases are never used twice.
static DATABASES: AtomicU32 = AtomicU32::new(0);
/// So often an engine that starts is asked, and so long is waited in between: two minutes, for a machine that is busy.
const TRIALS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(200);

/// All that there are, and a cluster: for questions that must have the same answers wherever they are asked.
pub fn everywhere() -> impl Iterator<Item = &'static Engine> {
    static CLUSTER: OnceLock<Option<Engine>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| {
        Cluster::start().map(|cluster| Engine { name: "a cluster", runs: Runs::Cluster(cluster) })
    });
    all().iter().chain(cluster)
}

/// All that there are; what there is not is said once.
pub fn all() -> &'static [Engine] {
    static ALL: OnceLock<Vec<Engine>> = OnceLock::new();
    ALL.get_or_init(|| {
        let scripts = scripts();
        let mut engines = Vec::new();
        match old_server() {
            Some(program) => {
                let mut command = Command::new(scripts.join("old-server"));
                command.env("TUXMON_CLICKHOUSE_SERVER", program);
                engines.push(start("Debian's clickhouse-server", command));
            }
            None => eprintln!(
                "SKIP Debian's clickhouse-server: it is not here; make test-clickhouse brings it (TUXMON_CLICKHOUSE_SERVER names another)"
            ),
        }
        match env::var_os("TUXMON_CHDB_PYTHON") {
            Some(python) => {
                let mut command = Command::new(python);
                command.arg(scripts.join("chdb-server"));
                engines.push(start("chdb", command));
            }
            None => eprintln!("SKIP chdb: TUXMON_CHDB_PYTHON names no Python that has it; make test-clickhouse brings it"),
        }
        engines
    })
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines")
}

fn old_server() -> Option<PathBuf> {
    let named = env::var_os("TUXMON_CLICKHOUSE_SERVER").map(PathBuf::from);
    let folders =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let found = folders.iter().map(|folder| folder.join("clickhouse-server")).find(|path| path.is_file());
    named.or(found)
}

/// Starts an engine; `command` is called with a folder and a port, and ends when its standard input does.
fn start(name: &'static str, mut command: Command) -> Engine {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let free = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    command.arg(folder.path()).arg(port.to_string()).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut process = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
    for _ in 0..TRIALS {
        if Server::connect(address(port, "default")).is_ok() {
            return Engine { name, runs: Runs::Alone { port, _process: process, _folder: folder } };
        }
        if let Some(status) = process.try_wait().expect("it is our child") {
            panic!("{name} ended: {status}");
        }
        sleep(PAUSE);
    }
    panic!("{name} does not answer");
}

fn address(port: u16, database: &str) -> Address {
    format!("clickhouse://127.0.0.1:{port}/{database}").parse().expect("it is an address")
}

impl Engine {
    /// The address of a store that is not there yet.
    pub fn address(&self) -> Address {
        let database = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        match &self.runs {
            Runs::Alone { port, .. } => address(*port, &database),
            Runs::Cluster(cluster) => cluster.address(0, &database),
        }
    }

    /// A new store.
    pub fn store(&self) -> Server {
        let address = self.address();
        if let Runs::Cluster(cluster) = &self.runs {
            return cluster.store(&address.database);
        }
        let server = Server::connect(address.clone()).expect("it answers");
        install(&server, &Plan::default(), true).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Server::open(address).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Adds a log to a store, and waits until it is everywhere.
    pub fn send(&self, server: &Server, folder: &Path, log: &str) -> Totals {
        let totals = crate::events::send(server, folder, log);
        self.settle(server);
        totals
    }

    /// Waits until what was stored is everywhere.
    pub fn settle(&self, server: &Server) {
        match &self.runs {
            Runs::Alone { .. } => {}
            Runs::Cluster(cluster) => cluster.settle(&server.address().database),
        }
    }
}

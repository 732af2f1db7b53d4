//! A cluster on the loopback: two shards with two replicas each, all of them Debian's server, and ZooKeeper, which keeps
//! what they agree on. It ends with the test program, however that goes.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::Duration;

use tempfile::TempDir;
use tuxmon_hunt::{Address, Plan, Server, install};

use super::{PAUSE, TRIALS, old_server, scripts};

/// What its servers call it.
pub const NAME: &str = "fleet";
/// Two replicas of the first shard, then two of the second.
pub const NODES: usize = 4;
/// Below the ports that connections take, so that a server finds its own free when it comes back.
const LOWEST_PORT: u16 = 20_000;
const HIGHEST_PORT: u16 = 32_000;
const PORTS: u16 = 16;

/// Servers that run.
pub struct Cluster {
    folder: TempDir,
    first_port: u16,
    _keeper: Child,
    nodes: Vec<Option<Child>>,
}

impl Cluster {
    /// Starts one, if this machine has what it takes; says what is missing otherwise.
    pub fn start() -> Option<Self> {
        let keeper = env::var_os("TUXMON_ZOOKEEPER").map(PathBuf::from);
        let (Some(program), Some(keeper)) = (old_server(), keeper) else {
            eprintln!(
                "SKIP a cluster of ClickHouse: it takes Debian's clickhouse-server and ZooKeeper (TUXMON_ZOOKEEPER, a folder \
                 with its archives); make test-clickhouse brings both"
            );
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary directory");
        let first_port = free_ports();
        let home = folder.path().join("keeper");
        fs::create_dir(&home).expect("the folder is ours");
        let process = Command::new(scripts().join("keeper"))
            .arg(&home)
            .arg(first_port.to_string())
            .env("TUXMON_ZOOKEEPER", keeper)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the script is there");
        let mut cluster = Self { folder, first_port, _keeper: process, nodes: Vec::new() };
        wait_for("ZooKeeper", || cluster.is_keeping());
        for node in 0..NODES {
            cluster.configure(node);
            cluster.nodes.push(Some(cluster.run(node, &program)));
        }
        (0..NODES).for_each(|node| cluster.wait_for_node(node));
        Some(cluster)
    }

    fn is_keeping(&self) -> bool {
        let Ok(mut keeper) = TcpStream::connect(("127.0.0.1", self.first_port)) else { return false };
        let mut answer = String::new();
        keeper.set_read_timeout(Some(Duration::from_mins(1))).expect("the time is not zero");
        keeper.write_all(b"srvr").and_then(|()| keeper.read_to_string(&mut answer)).is_ok()
            && answer.contains("Mode: standalone")
    }

    fn home(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node{node}"))
    }

    /// A port of a node: 0 for questions, 1 for other servers' questions, 2 for copies.
    fn port(&self, node: usize, which: u16) -> u16 {
        self.first_port + 1 + u16::try_from(node).expect("they are few") * 3 + which
    }

    /// What makes a server one of these, beside what it has anyway.
    fn configure(&self, node: usize) {
        let replica = |node: usize| {
            format!("<replica><host>127.0.0.1</host><port>{}</port></replica>", self.port(node, 1))
        };
        let shard = |first: usize| {
            format!(
                "<shard><internal_replication>true</internal_replication>{}{}</shard>",
                replica(first),
                replica(first + 1)
            )
        };
        let text = format!(
            "<yandex>\n<tcp_port>{}</tcp_port>\n<interserver_http_port>{}</interserver_http_port>\n\
             <interserver_http_host>127.0.0.1</interserver_http_host>\n\
             <zookeeper><node><host>127.0.0.1</host><port>{}</port></node></zookeeper>\n\
             <remote_servers><{NAME}>{}{}</{NAME}></remote_servers>\n\
             <macros><shard>{}</shard><replica>node{node}</replica></macros>\n\
             <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>\n</yandex>\n",
            self.port(node, 1),
            self.port(node, 2),
            self.first_port,
            shard(0),
            shard(2),
            node / 2,
        );
        let folder = self.home(node).join("config.d");
        fs::create_dir_all(&folder).expect("the folder is ours");
        fs::write(folder.join("cluster.xml"), text).expect("the folder is ours");
    }

    fn run(&self, node: usize, program: &Path) -> Child {
        Command::new(scripts().join("old-server"))
            .arg(self.home(node))
            .arg(self.port(node, 0).to_string())
            .env("TUXMON_CLICKHOUSE_SERVER", program)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the script is there")
    }

    fn wait_for_node(&self, node: usize) {
        let address = self.address(node, "default");
        wait_for("a server of the cluster", || Server::connect(address.clone()).is_ok());
    }

    /// The address of a database at a node.
    pub fn address(&self, node: usize, database: &str) -> Address {
        super::address(self.port(node, 0), database)
    }

    /// Kills a node, as a loss of power would.
    pub fn stop(&mut self, node: usize) {
        let mut process = self.nodes[node].take().expect("it runs");
        drop(process.stdin.take());
        process.wait().expect("it is our child");
    }

    /// Starts what was stopped again.
    pub fn wake(&mut self) {
        let program = old_server().expect("it was there before");
        for node in 0..NODES {
            if self.nodes[node].is_none() {
                self.nodes[node] = Some(self.run(node, &program));
                self.wait_for_node(node);
            }
        }
    }

    /// Makes a store at all nodes without their passing statements on, and opens it at the first one.
    pub fn store(&self, database: &str) -> Server {
        let plan = Plan {
            cluster: Some(NAME.to_owned()),
            replicated: true,
            sharded: true,
            each: true,
            ..Plan::default()
        };
        thread::scope(|scope| {
            for node in 0..NODES {
                let (address, plan) = (self.address(node, database), &plan);
                scope.spawn(move || {
                    let server = Server::connect(address).expect("it answers");
                    install(&server, plan, true).unwrap_or_else(|error| panic!("node {node}: {error}"));
                });
            }
        });
        Server::open(self.address(0, database)).expect("it was just made")
    }

    /// Waits until every replica that runs has what the other one has.
    pub fn settle(&self, database: &str) {
        for node in (0..NODES).filter(|node| self.nodes[*node].is_some()) {
            let tables =
                format!("SELECT table FROM system.replicas WHERE database = '{database}' ORDER BY table");
            for table in self.ask(node, &tables).lines() {
                self.ask(node, &format!("SYSTEM SYNC REPLICA {database}.{table}"));
            }
        }
    }

    /// What a node answers to a statement.
    pub fn ask(&self, node: usize, statement: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port(node, 0))).expect("it listens");
        let head =
            format!("POST / HTTP/1.0\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", statement.len());
        stream.write_all((head + statement).as_bytes()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers with text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("it speaks HTTP");
        assert!(head.lines().next().is_some_and(|first| first.contains(" 200 ")), "{statement}: {body}");
        body.to_owned()
    }
}

/// The first of as many ports in a row as a cluster needs, of which none is taken.
fn free_ports() -> u16 {
    let blocks = (HIGHEST_PORT - LOWEST_PORT) / PORTS;
    let start = u16::try_from(std::process::id() % u32::from(blocks)).expect("the rest is small");
    let firsts = (0..blocks).map(|block| LOWEST_PORT + (start + block) % blocks * PORTS);
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    firsts.into_iter().find(|first| (*first..*first + PORTS).all(is_free)).expect("not all ports are taken")
}

/// Waits until something is so: two minutes, for a machine that is busy.
pub fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    for _ in 0..TRIALS {
        if is_there() {
            return;
        }
        sleep(PAUSE);
    }
    panic!("{what} does not answer");
}

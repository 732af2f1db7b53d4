//! The connection: questions and inserts over HTTP.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use tuxmon_fetch::{Answer, Client, FetchError, Limits, Plain, Settings, Trust, escaped};

use super::address::{self, Address, AddressError};
use super::answer::{FORMAT, ServerRows};
use super::ddl;
use super::lateral::lateral;
use crate::answer::{AnswerError, Rows};
use crate::dialect::Dialect;
use crate::hunts::{Argument, Hunt};
use crate::question::{Asked, Reader};
use crate::secret::SecretError;

/// The longest that an answer may take, and the longest answer.
const LIMITS: Limits = Limits { bytes: 1 << 40, time: Duration::from_hours(1), redirections: 0 };
/// So often a store without a version is asked again, and so long is waited in between.
const TRIALS_OF_COPIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// Of what a server says went wrong, so much is read.
const LONGEST_REASON: usize = 2000;

/// A version of ClickHouse: year and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32);

/// Why a server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The password.
    #[error(transparent)]
    Password(#[from] SecretError),
    /// It does not answer, or cannot show that it is the one who was asked.
    #[error("{0}{remedy}", remedy = remedy(.0))]
    Unreachable(FetchError),
    /// It refuses.
    #[error("the server says: {reason}")]
    Refused {
        /// The number of the error.
        code: u32,
        /// What it says.
        reason: String,
    },
    /// A copy does not get what the others have.
    #[error(
        "a copy of the store lags behind the others and does not catch up, so nobody can say which events are stored already; \
         look at system.replicas of the cluster's servers"
    )]
    Late,
    /// Its answer ends in the middle, or in an error.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// There is no store.
    #[error("{0}: there is no store of tuxmon-hunt; make one with: tuxmon-hunt store install")]
    NoStore(Address),
    /// The tables are of another version.
    #[error("{address}: a store of version {found}, and this program knows version {}", ddl::VERSION)]
    StoreVersion {
        /// Where.
        address: Address,
        /// Its version.
        found: i64,
    },
}

impl From<FetchError> for ServerError {
    fn from(error: FetchError) -> Self {
        Self::Unreachable(error)
    }
}

impl ServerError {
    /// Whether the same may go well later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            // Too many parts, too many queries, a memory limit that others use up, a replica that is busy.
            Self::Refused { code, .. } => matches!(code, 202 | 241 | 242 | 252 | 319 | 999),
            Self::Unreachable(error) => {
                matches!(error, FetchError::Failed { .. } | FetchError::TooSlow { .. })
            }
            Self::Broken(_) => true,
            Self::Address(_)
            | Self::Password(_)
            | Self::Late
            | Self::NoStore(_)
            | Self::StoreVersion { .. } => false,
        }
    }
}

/// What can be done about a connection that is not made.
fn remedy(error: &FetchError) -> String {
    if matches!(error, FetchError::NotTls { .. }) {
        return "; clickhouses:// wants the port of the server's https_port (8443), clickhouse:// is without TLS"
            .to_owned();
    }
    error.remedy("TUXMON_CLICKHOUSE_CA")
}

/// A server that keeps a store.
pub struct Server {
    client: Client,
    address: Address,
    password: String,
    version: (Version, String),
    /// Whether questions are about the store's database: before it is made, a server refuses to be asked so.
    has_store: bool,
}

impl Server {
    /// Connects to a server, which need not have a store yet. The environment may name a password
    /// (`TUXMON_CLICKHOUSE_PASSWORD_FILE`, `TUXMON_CLICKHOUSE_PASSWORD`) and the certificates to trust
    /// (`TUXMON_CLICKHOUSE_CA`).
    pub fn connect(address: Address) -> Result<Self, ServerError> {
        let file = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let variable = std::env::var("TUXMON_CLICKHOUSE_PASSWORD").ok();
        let password = address::password(file("TUXMON_CLICKHOUSE_PASSWORD_FILE").as_deref(), variable)?;
        let trust = file("TUXMON_CLICKHOUSE_CA").map_or(Trust::System, Trust::File);
        let plain = if address.encrypted { Plain::Refused } else { Plain::Allowed };
        let client = Client::new(&Settings { limits: LIMITS, trust, plain })?;
        let mut server =
            Self { client, address, password, version: (Version(0, 0), String::new()), has_store: false };
        let version = server.text("SELECT version()")?;
        let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
        server.version.0 = Version(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        server.version.1 = version;
        Ok(server)
    }

    /// Connects to a server that has a store.
    pub fn open(address: Address) -> Result<Self, ServerError> {
        let mut server = Self::connect(address)?;
        let sql = format!("SELECT max(value) FROM {}.meta WHERE name = 'version'", server.address.database);
        let version = |server: &Self| server.text(&sql).map(|found| found.parse().unwrap_or_default());
        let mut found = version(&server);
        // A copy of a store that was just made has its tables first, and a little later what is in them.
        for _ in 0..TRIALS_OF_COPIES {
            if !matches!(found, Ok(0)) {
                break;
            }
            thread::sleep(PAUSE);
            found = version(&server);
        }
        match found {
            Ok(ddl::VERSION) => {
                server.has_store = true;
                Ok(server)
            }
            Ok(0) => Err(ServerError::NoStore(server.address)),
            Ok(found) => Err(ServerError::StoreVersion { address: server.address, found }),
            // No such table, or no such database.
            Err(ServerError::Refused { code: 60 | 81, .. }) => Err(ServerError::NoStore(server.address)),
            Err(error) => Err(error),
        }
    }

    /// The same server, asked about the store's database.
    pub(super) fn inside(&self) -> Self {
        Self {
            client: self.client.clone(),
            address: self.address.clone(),
            password: self.password.clone(),
            version: self.version.clone(),
            has_store: true,
        }
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn version(&self) -> Version {
        self.version.0
    }

    /// Runs a statement that answers nothing. What it inserts is there on all shards when this returns.
    pub(super) fn execute(&self, sql: &str) -> Result<(), ServerError> {
        self.send(&[("insert_distributed_sync", "1")], sql.as_bytes()).map(drop)
    }

    /// The single value of an answer; empty where there is none.
    pub(crate) fn text(&self, sql: &str) -> Result<String, ServerError> {
        let bytes = self.send(&[], sql.as_bytes())?.bytes()?;
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
    }

    /// Adds a block of the Native format to a table.
    pub(super) fn insert(
        &self,
        table: &str,
        settings: &[(&str, &str)],
        rows: &[u8],
    ) -> Result<(), ServerError> {
        let sql = format!("INSERT INTO {table} FORMAT Native");
        let mut all = vec![("query", sql.as_str())];
        all.extend_from_slice(settings);
        self.send(&all, rows).map(drop)
    }

    /// The rows of an answer, as they come.
    pub(crate) fn rows(&self, sql: &str) -> Result<impl Rows + use<>, ServerError> {
        let sql = format!("{}\nFORMAT {FORMAT}", sql.trim_end().trim_end_matches(';'));
        // Over shards, a question within a question is answered once for all of them.
        let mut settings = vec![("wait_end_of_query", "1"), ("distributed_product_mode", "global")];
        if self.version.0 >= Version(20, 1) {
            settings.push(("cast_ipv4_ipv6_default_on_conversion_error", "1"));
        }
        let answer = self.send(&settings, sql.as_bytes())?;
        ServerRows::read(answer.into_reader())
    }

    fn send(&self, settings: &[(&str, &str)], body: &[u8]) -> Result<Answer, ServerError> {
        let mut url = format!("{}?", self.address.url());
        let database = self.has_store.then_some(("database", self.address.database.as_str()));
        for (name, value) in settings.iter().copied().chain(database) {
            let _ = write!(url, "{name}={}&", escaped(value));
        }
        let headers =
            [("X-ClickHouse-User", self.address.user.as_str()), ("X-ClickHouse-Key", &self.password)];
        let headers = if self.password.is_empty() { &headers[..1] } else { &headers[..] };
        let answer = self.client.post(url.trim_end_matches(['&', '?']), headers, body)?;
        if answer.status == 200 {
            return Ok(answer);
        }
        let status = answer.status;
        let code = answer.header("X-ClickHouse-Exception-Code").and_then(|code| code.parse().ok());
        let bytes = answer.bytes()?;
        let reason = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_REASON)]).trim().to_owned();
        let reason = if reason.is_empty() { format!("HTTP status {status}") } else { reason };
        // Old servers say the number in the text only.
        let said =
            || reason.strip_prefix("Code: ")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
        Err(ServerError::Refused { code: code.or_else(said).unwrap_or_default(), reason })
    }
}

impl Asked for Server {
    fn dialect(&self) -> Dialect {
        Dialect::ClickHouse
    }

    fn ask(&self, sql: &str, arguments: &[(&str, Argument)], read: Reader<'_>) -> Result<(), AnswerError> {
        // What a person wrote is the server's own SQL, and goes there as it is.
        let written =
            if arguments.is_empty() { sql.to_owned() } else { Dialect::ClickHouse.write(sql, arguments) };
        read(&mut self.rows(&written)?)
    }

    fn run(
        &self,
        hunt: &Hunt,
        arguments: &[(&'static str, Argument)],
        read: Reader<'_>,
    ) -> Result<(), AnswerError> {
        if hunt.name == "lateral" {
            return read(&mut lateral(self, arguments)?);
        }
        self.ask(&hunt.written(Dialect::ClickHouse, arguments), &[], read)
    }
}

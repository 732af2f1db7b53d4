//! The tables of a store, made on one server, on replicas, or on shards.

use super::ddl::{self, Abilities, Engine, FeedSpec, TableSpec};
use super::server::{Server, ServerError, Version};
use crate::layout;

/// How a store is laid out over servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The name of the cluster in the servers' configuration.
    pub cluster: Option<String>,
    /// The tables are copied among the replicas of each shard.
    pub replicated: bool,
    /// Each machine's events lie on one of the shards.
    pub sharded: bool,
    /// The statements are only for the server that they are sent to: for clusters whose servers cannot pass them on.
    pub each: bool,
    /// Events go after so many days.
    pub days: Option<u32>,
}

/// What a plan needs and has not got, or what a server is too old for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum PlanError {
    #[error("copies and shards need --cluster with the cluster's name")]
    NoCluster,
    #[error("--days needs ClickHouse 19.6 or newer; remove old events with: tuxmon-hunt retain --days")]
    NoTtl,
}

/// What the tables with a shard's own rows have behind their names.
pub(super) const LOCAL: &str = "_local";
/// What `meta` says of a store whose servers do not pass statements on.
pub(super) const EACH: &str = "each";

/// Makes the tables and views of a store where they are not there yet; what is there stays. Gives the statements, which
/// are only sent if `send` is given.
pub fn install(server: &Server, plan: &Plan, send: bool) -> Result<Vec<String>, ServerError> {
    let database = &server.address().database;
    let statements = statements(database, plan, server.version())
        .map_err(|error| ServerError::Refused { code: 0, reason: error.to_string() })?;
    if send {
        server.execute(&statements[0])?;
        let inside = server.inside();
        statements[1..].iter().try_for_each(|statement| inside.execute(statement))?;
    }
    Ok(statements)
}

pub(super) fn abilities(version: Version) -> Abilities {
    Abilities {
        dictionaries: version >= Version(19, 1),
        codecs: version >= Version(19, 10),
        ttl: version >= Version(19, 6),
        deduplication: version >= Version(22, 3),
    }
}

fn statements(database: &str, plan: &Plan, version: Version) -> Result<Vec<String>, PlanError> {
    let abilities = abilities(version);
    if (plan.replicated || plan.sharded) && plan.cluster.is_none() {
        return Err(PlanError::NoCluster);
    }
    if plan.days.is_some() && !abilities.ttl {
        return Err(PlanError::NoTtl);
    }
    let all = layout::tables();
    let maker = Maker { database, plan, abilities };
    let mut statements = vec![format!("CREATE DATABASE IF NOT EXISTS {database}{}", maker.everywhere())];
    for table in ddl::tables(&all, abilities) {
        maker.table(&table, &mut statements);
    }
    statements.extend(ddl::feeds(&all).iter().map(|feed| maker.feed(feed)));
    for (name, select) in ddl::views(&all) {
        let everywhere = maker.everywhere();
        statements.push(format!("DROP TABLE IF EXISTS {database}.{name}{everywhere}"));
        statements
            .push(format!("CREATE VIEW {database}.{name}{everywhere} AS {}", within(database, &select)));
    }
    maker.table(&meta(), &mut statements);
    // Each for itself, where the others may not be there yet.
    let meta = if plan.each { maker.local("meta") } else { "meta".to_owned() };
    if plan.each && plan.sharded {
        statements.push(format!("INSERT INTO {database}.{meta} (name, value) VALUES ('{EACH}', 1)"));
    }
    // Last: a store without its version is none yet.
    statements
        .push(format!("INSERT INTO {database}.{meta} (name, value) VALUES ('version', {})", ddl::VERSION));
    Ok(statements)
}

/// Names tables by their database too: a server that is passed a statement on executes it in no database of ours.
fn within(database: &str, select: &str) -> String {
    let mut written = String::with_capacity(select.len());
    let mut parts = select.split("FROM ");
    written += parts.next().unwrap_or_default();
    for part in parts {
        written += "FROM ";
        if part.starts_with(|c: char| c.is_ascii_alphabetic()) {
            written += database;
            written.push('.');
        }
        written += part;
    }
    written
}

fn meta() -> TableSpec {
    TableSpec {
        name: "meta".to_owned(),
        engine: Engine::Replacing,
        columns: vec![("name".to_owned(), "String".to_owned()), ("value".to_owned(), "Int64".to_owned())],
        key: "name, value".to_owned(),
        partition: None,
        time: None,
    }
}

struct Maker<'p> {
    database: &'p str,
    plan: &'p Plan,
    abilities: Abilities,
}

impl Maker<'_> {
    /// The clause that has a cluster pass a statement on to all its servers.
    fn everywhere(&self) -> String {
        match (&self.plan.cluster, self.plan.each) {
            (Some(cluster), false) => format!(" ON CLUSTER {cluster}"),
            (Some(_), true) | (None, _) => String::new(),
        }
    }

    fn local(&self, name: &str) -> String {
        if self.plan.sharded { format!("{name}{LOCAL}") } else { name.to_owned() }
    }

    fn table(&self, table: &TableSpec, statements: &mut Vec<String>) {
        let packed = if self.abilities.codecs { " CODEC(ZSTD(1))" } else { "" };
        let column = |(name, kind): &(String, String)| {
            let packed = if kind.contains(" CODEC") { "" } else { packed };
            format!("{name} {kind}{packed}")
        };
        let columns: Vec<String> = table.columns.iter().map(column).collect();
        let (local, everywhere) = (self.local(&table.name), self.everywhere());
        let partition = table.partition.as_ref().map_or(String::new(), |by| format!(" PARTITION BY {by}"));
        let ttl = match (self.plan.days, &table.time) {
            (Some(days), Some(time)) => {
                format!(" TTL toDateTime(intDiv({time}, 1000)) + INTERVAL {days} DAY")
            }
            (Some(_) | None, _) => String::new(),
        };
        let window = if self.abilities.deduplication && !self.plan.replicated {
            " SETTINGS non_replicated_deduplication_window = 1000"
        } else {
            ""
        };
        statements.push(format!(
            "CREATE TABLE IF NOT EXISTS {}.{local}{everywhere} ({}) ENGINE = {}{partition} ORDER BY ({}){ttl}{window}",
            self.database,
            columns.join(", "),
            self.engine(table, &local),
            table.key
        ));
        if let (true, Some(cluster)) = (self.plan.sharded, &self.plan.cluster) {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|(name, kind)| format!("{name} {}", kind.split(" CODEC").next().unwrap_or(kind)))
                .collect();
            // A machine's events lie together, so whatever follows from them is on the same shard.
            let shard = if table.columns.iter().any(|(name, _)| name == "Computer") {
                "sipHash64(Computer)"
            } else {
                "rand()"
            };
            statements.push(format!(
                "CREATE TABLE IF NOT EXISTS {database}.{}{everywhere} ({}) ENGINE = Distributed({cluster}, {database}, {local}, {shard})",
                table.name,
                columns.join(", "),
                database = self.database
            ));
        }
    }

    fn engine(&self, table: &TableSpec, local: &str) -> String {
        let name = match table.engine {
            Engine::Replacing => "ReplacingMergeTree",
            Engine::Aggregating => "AggregatingMergeTree",
        };
        if self.plan.replicated {
            format!(
                "Replicated{name}('/clickhouse/tables/{{shard}}/{}/{local}', '{{replica}}')",
                self.database
            )
        } else {
            format!("{name}()")
        }
    }

    fn feed(&self, feed: &FeedSpec) -> String {
        format!(
            "CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.{}{} TO {database}.{} AS SELECT {} FROM {database}.{} {}",
            feed.name,
            self.everywhere(),
            self.local(&feed.to),
            feed.select,
            self.local("raw_events"),
            feed.rest,
            database = self.database
        )
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn first(plan: &Plan, version: Version, begin: &str) -> String {
        let all = statements("tuxmon", plan, version).expect("the plan is whole");
        let found = all.into_iter().filter(|statement| statement.starts_with(begin));
        found.flat_map(|statement| [statement, "\n".to_owned()]).collect()
    }

    #[test]
    fn replicas_and_shards_have_their_engines() {
        let plan = Plan {
            cluster: Some("c".to_owned()),
            replicated: true,
            sharded: true,
            days: Some(90),
            ..Plan::default()
        };
        expect![[r#"
            CREATE TABLE IF NOT EXISTS tuxmon.raw_children_local ON CLUSTER c (parent UUID CODEC(ZSTD(1)), id UUID CODEC(ZSTD(1)), time Int64 CODEC(ZSTD(1))) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/tuxmon/raw_children_local', '{replica}') ORDER BY (parent, id) TTL toDateTime(intDiv(time, 1000)) + INTERVAL 90 DAY
            CREATE TABLE IF NOT EXISTS tuxmon.raw_children ON CLUSTER c (parent UUID, id UUID, time Int64) ENGINE = Distributed(c, tuxmon, raw_children_local, rand())
            CREATE MATERIALIZED VIEW IF NOT EXISTS tuxmon.feed_children ON CLUSTER c TO tuxmon.raw_children_local AS SELECT ParentProcessGuid_id AS parent, ProcessGuid_id AS id, time FROM tuxmon.raw_events_local WHERE EventID = 1 AND ParentProcessGuid_id != toUUID('00000000-0000-0000-0000-000000000000')
        "#]]
        .assert_eq(&format!(
            "{}{}",
            first(&plan, Version(26, 9), "CREATE TABLE IF NOT EXISTS tuxmon.raw_children"),
            first(&plan, Version(26, 9), "CREATE MATERIALIZED VIEW IF NOT EXISTS tuxmon.feed_children")
        ));
    }

    #[test]
    fn one_server_has_no_cluster() {
        let all = first(&Plan::default(), Version(18, 16), "");
        assert!(!all.contains("ON CLUSTER") && !all.contains("Distributed") && !all.contains("Replicated"));
        assert!(
            !all.contains("CODEC") && !all.contains("LowCardinality") && !all.contains("TTL"),
            "18.16 knows none"
        );
    }

    #[test]
    fn what_cannot_be_is_said() {
        let days = Plan { days: Some(1), ..Plan::default() };
        assert_eq!(statements("t", &days, Version(18, 16)), Err(PlanError::NoTtl));
        let sharded = Plan { sharded: true, ..Plan::default() };
        assert_eq!(statements("t", &sharded, Version(26, 9)), Err(PlanError::NoCluster));
    }
}

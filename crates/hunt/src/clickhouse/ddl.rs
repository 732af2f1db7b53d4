//! The store's tables and views as SQL of ClickHouse, of every version since 18.16.
//!
//! One table, `raw_events`, holds the events of all kinds: each kind has values in its own columns, and a column that is
//! empty over a whole kind costs next to nothing. So a batch is one insert, kept whole or not at all. What SQLite's side
//! counts while it writes, views of ClickHouse count as rows come in.

use crate::layout::{Column, Encoding, TIME_FIELD, Table};
use crate::summary::{Feed, Key, SHARED_VIEWS, SUMMARIES, Shown, Summary};

/// The version of the tables; a store of another one is refused.
pub(super) const VERSION: i64 = 1;

/// The identity that no process and no event has.
pub(crate) const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
/// What stands for a time that is not known, in tables that count.
const NEVER: &str = "toInt64(-9223372036854775807)";

/// Behind every time.
const LATEST: &str = "toInt64(9223372036854775807)";

/// Texts that mostly come once; others are kept as numbers of a dictionary, where the server can.
const VARIED: &[&str] = &[
    "CommandLine",
    "ParentCommandLine",
    "TargetFilename",
    "CallTrace",
    "Contents",
    "Configuration",
    "QueryResults",
    "Details",
];

/// How a table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    /// Rows with the same key are the same row.
    Replacing,
    /// Rows with the same key are added up.
    Aggregating,
}

/// A table.
pub(super) struct TableSpec {
    pub(super) name: String,
    pub(super) engine: Engine,
    /// Names and types.
    pub(super) columns: Vec<(String, String)>,
    pub(super) key: String,
    pub(super) partition: Option<String>,
    /// The time of a row, in milliseconds, by which it gets old. `None`: it never does.
    pub(super) time: Option<String>,
}

/// What fills a table from another one as its rows come in.
pub(super) struct FeedSpec {
    pub(super) name: String,
    pub(super) to: String,
    /// What is taken, without the table it comes from.
    pub(super) select: String,
    /// Which rows, and what they are grouped by.
    pub(super) rest: String,
}

/// What differs between servers' versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abilities {
    /// Texts may be kept as numbers of a dictionary.
    pub(super) dictionaries: bool,
    /// Columns may be packed by zstd.
    pub(super) codecs: bool,
    /// Old rows may go by themselves.
    pub(super) ttl: bool,
    /// Inserts that come twice are known by a name of ours, without replication.
    pub(super) deduplication: bool,
}

/// The distinct columns of all events.
pub(super) fn columns(tables: &[Table]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        if !columns.iter().any(|known| known.field.name == column.field.name) {
            columns.push(*column);
        }
    }
    columns
}

/// The name of a column: a process is kept by its identity, which the views write as events do.
pub(super) fn column_name(column: &Column) -> String {
    match column.encoding {
        Encoding::Process => format!("{}_id", column.field.name),
        Encoding::Text | Encoding::Moment | Encoding::Integer | Encoding::Flag => {
            column.field.name.to_owned()
        }
    }
}

/// All tables but that of the store itself.
pub(super) fn tables(all: &[Table], abilities: Abilities) -> Vec<TableSpec> {
    let mut specs = vec![events(all, abilities)];
    specs.extend(counted().map(|summary| counts(summary, abilities)));
    let text =
        |abilities: Abilities| if abilities.dictionaries { "LowCardinality(String)" } else { "String" };
    let named = |columns: &[(&str, &str)]| -> Vec<(String, String)> {
        columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect()
    };
    let first = |kind: &str| format!("AggregateFunction(argMin, {kind}, Int64)");
    let mut processes = named(&[("id", "UUID")]);
    processes.extend(PROCESS.iter().map(|(name, kind, _, _)| ((*name).to_owned(), first(kind))));
    specs.push(TableSpec {
        name: "sum_processes".to_owned(),
        engine: Engine::Aggregating,
        columns: processes,
        key: "id".to_owned(),
        partition: None,
        time: None,
    });
    specs.push(TableSpec {
        name: "raw_children".to_owned(),
        engine: Engine::Replacing,
        columns: named(&[("parent", "UUID"), ("id", "UUID"), ("time", "Int64")]),
        key: "parent, id".to_owned(),
        partition: None,
        time: Some("time".to_owned()),
    });
    specs.push(TableSpec {
        name: "raw_deeds".to_owned(),
        engine: Engine::Replacing,
        columns: named(&[
            ("process", "UUID"),
            ("EventID", "UInt16"),
            ("Computer", text(abilities)),
            ("time", "Int64"),
            ("event", "UUID"),
        ]),
        key: "process, EventID, time, event".to_owned(),
        partition: None,
        time: Some("time".to_owned()),
    });
    specs.push(TableSpec {
        name: "sum_records".to_owned(),
        engine: Engine::Aggregating,
        columns: vec![
            ("Computer".to_owned(), text(abilities).to_owned()),
            ("piece".to_owned(), "UInt64".to_owned()),
            ("hour".to_owned(), "Int64".to_owned()),
            ("counts".to_owned(), "AggregateFunction(sum, UInt64)".to_owned()),
            ("lows".to_owned(), "AggregateFunction(min, UInt64)".to_owned()),
            ("highs".to_owned(), "AggregateFunction(max, UInt64)".to_owned()),
            ("firsts".to_owned(), "AggregateFunction(min, Int64)".to_owned()),
            ("lasts".to_owned(), "AggregateFunction(max, Int64)".to_owned()),
        ],
        key: "Computer, piece, hour".to_owned(),
        partition: None,
        time: Some("(hour + 1) * 3600000".to_owned()),
    });
    specs
}

/// What is known of a process: the name, the type, which event says it, and its column.
const PROCESS: &[(&str, &str, Saying, &str)] = &[
    ("host", "String", Saying::Any, "Computer"),
    ("pid", "Int64", Saying::Any, "ProcessId"),
    ("own_image", "String", Saying::Any, "Image"),
    ("own_user", "String", Saying::Any, "User"),
    ("created_image", "String", Saying::Begin, "Image"),
    ("created_user", "String", Saying::Begin, "User"),
    ("command", "String", Saying::Begin, "CommandLine"),
    ("directory", "String", Saying::Begin, "CurrentDirectory"),
    ("hashes", "String", Saying::Begin, "Hashes"),
    ("parent_image", "String", Saying::Begin, "ParentImage"),
    ("parent_command", "String", Saying::Begin, "ParentCommandLine"),
    ("parent_id", "String", Saying::Begin, "toString(ParentProcessGuid_id)"),
    ("begin", "Int64", Saying::Begin, "time"),
    ("end", "Int64", Saying::End, "time"),
];

/// Which event says something of a process. Of several the first counts, by the time of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saying {
    /// Any that names it.
    Any,
    /// That of its beginning.
    Begin,
    /// That of its end.
    End,
}

fn events(all: &[Table], abilities: Abilities) -> TableSpec {
    let zstd = if abilities.codecs { " CODEC(ZSTD(1))" } else { "" };
    let few = if abilities.dictionaries { "LowCardinality(String)" } else { "String" };
    let delta = if abilities.codecs { " CODEC(Delta, ZSTD(1))" } else { "" };
    let own = [
        ("EventID", "UInt16".to_owned()),
        ("Computer", format!("{few}{zstd}")),
        ("time", format!("Int64{delta}")),
        ("event", "UUID".to_owned()),
        ("lag", format!("Int64{zstd}")),
        ("EventRecordID", format!("Nullable(UInt64){zstd}")),
        ("envelope", format!("{few}{zstd}")),
        ("extra", format!("Nullable(String){zstd}")),
    ];
    let mut columns: Vec<(String, String)> = own.map(|(name, kind)| (name.to_owned(), kind)).to_vec();
    for column in self::columns(all) {
        let kind = match column.encoding {
            Encoding::Text if abilities.dictionaries && !VARIED.contains(&column.field.name) => {
                "LowCardinality(Nullable(String))"
            }
            Encoding::Text | Encoding::Moment => "Nullable(String)",
            Encoding::Process => "UUID",
            Encoding::Integer => "Nullable(Int64)",
            Encoding::Flag => "Nullable(UInt8)",
        };
        columns.push((column_name(&column), format!("{kind}{zstd}")));
    }
    TableSpec {
        name: "raw_events".to_owned(),
        engine: Engine::Replacing,
        columns,
        key: "EventID, Computer, time, event".to_owned(),
        partition: Some(format!("toYYYYMM({})", date("time"))),
        time: Some("time".to_owned()),
    }
}

/// The day of a time in milliseconds.
fn date(millis: &str) -> String {
    format!("toDate(intDiv({millis}, 86400000))")
}

/// The summaries that have tables here. Days are summed up by a server in no time: of those sums there are views only.
fn counted() -> impl Iterator<Item = &'static Summary> {
    SUMMARIES.iter().filter(|summary| summary.total_of.is_none())
}

fn counts(summary: &Summary, abilities: Abilities) -> TableSpec {
    let few = if abilities.dictionaries { "LowCardinality(String)" } else { "String" };
    let mut columns: Vec<(String, String)> = summary
        .keys
        .iter()
        .map(|(name, shown)| {
            let kind = match shown {
                Shown::Text if *name == "Hashes" => "String",
                Shown::Text | Shown::Sole => few,
                Shown::Day | Shown::Number => "Int64",
            };
            (format!("{name}_id"), kind.to_owned())
        })
        .collect();
    for (name, function) in [("counts", "sum, UInt64"), ("firsts", "min, Int64"), ("lasts", "max, Int64")] {
        columns.push((name.to_owned(), format!("AggregateFunction({function})")));
    }
    let key: Vec<String> = summary.keys.iter().map(|(name, _)| format!("{name}_id")).collect();
    let has_days = summary.keys.iter().any(|(_, shown)| *shown == Shown::Day);
    TableSpec {
        name: summary.name.to_owned(),
        engine: Engine::Aggregating,
        columns,
        key: key.join(", "),
        partition: None,
        time: has_days.then(|| "(day_id + 1) * 86400000".to_owned()),
    }
}

/// What fills the tables beside `raw_events` from it.
pub(super) fn feeds(all: &[Table]) -> Vec<FeedSpec> {
    let mut feeds = Vec::new();
    for summary in counted() {
        for (number, feed) in summary.feeds.iter().enumerate() {
            feeds.push(counting(summary, feed, number + 1, all));
        }
    }
    let begins = id_of(all, "process_create");
    feeds.push(FeedSpec {
        name: "feed_children".to_owned(),
        to: "raw_children".to_owned(),
        select: "ParentProcessGuid_id AS parent, ProcessGuid_id AS id, time".to_owned(),
        rest: format!("WHERE EventID = {begins} AND ParentProcessGuid_id != toUUID('{NOBODY}')"),
    });
    let subject = subject(all);
    feeds.push(FeedSpec {
        name: "feed_deeds".to_owned(),
        to: "raw_deeds".to_owned(),
        select: format!("{subject} AS process, EventID, Computer, time, event"),
        rest: format!(
            "WHERE EventID NOT IN ({begins}, {}) AND {subject} != toUUID('{NOBODY}')",
            id_of(all, "process_terminate")
        ),
    });
    feeds.push(FeedSpec {
        name: "feed_records".to_owned(),
        to: "sum_records".to_owned(),
        select: "Computer, intDiv(assumeNotNull(EventRecordID), 32768) AS piece, intDiv(time + intDiv(lag, 1000), 3600000) AS hour, \
                 sumState(toUInt64(1)) AS counts, minState(assumeNotNull(EventRecordID)) AS lows, maxState(assumeNotNull(EventRecordID)) AS highs, \
                 minState(time * 1000 + lag) AS firsts, maxState(time * 1000 + lag) AS lasts"
            .to_owned(),
        rest: "WHERE isNotNull(EventRecordID) GROUP BY Computer, piece, hour".to_owned(),
    });
    feeds.extend(processes(all));
    feeds
}

fn id_of(all: &[Table], stem: &str) -> u16 {
    all.iter()
        .find(|table| table.spec.stem == stem)
        .map(|table| table.spec.id)
        .expect("the schema has this event")
}

/// The process that did the deed, in whichever event.
fn subject(all: &[Table]) -> String {
    let mut names: Vec<String> = Vec::new();
    for table in all {
        let name = table.subject.map(|subject| column_name(&table.columns[subject]));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names.into_iter().rev().fold(format!("toUUID('{NOBODY}')"), |rest, name| {
        format!("if({name} != toUUID('{NOBODY}'), {name}, {rest})")
    })
}

fn counting(summary: &Summary, feed: &Feed, number: usize, all: &[Table]) -> FeedSpec {
    let table =
        all.iter().find(|table| table.spec.stem == feed.event).expect("summaries name events of the schema");
    let value = |key: &Key, shown: Shown| -> (String, Option<String>) {
        let none = if shown == Shown::Number { "toInt64(0)" } else { "''" };
        match key {
            Key::Day => ("toInt64(intDiv(time, 86400000))".to_owned(), None),
            Key::Host => ("Computer".to_owned(), None),
            Key::Fixed(number) => (format!("toInt64({number})"), None),
            Key::Field(name) => {
                let shown = match shown {
                    Shown::Number => format!("toInt64(ifNull({name}, 0))"),
                    Shown::Text | Shown::Day | Shown::Sole => format!("ifNull({name}, {none})"),
                };
                (shown, Some(format!("isNotNull({name})")))
            }
            Key::Either(flag, yes, no) => {
                let chosen = format!("if(ifNull({flag}, 0) = 1, {yes}, {no})");
                (format!("ifNull({chosen}, {none})"), Some(format!("isNotNull({chosen})")))
            }
        }
    };
    let mut select = Vec::new();
    let mut condition = format!("EventID = {}", table.spec.id);
    // Without the first key that is a field there is nothing to count.
    let mut needed = None;
    for (key, (name, shown)) in feed.keys.iter().zip(summary.keys) {
        let (value, is_there) = value(key, *shown);
        select.push(format!("{value} AS {name}_id"));
        needed = needed.or(is_there);
    }
    if let Some(is_there) = needed {
        condition = format!("{condition} AND {is_there}");
    }
    let group: Vec<String> = summary.keys.iter().map(|(name, _)| format!("{name}_id")).collect();
    FeedSpec {
        name: format!("feed_{}_{number}", summary.name),
        to: summary.name.to_owned(),
        select: format!(
            "{}, sumState(toUInt64(1)) AS counts, minState(time) AS firsts, maxState(time) AS lasts",
            select.join(", ")
        ),
        rest: format!("WHERE {condition} GROUP BY {}", group.join(", ")),
    }
}

/// What events say of the processes that they name.
fn processes(all: &[Table]) -> Vec<FeedSpec> {
    let columns = columns(all);
    let actors = columns.iter().filter(|column| column.encoding == Encoding::Process);
    let feed = |column: &Column| {
        let name = column.field.name;
        let beginning = name.split("Process").next().unwrap_or_default();
        let states: Vec<String> = PROCESS
            .iter()
            .map(|(state, kind, saying, own)| {
                let about = format!("{beginning}{own}");
                let is_field = columns.iter().any(|column| column.field.name == about);
                let none = if *state == "pid" { "toInt64(-1)" } else if *kind == "Int64" { NEVER } else { "''" };
                let said = match saying {
                    Saying::Any if *state == "host" => Some(("Computer".to_owned(), "1".to_owned())),
                    Saying::Any if is_field => Some((format!("ifNull({about}, {none})"), format!("isNotNull({about})"))),
                    Saying::Begin if beginning.is_empty() => {
                        Some((begun(own, none), format!("EventID = {}", id_of(all, "process_create"))))
                    }
                    Saying::End if beginning.is_empty() => {
                        Some(((*own).to_owned(), format!("EventID = {}", id_of(all, "process_terminate"))))
                    }
                    Saying::Any | Saying::Begin | Saying::End => None,
                };
                let (value, condition) = said.unwrap_or_else(|| (none.to_owned(), "0".to_owned()));
                let value = if *kind == "String" { format!("toString({value})") } else { value };
                format!(
                    "argMinState(if({condition}, {value}, {none}), if({condition}, time * 1000 + lag, {LATEST})) AS {state}"
                )
            })
            .collect();
        FeedSpec {
            name: format!("feed_processes_{name}"),
            to: "sum_processes".to_owned(),
            select: format!("{name}_id AS id, {}", states.join(", ")),
            rest: format!("WHERE {name}_id != toUUID('{NOBODY}') GROUP BY {name}_id"),
        }
    };
    actors.map(feed).collect()
}

/// What the event of a beginning says; its own columns are there in every event of its kind, but may be empty.
fn begun(own: &str, none: &str) -> String {
    if own == "time" || own.starts_with("toString(") {
        own.to_owned()
    } else {
        format!("ifNull({own}, {none})")
    }
}

/// All views, with the names of SQLite's.
pub(super) fn views(all: &[Table]) -> Vec<(String, String)> {
    let mut views: Vec<(String, String)> =
        all.iter().map(|table| (table.spec.stem.to_owned(), view(table))).collect();
    views.push(("events".to_owned(), all_events(all)));
    views.push(("processes".to_owned(), process_view("")));
    views.push(("record_numbers".to_owned(), RECORD_NUMBERS.to_owned()));
    views.extend(SUMMARIES.iter().map(|summary| (summary.view.to_owned(), summary_view(summary))));
    views.extend(VIEWS.iter().chain(SHARED_VIEWS).map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned())));
    views
}

/// A piece of a machine's record numbers: 2^15 of them.
const RECORD_NUMBERS: &str = "SELECT Computer, intDiv(piece, 65536) AS stream, toInt64(minMerge(lows) % 2147483648) AS low, \
     toInt64(maxMerge(highs) % 2147483648) AS high, sumMerge(counts) AS count, intDiv(minMerge(firsts), 1000) AS first, \
     intDiv(maxMerge(lasts), 1000) AS last FROM sum_records GROUP BY Computer, piece";

const VIEWS: &[(&str, &str)] = &[
    (
        "hash_hosts",
        "SELECT substring(part, 1, position(part, '=') - 1) AS algorithm, lower(hash_text) AS hash, unhex(hash_text) AS hash_bytes, \
         Computer, sightings AS count, earliest AS first, latest AS last FROM (\
         SELECT arrayJoin(splitByChar(',', Hashes_id)) AS part, replaceRegexpAll(substring(part, position(part, '=') + 1), '^ +| +$', '') AS hash_text, \
         Computer_id AS Computer, sumMerge(counts) AS sightings, minMerge(firsts) AS earliest, maxMerge(lasts) AS latest \
         FROM sum_hashes GROUP BY Hashes_id, Computer_id) \
         WHERE position(part, '=') > 0 AND match(hash_text, '^([0-9a-fA-F][0-9a-fA-F])+$')",
    ),
    (
        "hashes",
        "SELECT algorithm, hash, uniqExact(Computer) AS hosts, sum(sightings) AS count, min(earliest) AS first, max(latest) AS last FROM (\
         SELECT algorithm, hash, Computer, count AS sightings, first AS earliest, last AS latest FROM hash_hosts) GROUP BY algorithm, hash",
    ),
    (
        "ips",
        "SELECT nullIf(ip_id, '') AS ip, uniqExact(Computer_id) AS hosts, sumMerge(counts) AS count, minMerge(firsts) AS first, \
         maxMerge(lasts) AS last FROM sum_ips GROUP BY ip_id",
    ),
    (
        "domains",
        "SELECT nullIf(domain_id, '') AS domain, uniqExact(Computer_id) AS hosts, sumMerge(counts) AS count, minMerge(firsts) AS first, \
         maxMerge(lasts) AS last FROM sum_domains GROUP BY domain_id",
    ),
];

fn view(table: &Table) -> String {
    let mut columns = vec!["event".to_owned(), "Computer".to_owned(), "time".to_owned()];
    if table.spec.position(TIME_FIELD).is_some() {
        columns.push(format!("{} AS {TIME_FIELD}", time_text("time")));
    }
    if let Some(subject) = table.subject {
        columns.push(format!("{} AS process", column_name(&table.columns[subject])));
    }
    for column in &table.columns {
        columns.push(match column.encoding {
            Encoding::Process => format!("{} AS {}", guid(&column_name(column)), column.field.name),
            Encoding::Text | Encoding::Moment | Encoding::Integer | Encoding::Flag => {
                column.field.name.to_owned()
            }
        });
    }
    format!("SELECT {}, extra FROM raw_events WHERE EventID = {}", columns.join(", "), table.spec.id)
}

/// Every event with what most have.
fn all_events(all: &[Table]) -> String {
    let ids: Vec<String> = all.iter().map(|table| table.spec.id.to_string()).collect();
    let names: Vec<String> = all.iter().map(|table| format!("'{}'", table.spec.name)).collect();
    format!(
        "SELECT event, Computer, time, {utc} AS UtcTime, EventID, transform(EventID, [{ids}], [{names}], '') AS EventName, \
         toInt64(EventRecordID % 2147483648) AS EventRecordID, {guid} AS ProcessGuid, RuleName, coalesce(ProcessId, SourceProcessId) AS ProcessId, \
         coalesce(Image, SourceImage) AS Image, coalesce(User, SourceUser) AS User FROM raw_events WHERE EventID IN ({ids})",
        utc = time_text("time"),
        ids = ids.join(", "),
        names = names.join(", "),
        guid = guid(&subject(all)),
    )
}

/// What is known of processes; `which` says of which.
pub(super) fn process_view(which: &str) -> String {
    let known = |state: &str| format!("nullIf(argMinMerge({state}), '')");
    let time = |state: &str| format!("nullIf(argMinMerge({state}), {NEVER})");
    format!(
        "SELECT id, {guid} AS ProcessGuid, argMinMerge(host) AS Computer, nullIf(argMinMerge(pid), toInt64(-1)) AS ProcessId, \
         {started} AS started, {ended} AS ended, coalesce({image}, {own_image}) AS Image, {command} AS CommandLine, \
         {directory} AS CurrentDirectory, {hashes} AS Hashes, coalesce({user}, {own_user}) AS User, \
         if(argMinMerge(parent_id) IN ('', '{NOBODY}'), NULL, concat('{{', argMinMerge(parent_id), '}}')) AS ParentProcessGuid, \
         {parent_image} AS ParentImage, {parent_command} AS ParentCommandLine, \
         toUUID(if(argMinMerge(parent_id) = '', '{NOBODY}', argMinMerge(parent_id))) AS parent FROM sum_processes {which} GROUP BY id",
        guid = guid("id"),
        started = time("begin"),
        ended = time("end"),
        image = known("created_image"),
        own_image = known("own_image"),
        command = known("command"),
        directory = known("directory"),
        hashes = known("hashes"),
        user = known("created_user"),
        own_user = known("own_user"),
        parent_image = known("parent_image"),
        parent_command = known("parent_command"),
    )
}

fn summary_view(summary: &Summary) -> String {
    let (mut columns, mut inner) = (Vec::new(), Vec::new());
    for (name, shown) in summary.keys {
        match shown {
            Shown::Day => columns.push(format!("toString(toDate({name}_id)) AS {name}, {name}_id")),
            Shown::Text => columns.push(format!("nullIf({name}_id, '') AS {name}, {name}_id")),
            Shown::Number => columns.push(format!("{name}_id AS {name}")),
            Shown::Sole => {
                let sole = format!("if(least_{name} = most_{name}, least_{name}, '')");
                columns.push(format!("nullIf({sole}, '') AS {name}, {sole} AS {name}_id"));
                inner.push(format!("min({name}_id) AS least_{name}, max({name}_id) AS most_{name}"));
            }
        }
    }
    let keys: Vec<String> = (summary.keys.iter())
        .filter(|(_, shown)| *shown != Shown::Sole)
        .map(|(name, _)| format!("{name}_id"))
        .collect();
    let keys = keys.join(", ");
    let from = summary.total_of.unwrap_or(summary.name);
    let counts = "sumMerge(counts) AS count, minMerge(firsts) AS first, maxMerge(lasts) AS last";
    let columns = columns.join(", ");
    if inner.is_empty() {
        return format!("SELECT {columns}, {counts} FROM {from} GROUP BY {keys}");
    }
    // What is sole is known when all is counted.
    let inner = inner.join(", ");
    format!(
        "SELECT {columns}, count, first, last FROM (SELECT {keys}, {inner}, {counts} FROM {from} GROUP BY {keys})"
    )
}

/// A process's identity as events write it.
pub(super) fn guid(id: &str) -> String {
    format!("if({id} = toUUID('{NOBODY}'), NULL, concat('{{', toString({id}), '}}'))")
}

/// A time as events write it.
pub(super) fn time_text(millis: &str) -> String {
    format!(
        "concat(toString(toDateTime(intDiv({millis}, 1000), 'UTC')), '.', substring(toString(1000 + {millis} % 1000), 2, 3))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One column serves all events that have a field of its name.
    #[test]
    fn a_field_is_kept_alike_in_all_events() {
        let all = crate::layout::tables();
        let shared = columns(&all);
        for column in all.iter().flat_map(|table| &table.columns) {
            let kept =
                shared.iter().find(|kept| kept.field.name == column.field.name).expect("it is one of them");
            assert_eq!(kept.encoding, column.encoding, "{}", column.field.name);
        }
        assert_eq!((id_of(&all, "process_create"), id_of(&all, "process_terminate")), (1, 5));
    }

    #[test]
    fn every_view_of_one_engine_is_in_the_other() {
        let all = crate::layout::tables();
        let names = |views: Vec<(String, String)>| {
            views.into_iter().map(|(name, _)| name).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(views(&all)), names(crate::ddl::views(&all, SUMMARIES)));
        assert!(VIEWS.iter().all(|(name, _)| crate::summary::VIEWS.iter().any(|(other, _)| other == name)));
    }
}

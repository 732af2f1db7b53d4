//! What is counted while events come in, so that the standing questions never look at events.
//!
//! A [`Summary`] has one row for each combination of its keys, with a count and the first and the last time. This is
//! where the store knows events and fields by name; everything else follows from the schema.

use std::collections::HashMap;
use std::fmt::Write as _;

use foldhash::fast::RandomState;
use rusqlite::{Connection, Statement};
use tuxmon_event::EventSpec;

use crate::batch::{Batch, Cell, Row};
use crate::ddl::string;
use crate::layout::Table;
use crate::strings::{NONE, StringId};

/// A day, in milliseconds.
pub const DAY: i64 = 86_400_000;
const MOST_KEYS: usize = 7;

/// A table of counts.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) name: &'static str,
    /// How people call it.
    pub(crate) view: &'static str,
    /// In the order of the table: what is asked for most comes first, so that a question reads one place, or groups
    /// without sorting.
    pub(crate) keys: &'static [(&'static str, Shown)],
    pub(crate) feeds: &'static [Feed],
    /// The counts of days that this one sums up: when days are removed, it is made anew from those that stay.
    pub(crate) total_of: Option<&'static str>,
}

/// How a key is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Day,
    Text,
    Number,
    /// A text that is no key: it is there as long as all that is counted in a row agree on it.
    Sole,
}

/// Which events count, and where their keys are.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) event: &'static str,
    pub(crate) keys: &'static [Key],
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Day,
    Host,
    Field(&'static str),
    /// The second field where the first one is 1, else the third.
    Either(&'static str, &'static str, &'static str),
    Fixed(i64),
}

/// A process begins with this event.
pub(crate) fn begins(spec: &EventSpec) -> bool {
    spec.stem == "process_create"
}

/// A process ends with this event.
pub(crate) fn ends(spec: &EventSpec) -> bool {
    spec.stem == "process_terminate"
}

/// The columns by which an event's table is searched without an index; see [`crate::filters`].
pub(crate) fn sought(table: &Table) -> Vec<usize> {
    let names: &[&str] = match table.spec.stem {
        "process_create" => &["ProcessId", "Image", "Hashes"],
        "file_create" => &["TargetFilename"],
        "network_connect" => &["SourceIp", "DestinationIp"],
        _ => &[],
    };
    names.iter().map(|name| table.position(name).expect("the schema has this field")).collect()
}

/// Who was called, or who called.
const PEER: Key = Key::Either("Initiated", "DestinationIp", "SourceIp");

/// All of them.
pub(crate) const SUMMARIES: &[Summary] = &[
    Summary {
        name: "sum_image_totals",
        view: "images",
        keys: &[("Image", Shown::Text), ("Hashes", Shown::Text), ("Computer", Shown::Text)],
        feeds: &[Feed {
            event: "process_create",
            keys: &[Key::Field("Image"), Key::Field("Hashes"), Key::Host],
        }],
        total_of: Some("sum_images"),
    },
    Summary {
        name: "sum_parent_totals",
        view: "parents",
        keys: &[("Image", Shown::Text), ("ParentImage", Shown::Text), ("Computer", Shown::Text)],
        feeds: &[Feed {
            event: "process_create",
            keys: &[Key::Field("Image"), Key::Field("ParentImage"), Key::Host],
        }],
        total_of: Some("sum_parents"),
    },
    Summary {
        name: "sum_peer_totals",
        view: "peers",
        // With the program as a key there were nearly as many rows as connections.
        keys: &[
            ("RemoteIp", Shown::Text),
            ("DestinationPort", Shown::Number),
            ("Protocol", Shown::Text),
            ("Initiated", Shown::Number),
            ("Computer", Shown::Text),
            ("Image", Shown::Sole),
        ],
        feeds: &[Feed {
            event: "network_connect",
            keys: &[
                PEER,
                Key::Field("DestinationPort"),
                Key::Field("Protocol"),
                Key::Field("Initiated"),
                Key::Host,
                Key::Field("Image"),
            ],
        }],
        total_of: Some("sum_peers"),
    },
    // Here the day comes first, so that what is counted today lies together, however many days there are.
    Summary {
        name: "sum_images",
        view: "image_days",
        keys: &[
            ("day", Shown::Day),
            ("Image", Shown::Text),
            ("Hashes", Shown::Text),
            ("Computer", Shown::Text),
        ],
        feeds: &[Feed {
            event: "process_create",
            keys: &[Key::Day, Key::Field("Image"), Key::Field("Hashes"), Key::Host],
        }],
        total_of: None,
    },
    Summary {
        name: "sum_parents",
        view: "parent_days",
        keys: &[
            ("day", Shown::Day),
            ("Image", Shown::Text),
            ("ParentImage", Shown::Text),
            ("Computer", Shown::Text),
        ],
        feeds: &[Feed {
            event: "process_create",
            keys: &[Key::Day, Key::Field("Image"), Key::Field("ParentImage"), Key::Host],
        }],
        total_of: None,
    },
    Summary {
        name: "sum_peers",
        view: "peer_days",
        keys: &[
            ("day", Shown::Day),
            ("RemoteIp", Shown::Text),
            ("DestinationPort", Shown::Number),
            ("Protocol", Shown::Text),
            ("Initiated", Shown::Number),
            ("Image", Shown::Text),
            ("Computer", Shown::Text),
        ],
        feeds: &[Feed {
            event: "network_connect",
            keys: &[
                Key::Day,
                PEER,
                Key::Field("DestinationPort"),
                Key::Field("Protocol"),
                Key::Field("Initiated"),
                Key::Field("Image"),
                Key::Host,
            ],
        }],
        total_of: None,
    },
    Summary {
        name: "sum_ips",
        view: "ip_hosts",
        keys: &[("ip", Shown::Text), ("Computer", Shown::Text), ("is_destination", Shown::Number)],
        feeds: &[
            Feed { event: "network_connect", keys: &[Key::Field("SourceIp"), Key::Host, Key::Fixed(0)] },
            Feed { event: "network_connect", keys: &[Key::Field("DestinationIp"), Key::Host, Key::Fixed(1)] },
        ],
        total_of: None,
    },
    Summary {
        name: "sum_domains",
        view: "domain_hosts",
        keys: &[("domain", Shown::Text), ("Computer", Shown::Text), ("Image", Shown::Text)],
        feeds: &[
            Feed { event: "dns_query", keys: &[Key::Field("QueryName"), Key::Host, Key::Field("Image")] },
            Feed {
                event: "network_connect",
                keys: &[Key::Field("DestinationHostname"), Key::Host, Key::Field("Image")],
            },
        ],
        total_of: None,
    },
    Summary {
        name: HASHES,
        view: "hashes_hosts",
        keys: &[("Hashes", Shown::Text), ("Computer", Shown::Text)],
        feeds: &[
            Feed { event: "process_create", keys: &[Key::Field("Hashes"), Key::Host] },
            Feed { event: "driver_load", keys: &[Key::Field("Hashes"), Key::Host] },
            Feed { event: "image_load", keys: &[Key::Field("Hashes"), Key::Host] },
            Feed { event: "file_delete", keys: &[Key::Field("Hashes"), Key::Host] },
            Feed { event: "file_delete_detected", keys: &[Key::Field("Hashes"), Key::Host] },
        ],
        total_of: None,
    },
];

/// The summary whose keys are also kept hash by hash.
const HASHES: &str = "sum_hashes";

/// Views over views; their texts are the same in every engine.
pub(crate) const SHARED_VIEWS: &[(&str, &str)] = &[
    (
        "connections",
        "SELECT event, time, UtcTime, Computer, process, ProcessGuid, ProcessId, Image, User, Protocol, Initiated, \
         CASE WHEN Initiated = 1 THEN DestinationIp ELSE SourceIp END AS RemoteIp, SourceIp, SourcePort, DestinationIp, \
         DestinationHostname, DestinationPort FROM network_connect",
    ),
    (
        "files",
        "SELECT TargetFilename, Computer, sum(made) AS created, sum(gone) AS deleted, min(time) AS first, \
         max(time) AS last FROM (\
         SELECT TargetFilename, Computer, time, 1 AS made, 0 AS gone FROM file_create UNION ALL \
         SELECT TargetFilename, Computer, time, 0 AS made, 1 AS gone FROM file_delete UNION ALL \
         SELECT TargetFilename, Computer, time, 0 AS made, 1 AS gone FROM file_delete_detected) \
         GROUP BY TargetFilename, Computer",
    ),
];

/// Views over summaries.
pub(crate) const VIEWS: &[(&str, &str)] = &[
    (
        "hash_hosts",
        "SELECT v.algorithm AS algorithm, lower(hex(v.hash)) AS hash, v.hash AS hash_bytes, \
         (SELECT text FROM strings WHERE strings.id = s.Computer) AS Computer, s.count AS count, s.first AS first, s.last AS last \
         FROM hash_values v JOIN sum_hashes s ON s.Hashes = v.hashes",
    ),
    (
        "ips",
        "SELECT (SELECT text FROM strings WHERE strings.id = s.ip) AS ip, count(DISTINCT s.Computer) AS hosts, \
         sum(s.count) AS count, min(s.first) AS first, max(s.last) AS last FROM sum_ips s GROUP BY s.ip",
    ),
    (
        "domains",
        "SELECT (SELECT text FROM strings WHERE strings.id = s.domain) AS domain, count(DISTINCT s.Computer) AS hosts, \
         sum(s.count) AS count, min(s.first) AS first, max(s.last) AS last FROM sum_domains s GROUP BY s.domain",
    ),
    (
        "hashes",
        "SELECT v.algorithm AS algorithm, lower(hex(v.hash)) AS hash, count(DISTINCT s.Computer) AS hosts, \
         sum(s.count) AS count, min(s.first) AS first, max(s.last) AS last \
         FROM hash_values v JOIN sum_hashes s ON s.Hashes = v.hashes GROUP BY v.hash, v.algorithm",
    ),
];

impl Shown {
    fn is_text(self) -> bool {
        match self {
            Self::Text | Self::Sole => true,
            Self::Day | Self::Number => false,
        }
    }
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

impl Summary {
    /// All columns before the counts.
    fn columns(&self) -> String {
        list(self.keys.iter().map(|(name, _)| *name))
    }

    /// Those by which is counted.
    fn key_columns(&self) -> String {
        list(self.keys.iter().filter(|(_, shown)| *shown != Shown::Sole).map(|(name, _)| *name))
    }

    /// Those that are none.
    pub(crate) fn soles(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter(|(_, shown)| *shown == Shown::Sole).map(|(name, _)| *name)
    }

    /// The columns that are numbers of texts.
    pub(crate) fn text_columns(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter(|(_, shown)| shown.is_text()).map(|(name, _)| *name)
    }

    pub(crate) fn append_table(&self, sql: &mut String) {
        let columns = self.columns();
        let declared = columns.replace(", ", " INTEGER NOT NULL, ");
        let _ = writeln!(
            sql,
            "CREATE TABLE {} ({declared} INTEGER NOT NULL, count INTEGER NOT NULL, first INTEGER NOT NULL, \
             last INTEGER NOT NULL, PRIMARY KEY ({})) WITHOUT ROWID;",
            self.name,
            self.key_columns()
        );
    }

    pub(crate) fn view_sql(&self) -> String {
        let mut sql = "SELECT ".to_owned();
        for (name, shown) in self.keys {
            let column = format!("s.\"{name}\"");
            let value = match shown {
                Shown::Day => format!("date({column} * 86400, 'unixepoch')"),
                Shown::Text | Shown::Sole => string(&column),
                Shown::Number => column.clone(),
            };
            let _ = write!(sql, "{value} AS \"{name}\", ");
            if *shown != Shown::Number {
                // To group and to find by: a number is compared faster than the text that it stands for.
                let _ = write!(sql, "s.\"{name}\" AS \"{name}_id\", ");
            }
        }
        let _ = write!(sql, "s.count AS count, s.first AS first, s.last AS last FROM {} s", self.name);
        sql
    }
}

/// Where the keys of a table's events are.
struct Place {
    summary: usize,
    keys: &'static [Key],
    /// The first key that is a field: without it there is nothing to count.
    main: usize,
    /// The columns of each key that is a field: one, or a flag and two to choose from.
    columns: [[usize; 3]; MOST_KEYS],
}

type Keys = [i64; MOST_KEYS];

/// How often, and between which times.
#[derive(Debug, Clone, Copy)]
struct Sighting {
    times: i64,
    first: i64,
    last: i64,
}

/// What a batch adds to the summaries.
pub(crate) struct Counter<'c> {
    places: Vec<Vec<Place>>,
    counts: Vec<HashMap<Keys, Sighting, RandomState>>,
    upserts: Vec<Statement<'c>>,
    hash_values: Statement<'c>,
    hash_text: Statement<'c>,
}

impl<'c> Counter<'c> {
    pub(crate) fn open(connection: &'c Connection, tables: &[Table]) -> rusqlite::Result<Self> {
        let upserts = SUMMARIES.iter().map(|summary| connection.prepare(&summary.upsert()));
        Ok(Self {
            places: tables.iter().map(places).collect(),
            counts: SUMMARIES.iter().map(|_| HashMap::default()).collect(),
            upserts: upserts.collect::<rusqlite::Result<_>>()?,
            hash_values: connection
                .prepare("INSERT OR IGNORE INTO hash_values (hash, algorithm, hashes) VALUES (?1, ?2, ?3)")?,
            hash_text: connection.prepare("SELECT text FROM strings WHERE id = ?1")?,
        })
    }

    /// The columns of a table whose texts must have numbers, because they are keys.
    pub(crate) fn key_columns(&self, table: usize) -> impl Iterator<Item = &usize> + '_ {
        self.places[table].iter().flat_map(|place| {
            place.keys.iter().zip(&place.columns).flat_map(|(key, columns)| match key {
                Key::Field(_) => &columns[..1],
                Key::Either(..) => &columns[1..],
                Key::Day | Key::Host | Key::Fixed(_) => &[],
            })
        })
    }

    /// Counts an event; `ids` are the numbers of the texts in its key columns.
    pub(crate) fn add(&mut self, table: usize, row: &Row, batch: &Batch, host: StringId, ids: &[StringId]) {
        let cells = batch.cells(row);
        'places: for place in &self.places[table] {
            let mut keys = [0; MOST_KEYS];
            for (index, key) in place.keys.iter().enumerate() {
                let columns = place.columns[index];
                let column = match (key, cells.get(columns[0])) {
                    (Key::Either(..), Some(Cell::Integer(1))) => columns[1],
                    (Key::Either(..), _) => columns[2],
                    (Key::Day | Key::Host | Key::Field(_) | Key::Fixed(_), _) => columns[0],
                };
                keys[index] = match key {
                    Key::Day => row.time.div_euclid(DAY),
                    Key::Host => host,
                    Key::Fixed(number) => *number,
                    Key::Field(_) | Key::Either(..) => match cells[column] {
                        Cell::Text(_) => ids[column],
                        Cell::Integer(number) => number,
                        Cell::None | Cell::Process(_) if index == place.main => continue 'places,
                        Cell::None | Cell::Process(_) => NONE,
                    },
                };
            }
            let new = Sighting { times: 0, first: row.time, last: row.time };
            let count = self.counts[place.summary].entry(keys).or_insert(new);
            count.times += 1;
            count.first = count.first.min(row.time);
            count.last = count.last.max(row.time);
        }
    }

    /// How many different things were counted since the last time.
    pub(crate) fn waiting(&self) -> usize {
        self.counts.iter().map(HashMap::len).sum()
    }

    /// Adds what was counted to the store.
    pub(crate) fn flush(&mut self) -> rusqlite::Result<()> {
        for (index, summary) in SUMMARIES.iter().enumerate() {
            let mut counts: Vec<(Keys, Sighting)> = self.counts[index].drain().collect();
            // In the order of the table, its pages are visited once.
            counts.sort_unstable_by_key(|(keys, _)| *keys);
            let statement = &mut self.upserts[index];
            for (keys, Sighting { times, first, last }) in counts {
                for (position, key) in
                    keys[..summary.keys.len()].iter().chain(&[times, first, last]).enumerate()
                {
                    statement.raw_bind_parameter(position + 1, key)?;
                }
                statement.raw_execute()?;
                if summary.name == HASHES {
                    keep_hashes(&mut self.hash_text, &mut self.hash_values, keys[0])?;
                }
            }
        }
        Ok(())
    }
}

/// Keeps each hash of a `Hashes` text, so that it can be found.
fn keep_hashes(text: &mut Statement<'_>, keep: &mut Statement<'_>, id: StringId) -> rusqlite::Result<()> {
    let mut rows = text.query([id])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    for (algorithm, hash) in hashes_in(row.get_ref(0)?.as_str()?) {
        keep.execute((hash, algorithm, id))?;
    }
    Ok(())
}

/// The hashes in `SHA256=hex,MD5=hex`.
fn hashes_in(text: &str) -> impl Iterator<Item = (&str, Vec<u8>)> {
    text.split(',').filter_map(|part| {
        let (algorithm, hex) = part.split_once('=')?;
        Some((algorithm, bytes(hex.trim())?))
    })
}

/// The bytes that hexadecimal digits stand for.
pub(crate) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    (!digits.is_empty() && digits.len().is_multiple_of(2)).then_some(())?;
    digits.chunks_exact(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

fn places(table: &Table) -> Vec<Place> {
    let mut found = Vec::new();
    for (summary, definition) in SUMMARIES.iter().enumerate() {
        for feed in definition.feeds.iter().filter(|feed| feed.event == table.spec.stem) {
            let column =
                |name: &str| table.position(name).expect("summaries name fields that their events have");
            let mut columns = [[0; 3]; MOST_KEYS];
            for (index, key) in feed.keys.iter().enumerate() {
                columns[index] = match key {
                    Key::Field(name) => [column(name); 3],
                    Key::Either(flag, yes, no) => [column(flag), column(yes), column(no)],
                    Key::Day | Key::Host | Key::Fixed(_) => [0; 3],
                };
            }
            let main = feed.keys.iter().position(|key| matches!(key, Key::Field(_) | Key::Either(..)));
            let main = main.expect("a feed counts by a field");
            found.push(Place { summary, keys: feed.keys, main, columns });
        }
    }
    found
}

impl Summary {
    /// Sums up the days that are there; `None` where nothing is summed up.
    pub(crate) fn rebuild(&self) -> Option<String> {
        let days = self.total_of?;
        let values: Vec<String> = (self.keys.iter())
            .map(|(name, shown)| match shown {
                Shown::Sole => format!(
                    "CASE WHEN min(\"{name}\") = max(\"{name}\") THEN min(\"{name}\") ELSE {NONE} END"
                ),
                Shown::Day | Shown::Text | Shown::Number => format!("\"{name}\""),
            })
            .collect();
        Some(format!(
            "DELETE FROM {name}; INSERT INTO {name} ({columns}, count, first, last) \
             SELECT {values}, sum(count), min(first), max(last) FROM {days} GROUP BY {keys};",
            name = self.name,
            columns = self.columns(),
            values = values.join(", "),
            keys = self.key_columns()
        ))
    }

    fn upsert(&self) -> String {
        let columns = self.columns();
        let places =
            (1..=self.keys.len() + 3).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
        let mut soles = String::new();
        for name in self.soles() {
            let _ = write!(
                soles,
                ", \"{name}\" = CASE \"{name}\" WHEN excluded.\"{name}\" THEN \"{name}\" ELSE {NONE} END"
            );
        }
        format!(
            "INSERT INTO {} ({columns}, count, first, last) VALUES ({places}) ON CONFLICT ({}) DO UPDATE SET \
             count = count + excluded.count, first = min(first, excluded.first), last = max(last, excluded.last){soles}",
            self.name,
            self.key_columns()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feed_fits_its_summary() {
        let tables = crate::layout::tables();
        for summary in SUMMARIES {
            for feed in summary.feeds {
                assert_eq!(feed.keys.len(), summary.keys.len(), "{}", summary.name);
                assert!(tables.iter().any(|table| table.spec.stem == feed.event), "{}", feed.event);
            }
        }
        assert!(tables.iter().map(|table| places(table).len()).sum::<usize>() > SUMMARIES.len());
    }

    #[test]
    fn hashes_are_read_in_either_case() {
        let found: Vec<_> = hashes_in("MD5=00fF,SHA256=zz,IMPHASH=ab, SHA1=1").collect();
        assert_eq!(found, [("MD5", vec![0, 255]), ("IMPHASH", vec![171])]);
    }
}

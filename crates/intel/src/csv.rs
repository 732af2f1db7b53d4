//! Columns. A first line of names says which is which; without one, the first column that looks like an indicator is it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::indicator::{Indicator, Kind};
use crate::reading::{Reading, shown, time};

/// What columns are called, in small letters.
const VALUE: &[&str] = &[
    "indicator",
    "value",
    "ioc",
    "ioc_value",
    "ioc value",
    "observable",
    "url",
    "domain",
    "ip",
    "ip_address",
    "dst_ip",
    "hash",
    "sha256",
    "sha256_hash",
    "md5",
    "md5_hash",
    "sha1",
    "sha1_hash",
];
const KIND: &[&str] = &["type", "ioc_type", "indicator_type", "kind"];
const EXPIRES: &[&str] = &["expires", "expiry", "expiration", "valid_until", "expire"];
const NOTE: &[&str] =
    &["description", "note", "comment", "threat", "malware", "malware_printable", "signature", "tags"];

/// Most columns of a line.
const MAX_COLUMNS: usize = 256;

/// Which column is which.
#[derive(Debug, Default, PartialEq, Eq)]
struct Columns {
    value: Option<usize>,
    kind: Option<usize>,
    expires: Option<usize>,
    note: Option<usize>,
}

pub(crate) fn read(text: &str, reading: &mut Reading<'_>) {
    let mut columns: Option<Columns> = None;
    let mut first = true;
    records(text, &mut |line, record| {
        if record.iter().all(|field| field.trim().is_empty()) {
            return;
        }
        if std::mem::take(&mut first)
            && let Some(named) = Columns::named(record)
        {
            columns = Some(named);
            return;
        }
        one(line, record, columns.as_ref().unwrap_or(&Columns::default()), reading);
    });
}

/// Whether the first line of a text names columns.
pub(crate) fn has_names(text: &str) -> bool {
    let mut found = None;
    let end = text.lines().take(200).map(|line| line.len() + 1).sum::<usize>().min(text.len());
    records(&text[..text.floor_char_boundary(end)], &mut |_, record| {
        found.get_or_insert_with(|| record.len() > 1 && Columns::named(record).is_some());
    });
    found == Some(true)
}

fn one(line: usize, record: &[&str], columns: &Columns, reading: &mut Reading<'_>) {
    let at =
        |column: Option<usize>| column.and_then(|column| record.get(column)).map_or("", |field| field.trim());
    let found = match columns.value {
        Some(_) => typed(at(columns.kind), at(columns.value)),
        None => record.iter().find_map(|field| Indicator::guess(field.trim())),
    };
    let Some(indicator) = found else {
        let value = if columns.value.is_some() {
            at(columns.value)
        } else {
            record.first().copied().unwrap_or_default()
        };
        let message = format!("'{}' is no hash, address, network, domain or URL", shown(value));
        let remedy = "name the column with the values 'indicator' in the first line";
        return reading.problem(line, "not-an-indicator", message, remedy);
    };
    let expires = at(columns.expires);
    let until = time(expires);
    if !expires.is_empty() && until.is_none() {
        let message = format!("'{}' is no time; this indicator never expires", shown(expires));
        reading.problem(line, "not-a-time", message, "2026-12-31 or 2026-12-31T00:00:00Z");
    }
    reading.add(indicator.with(at(columns.note), until));
}

/// A value of the kind that its line says; lists have many words for kinds, and an unknown one says nothing.
fn typed(kind: &str, value: &str) -> Option<Indicator> {
    let kind = match kind.to_ascii_lowercase().as_str() {
        "md5" | "sha1" | "sha256" | "md5_hash" | "sha1_hash" | "sha256_hash" | "hash" | "filehash" => {
            Some(Kind::Hash)
        }
        "domain" | "hostname" | "fqdn" => Some(Kind::Domain),
        "url" | "uri" => Some(Kind::Url),
        "ip" | "ipv4" | "ipv6" | "ip-src" | "ip-dst" => Some(Kind::Ip),
        "cidr" | "network" => Some(Kind::Cidr),
        // abuse.ch: an address with a port is told as an address.
        "ip:port" => {
            return Indicator::of(Kind::Ip, value.rsplit_once(':').map_or(value, |(address, _)| address));
        }
        _ => None,
    };
    kind.map_or_else(|| Indicator::guess(value), |kind| Indicator::of(kind, value))
}

impl Columns {
    fn named(record: &[&str]) -> Option<Self> {
        let names: Vec<String> =
            record.iter().map(|name| name.trim_matches(['#', ' ', '"']).to_ascii_lowercase()).collect();
        let find =
            |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
        let value = find(VALUE)?;
        Some(Self { value: Some(value), kind: find(KIND), expires: find(EXPIRES), note: find(NOTE) })
    }
}

/// Every record with the line on which it begins; lines that begin with `#` are comments, unless they name columns.
fn records(text: &str, take: &mut dyn FnMut(usize, &[&str])) {
    let mut reader = ReaderBuilder::new().build();
    let mut input = text.as_bytes();
    let (mut fields, mut ends) = (vec![0; 4096], vec![0; MAX_COLUMNS]);
    loop {
        input = without_comments(input, &mut reader);
        let line = usize::try_from(reader.line()).unwrap_or(usize::MAX);
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, out, end) =
                reader.read_record(input, &mut fields[written..], &mut ends[ended..]);
            input = &input[read..];
            written += out;
            ended += end;
            match result {
                ReadRecordResult::InputEmpty if read == 0 || input.is_empty() => {
                    // With nothing to read the reader ends the last record.
                    input = &[];
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => fields.resize(fields.len() * 2, 0),
                // Columns beyond the most are read over.
                ReadRecordResult::OutputEndsFull => ended -= 1,
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return,
            }
        }
        let whole = String::from_utf8_lossy(&fields[..written]);
        let mut start = 0;
        let record: Vec<&str> = ends[..ended]
            .iter()
            .map(|end| {
                let field = whole.get(start..*end).unwrap_or_default();
                start = *end;
                field
            })
            .collect();
        take(line, &record);
    }
}

/// Steps over lines that say nothing, and counts them.
fn without_comments<'a>(mut input: &'a [u8], reader: &mut Reader) -> &'a [u8] {
    while input.first() == Some(&b'#') {
        let end = input.iter().position(|byte| *byte == b'\n').map_or(input.len(), |place| place + 1);
        if names_columns(&input[..end]) {
            return input;
        }
        input = &input[end..];
        reader.set_line(reader.line() + 1);
    }
    input
}

/// Some lists have the names of their columns in the last comment.
fn names_columns(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let fields: Vec<&str> = line.trim().split(',').collect();
    fields.len() > 1 && Columns::named(&fields).is_some()
}

//! How often each combination of values occurs: the question behind every list of what is usual.

use std::cmp::Reverse;
use std::collections::HashMap;

use tuxmon_event::Kind;
use tuxmon_render::Colour;

use crate::columns::append_row;
use crate::event::{Event, is_absent};
use crate::fields::append_value;
use crate::format::Format;
use crate::json::{Object, kind};
use crate::safe::append_safely;
use crate::times::{Zone, append_written_time, written_time};

/// Combinations are kept up to so many bytes of values; events with others are counted together.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// What a combination takes besides its values.
const GROUP_BYTES: usize = 160;

/// Counts by the values of some fields.
pub struct Stats {
    fields: Vec<Vec<&'static str>>,
    groups: HashMap<Vec<String>, Group>,
    bytes: usize,
    /// Events whose combination was not kept.
    left_out: u64,
    key: Vec<String>,
}

#[derive(Default)]
struct Group {
    count: u64,
    first: String,
    last: String,
}

impl Stats {
    /// Counts by these fields.
    pub fn new(fields: Vec<Vec<&'static str>>) -> Self {
        let key = vec![String::new(); fields.len()];
        Self { fields, groups: HashMap::new(), bytes: 0, left_out: 0, key }
    }

    /// Events that are counted in no line, because there were too many combinations.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Counts an event; one that has none of the fields is passed over.
    pub fn add(&mut self, event: &Event<'_>) {
        let mut any = false;
        for (spellings, value) in self.fields.iter().zip(&mut self.key) {
            value.clear();
            any |= append_value(event, spellings, value) && !is_absent(value);
        }
        if !any {
            return;
        }
        let time = written_time(event);
        if let Some(group) = self.groups.get_mut(&self.key) {
            group.see(time);
            return;
        }
        let bytes = GROUP_BYTES + self.key.iter().map(String::len).sum::<usize>();
        if self.bytes + bytes > MAX_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += bytes;
        let mut group = Group::default();
        group.see(time);
        self.groups.insert(self.key.clone(), group);
    }

    /// Appends the counts, the most frequent combination first.
    pub fn append(&self, format: Format, zone: &Zone, colour: Colour, out: &mut String) {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(values, group)| (Reverse(group.count), *values));
        let names: Vec<&str> = self.fields.iter().map(|spellings| spellings[0]).collect();
        match format {
            Format::Json => groups.iter().for_each(|(values, group)| append_json(&names, values, group, out)),
            Format::Csv => {
                append_row(["Count", "First", "Last"].into_iter().chain(names.iter().copied()), out);
                for (values, group) in groups {
                    let count = group.count.to_string();
                    let head = [count.as_str(), &group.first, &group.last];
                    append_row(head.into_iter().chain(values.iter().map(String::as_str)), out);
                }
            }
            Format::Text | Format::Table | Format::Xml => append_table(&names, &groups, zone, colour, out),
        }
    }
}

impl Group {
    fn see(&mut self, time: &str) {
        self.count += 1;
        if self.first.is_empty() || *time < *self.first {
            time.clone_into(&mut self.first);
        }
        if *time > *self.last {
            time.clone_into(&mut self.last);
        }
    }
}

fn append_json(names: &[&str], values: &[String], group: &Group, out: &mut String) {
    let mut object = Object::open(out);
    object.number("Count", group.count);
    object.text("First", &group.first);
    object.text("Last", &group.last);
    for (name, value) in names.iter().zip(values) {
        let kind = if *name == "EventID" { kind(0, name) } else { Kind::Text };
        object.typed(name, value, kind);
    }
    out.push_str("}\n");
}

/// Every column but the last is as wide as its widest value, up to a limit.
fn append_table(
    names: &[&str],
    groups: &[(&Vec<String>, &Group)],
    zone: &Zone,
    colour: Colour,
    out: &mut String,
) {
    const WIDEST: usize = 60;
    const COUNT: &str = "COUNT";
    let highest = groups.first().map_or(0, |(_, group)| group.count);
    let count_width = highest.to_string().len().max(COUNT.len());
    let widths: Vec<usize> = (0..names.len())
        .map(|column| {
            let values = groups.iter().map(|(values, _)| values[column].chars().count().min(WIDEST));
            values.max().unwrap_or_default().max(names[column].len())
        })
        .collect();
    crate::table::styled(anstyle::Style::new().bold(), colour, out, |out| {
        (COUNT.len()..count_width).for_each(|_| out.push(' '));
        out.push_str(COUNT);
        out.push_str("  FIRST                    LAST                   ");
        for (name, width) in names.iter().zip(&widths) {
            out.push_str("  ");
            append_padded(&name.to_ascii_uppercase(), *width, out);
        }
        out.truncate(out.trim_end().len());
    });
    out.push('\n');
    for (values, group) in groups {
        let count = group.count.to_string();
        (count.len()..count_width).for_each(|_| out.push(' '));
        out.push_str(&count);
        out.push_str("  ");
        append_written_time(&group.first, zone, out);
        out.push_str("  ");
        append_written_time(&group.last, zone, out);
        for (value, width) in values.iter().zip(&widths) {
            out.push_str("  ");
            append_padded(if value.is_empty() { "-" } else { value }, *width, out);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
}

fn append_padded(text: &str, width: usize, out: &mut String) {
    append_safely(text, out);
    (text.chars().count()..width).for_each(|_| out.push(' '));
}

//! The XML line, byte for byte what consumers of Sysmon for Linux read.

use std::sync::LazyLock;

use tuxmon_event::{EVENTS, Event, EventSpec, Value};

use crate::fit::{Cuts, append_additional, append_cut, write_bounded};
use crate::{CHANNEL, Envelope, FieldSizes, KEYWORDS, PROVIDER, PROVIDER_GUID, escape, push_number};

/// Appends the event as one line of XML, without a line feed.
///
/// Compat: outputxml.cpp — 1.5.2 writes event 100 with version, level, task and keywords 0; ours are the manifest's.
pub fn xml(event: &Event, envelope: &Envelope<'_>, sizes: &FieldSizes, out: &mut String) {
    let id = usize::from(event.spec().id);
    let frame = FRAMES.get(id).and_then(Option::as_ref).expect("every event of the schema has a frame");
    write_bounded(event, sizes, &escape::XML, out, |cuts, out| {
        append_system(&frame.head, envelope, out);
        append_data(event, &frame.before, envelope, cuts, out);
    });
}

/// What is the same in all lines of one event. A line is put together of few pieces instead of many.
struct Frame {
    /// From the line's beginning to the time.
    head: String,
    /// What stands before the value of each field, the end of the one before included.
    before: Vec<String>,
}

/// By event id. Made with the first line.
static FRAMES: LazyLock<Vec<Option<Frame>>> = LazyLock::new(|| {
    let longest = EVENTS.iter().map(|spec| usize::from(spec.id) + 1).max().unwrap_or_default();
    let mut frames: Vec<Option<Frame>> = std::iter::repeat_with(|| None).take(longest).collect();
    for spec in EVENTS {
        frames[usize::from(spec.id)] = Some(Frame::of(spec));
    }
    frames
});

impl Frame {
    fn of(spec: &EventSpec) -> Self {
        let EventSpec { id, version, level, .. } = spec;
        let head = format!(
            "<Event><System><Provider Name=\"{PROVIDER}\" Guid=\"{PROVIDER_GUID}\"/><EventID>{id}</EventID>\
             <Version>{version}</Version><Level>{level}</Level><Task>{id}</Task><Opcode>0</Opcode>\
             <Keywords>{KEYWORDS}</Keywords><TimeCreated SystemTime=\""
        );
        let before = spec.fields.iter().enumerate().map(|(position, field)| {
            let end = if position == 0 { "" } else { "</Data>" };
            format!("{end}<Data Name=\"{}\">", field.name)
        });
        Self { head, before: before.collect() }
    }
}

fn append_system(head: &str, envelope: &Envelope<'_>, out: &mut String) {
    out.push_str(head);
    envelope.written.append_system_time(out);
    out.push_str("\"/><EventRecordID>");
    push_number(envelope.record_id, out);
    out.push_str("</EventRecordID><Correlation/><Execution ProcessID=\"");
    push_number(u64::from(envelope.process_id), out);
    out.push_str("\" ThreadID=\"");
    push_number(u64::from(envelope.thread_id), out);
    out.push_str("\"/><Channel>");
    out.push_str(CHANNEL);
    out.push_str("</Channel><Computer>");
    escape::XML.append(envelope.short_computer(), out);
    out.push_str("</Computer><Security UserId=\"");
    push_number(u64::from(envelope.user_id), out);
    out.push_str("\"/></System><EventData>");
}

fn append_data(event: &Event, before: &[String], envelope: &Envelope<'_>, cuts: &Cuts<'_>, out: &mut String) {
    for ((position, (field, value)), before) in event.values().enumerate().zip(before) {
        out.push_str(before);
        append_value(value, position, field.name, cuts, out);
    }
    if !before.is_empty() {
        out.push_str("</Data>");
    }
    for (name, text) in envelope.additional {
        out.push_str("<Data Name=\"");
        out.push_str(name);
        out.push_str("\">");
        append_additional(if text.is_empty() { "-" } else { text }, &escape::XML, out);
        out.push_str("</Data>");
    }
    out.push_str("</EventData></Event>");
}

fn append_value(value: Value<'_>, position: usize, field: &str, cuts: &Cuts<'_>, out: &mut String) {
    let start = out.len();
    match value {
        Value::Text(text) => append_cut(cuts.text(position, field, text), &escape::XML, out),
        // Printed from digits, letters and punctuation that XML has no use for.
        Value::Time(_)
        | Value::Guid(_)
        | Value::Number(_)
        | Value::Hex(_)
        | Value::Flag(_)
        | Value::Absent
        | Value::Address(_) => value.append_to(out),
    }
    if out.len() == start {
        out.push('-');
    }
}

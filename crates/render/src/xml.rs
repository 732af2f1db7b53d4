//! The XML line, byte for byte what consumers of Sysmon for Linux read.

use tuxmon_event::{Event, Value};

use crate::fit::{Cuts, append_additional, append_cut, write_bounded};
use crate::{CHANNEL, Envelope, FieldSizes, KEYWORDS, PROVIDER, PROVIDER_GUID, escape, push_number};

/// Appends the event as one line of XML, without a line feed.
///
/// Compat: outputxml.cpp — 1.5.2 writes event 100 with version, level, task and keywords 0; ours are the manifest's.
pub fn xml(event: &Event, envelope: &Envelope<'_>, sizes: &FieldSizes, out: &mut String) {
    write_bounded(event, sizes, &escape::XML, out, |cuts, out| {
        append_system(event, envelope, out);
        append_data(event, envelope, cuts, out);
    });
}

fn append_system(event: &Event, envelope: &Envelope<'_>, out: &mut String) {
    let spec = event.spec();
    out.push_str("<Event><System><Provider Name=\"");
    out.push_str(PROVIDER);
    out.push_str("\" Guid=\"");
    out.push_str(PROVIDER_GUID);
    out.push_str("\"/><EventID>");
    push_number(u64::from(spec.id), out);
    out.push_str("</EventID><Version>");
    push_number(u64::from(spec.version), out);
    out.push_str("</Version><Level>");
    push_number(u64::from(spec.level), out);
    out.push_str("</Level><Task>");
    push_number(u64::from(spec.id), out);
    out.push_str("</Task><Opcode>0</Opcode><Keywords>");
    out.push_str(KEYWORDS);
    out.push_str("</Keywords><TimeCreated SystemTime=\"");
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
    out.push_str("\"/></System>");
}

fn append_data(event: &Event, envelope: &Envelope<'_>, cuts: &Cuts<'_>, out: &mut String) {
    out.push_str("<EventData>");
    for (position, (field, value)) in event.values().enumerate() {
        out.push_str("<Data Name=\"");
        out.push_str(field.name);
        out.push_str("\">");
        append_value(value, position, field.name, cuts, out);
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

//! The JSON line: one flat object with the schema's names and types.
//!
//! The envelope comes first, with the names of its XML elements and attributes; an attribute's name that would say too
//! little alone has its element's name in front (`ExecutionProcessID`), and so has the event's version, because event 4
//! has a field `Version`. Then come the fields. Numbers are numbers, flags are booleans, everything else is a string as
//! the XML prints it; what is absent is `null`, so that every event of an id has the same names.

use tuxmon_event::{Event, Value};

use crate::fit::{Cuts, append_additional, append_cut, write_bounded};
use crate::{CHANNEL, Envelope, FieldSizes, KEYWORDS, PROVIDER, PROVIDER_GUID, escape, push_number};

/// Appends the event as one line of JSON, without a line feed.
pub fn json(event: &Event, envelope: &Envelope<'_>, sizes: &FieldSizes, out: &mut String) {
    write_bounded(event, sizes, &escape::JSON, out, |cuts, out| {
        append_envelope(event, envelope, out);
        for (position, (field, value)) in event.values().enumerate() {
            append_name(field.name, out);
            append_value(value, position, field.name, cuts, out);
        }
        for (name, text) in envelope.additional {
            append_name(name, out);
            if text.is_empty() {
                out.push_str("null");
            } else {
                out.push('"');
                append_additional(text, &escape::JSON, out);
                out.push('"');
            }
        }
        out.push('}');
    });
}

fn append_envelope(event: &Event, envelope: &Envelope<'_>, out: &mut String) {
    let spec = event.spec();
    out.push_str("{\"EventID\":");
    push_number(u64::from(spec.id), out);
    append_name("EventName", out);
    append_quoted(spec.name, out);
    append_name("EventVersion", out);
    push_number(u64::from(spec.version), out);
    append_name("EventRecordID", out);
    push_number(envelope.record_id, out);
    append_name("SystemTime", out);
    out.push('"');
    envelope.written.append_system_time(out);
    out.push('"');
    append_name("Computer", out);
    append_quoted(envelope.short_computer(), out);
    append_name("Level", out);
    push_number(u64::from(spec.level), out);
    append_name("Task", out);
    push_number(u64::from(spec.id), out);
    append_name("Opcode", out);
    push_number(0, out);
    append_name("Keywords", out);
    append_quoted(KEYWORDS, out);
    append_name("ProviderName", out);
    append_quoted(PROVIDER, out);
    append_name("ProviderGuid", out);
    append_quoted(PROVIDER_GUID, out);
    append_name("Channel", out);
    append_quoted(CHANNEL, out);
    append_name("ExecutionProcessID", out);
    push_number(u64::from(envelope.process_id), out);
    append_name("ExecutionThreadID", out);
    push_number(u64::from(envelope.thread_id), out);
    append_name("SecurityUserId", out);
    push_number(u64::from(envelope.user_id), out);
}

fn append_name(name: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

fn append_quoted(text: &str, out: &mut String) {
    out.push('"');
    escape::JSON.append(text, out);
    out.push('"');
}

fn append_value(value: Value<'_>, position: usize, field: &str, cuts: &Cuts<'_>, out: &mut String) {
    match value {
        Value::Text("") | Value::Absent => out.push_str("null"),
        Value::Number(_) | Value::Flag(_) => value.append_to(out),
        Value::Text(text) => match cuts.text(position, field, text) {
            cut if cut.kept.is_empty() && !cut.marked => out.push_str("null"),
            cut => {
                out.push('"');
                append_cut(cut, &escape::JSON, out);
                out.push('"');
            }
        },
        Value::Time(_) | Value::Guid(_) | Value::Hex(_) | Value::Address(_) => {
            out.push('"');
            value.append_to(out);
            out.push('"');
        }
    }
}

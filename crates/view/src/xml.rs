//! The XML line, as the agent would have written it.

use std::fmt::Write as _;

use tuxmon_reader::{Form, System};
use tuxmon_render::{CHANNEL, KEYWORDS, PROVIDER, PROVIDER_GUID, escape};

use crate::event::Event;

const DATA: &str = "<EventData>";

pub(crate) fn append(event: &Event<'_>, out: &mut String) {
    match event.form {
        Form::Xml => {
            let head = event.raw.find(DATA).unwrap_or(0);
            append_markup(&event.raw[..head], out);
        }
        Form::Json => append_head(&event.system(), out),
    }
    out.push_str(DATA);
    for (name, value) in event.fields() {
        out.push_str("<Data Name=\"");
        escape::XML.append(name, out);
        out.push_str("\">");
        escape::XML.append(value, out);
        out.push_str("</Data>");
    }
    out.push_str("</EventData></Event>\n");
}

/// What was written as markup stays markup, without the characters that XML forbids or a terminal obeys.
fn append_markup(markup: &str, out: &mut String) {
    for character in markup.chars() {
        match character {
            '<' | '>' | '&' | '"' => out.push(character),
            '\n' | '\r' => out.push(' '),
            other => escape::XML.append_char(other, out),
        }
    }
}

fn append_head(system: &System, out: &mut String) {
    let text = |text: &str, usual: &str, out: &mut String| {
        escape::XML.append(if text.is_empty() { usual } else { text }, out);
    };
    let element = |name: &str, value: &dyn std::fmt::Display, out: &mut String| {
        write!(out, "<{name}>{value}</{name}>").expect("writing to a String cannot fail");
    };
    out.push_str("<Event><System><Provider Name=\"");
    text(&system.provider, PROVIDER, out);
    out.push_str("\" Guid=\"");
    out.push_str(PROVIDER_GUID);
    out.push_str("\"/>");
    element("EventID", &system.event_id, out);
    element("Version", &system.version, out);
    element("Level", &system.level, out);
    element("Task", &system.task, out);
    element("Opcode", &system.opcode, out);
    out.push_str("<Keywords>");
    text(&system.keywords, KEYWORDS, out);
    out.push_str("</Keywords><TimeCreated SystemTime=\"");
    text(&system.system_time, "", out);
    out.push_str("\"/>");
    element("EventRecordID", &system.record_id.unwrap_or_default(), out);
    let (process, thread) = (system.process_id, system.thread_id);
    write!(out, "<Correlation/><Execution ProcessID=\"{process}\" ThreadID=\"{thread}\"/><Channel>")
        .expect("writing to a String cannot fail");
    text(&system.channel, CHANNEL, out);
    out.push_str("</Channel><Computer>");
    text(&system.computer, "-", out);
    out.push_str("</Computer><Security UserId=\"");
    text(&system.user_id, "0", out);
    out.push_str("\"/></System>");
}

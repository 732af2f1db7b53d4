//! Events for the eyes of people: one line each for the terminal, and the original's list of fields.
//!
//! Both write control characters visibly: what somebody put into a command line must not drive the reader's terminal.

use std::net::IpAddr;

use anstyle::{AnsiColor, Style};
use tuxmon_event::{Event, Value};

use crate::fit::{append_additional, append_cut, write_bounded};
use crate::{Envelope, FieldSizes, escape};

/// Whether escape sequences may be written, our own ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// For a terminal that shows colours.
    Always,
}

/// Longer values are cut in the one-line form, in characters.
const LONGEST_SHOWN: usize = 400;
/// Width of the column of event names.
const NAME_WIDTH: usize = 26;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const PLAIN: Style = Style::new();
const RULE: Style = AnsiColor::Yellow.on_default();

/// A field of the one-line form: its name, what stands before and behind its value, and its style. Fields that an event
/// lacks or leaves empty are passed over, so one table serves all events.
struct Shown(&'static str, &'static str, &'static str, Style);

/// In the order of the line, behind time and event name.
const SHOWN: &[Shown] = &[
    Shown("User", " ", "", DIM),
    Shown("SourceUser", " ", "", DIM),
    Shown("Image", " ", "", BOLD),
    Shown("SourceImage", " ", "", BOLD),
    Shown("ProcessId", "[", "]", DIM),
    Shown("SourceProcessId", "[", "]", DIM),
    Shown("CommandLine", " ", "", PLAIN),
    Shown("CurrentDirectory", " in ", "", DIM),
    Shown("ParentImage", " by ", "", DIM),
    Shown("ParentProcessId", "[", "]", DIM),
    Shown("TargetImage", " -> ", "", BOLD),
    Shown("TargetProcessId", "[", "]", DIM),
    Shown("TargetFilename", " ", "", PLAIN),
    Shown("TargetObject", " ", "", PLAIN),
    Shown("Details", " = ", "", PLAIN),
    Shown("PipeName", " ", "", PLAIN),
    Shown("ImageLoaded", " ", "", PLAIN),
    Shown("Device", " ", "", PLAIN),
    Shown("QueryName", " ", "", PLAIN),
    Shown("QueryResults", " -> ", "", PLAIN),
    Shown("Protocol", " ", "", PLAIN),
    Shown("SourceIp", " ", "", PLAIN),
    Shown("SourcePort", ":", "", PLAIN),
    Shown("DestinationIp", " -> ", "", PLAIN),
    Shown("DestinationPort", ":", "", PLAIN),
    Shown("BpfCommand", " ", "", PLAIN),
    Shown("BpfProgramType", " ", "", PLAIN),
    Shown("BpfProgramName", " ", "", PLAIN),
    Shown("BpfProgramId", " id ", "", DIM),
    Shown("State", " ", "", PLAIN),
    Shown("Version", " version ", "", PLAIN),
    Shown("SchemaVersion", " schema ", "", DIM),
    Shown("Configuration", " ", "", PLAIN),
    Shown("ConfigurationFileHash", " ", "", DIM),
    Shown("ID", " ", "", BOLD),
    Shown("Description", " ", "", PLAIN),
    Shown("RuleName", "  [", "]", RULE),
];

/// Appends the event as one readable line, without a line feed.
pub fn text(event: &Event, envelope: &Envelope<'_>, sizes: &FieldSizes, colour: Colour, out: &mut String) {
    let spec = event.spec();
    append_styled(DIM, colour, out, |out| append_time_of_day(event, envelope, out));
    out.push(' ');
    append_styled(name_style(spec.name), colour, out, |out| {
        out.push_str(spec.name);
        (spec.name.len()..NAME_WIDTH).for_each(|_| out.push(' '));
    });
    for Shown(name, before, behind, style) in SHOWN {
        let Some(position) = spec.position(name) else { continue };
        let value = event.value(position);
        if !value.is_empty() {
            out.push_str(before);
            append_styled(*style, colour, out, |out| append_shown(value, name, sizes, out));
            out.push_str(behind);
        }
    }
    for (name, text) in envelope.additional.iter().filter(|(_, text)| !text.is_empty()) {
        append_styled(DIM, colour, out, |out| {
            out.push_str("  ");
            out.push_str(name);
            out.push('=');
            append_additional(text, &escape::TERMINAL, out);
        });
    }
}

/// Appends the event as the original's debug mode prints it: a heading, then one indented line for each field.
pub fn verbose(event: &Event, sizes: &FieldSizes, out: &mut String) {
    write_bounded(event, sizes, &escape::TERMINAL, out, |cuts, out| {
        out.push_str("Event SYSMONEVENT_");
        out.push_str(event.spec().suffix);
        for (position, (field, value)) in event.values().enumerate() {
            out.push_str("\n\t");
            out.push_str(field.name);
            out.push_str(": ");
            let start = out.len();
            match value {
                Value::Text(text) => {
                    append_cut(cuts.text(position, field.name, text), &escape::TERMINAL, out);
                }
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
    });
}

/// When it happened, or for an event that does not say so when it is written.
fn append_time_of_day(event: &Event, envelope: &Envelope<'_>, out: &mut String) {
    const DATE: usize = "2026-11-21 ".len();
    let happened = event.spec().position("UtcTime").map(|position| event.value(position));
    let time = if let Some(Value::Time(time)) = happened { time } else { envelope.written };
    let start = out.len();
    time.append_utc_time(out);
    out.replace_range(start..start + DATE, "");
}

fn append_shown(value: Value<'_>, field: &str, sizes: &FieldSizes, out: &mut String) {
    match value {
        Value::Text(text) => {
            let mut cut = sizes.cut(field, text);
            if let Some((end, _)) = cut.kept.char_indices().nth(LONGEST_SHOWN) {
                cut.kept = &cut.kept[..end];
                cut.marked = true;
            }
            append_cut(cut, &escape::TERMINAL, out);
        }
        // A port follows behind a colon.
        Value::Address(IpAddr::V6(address)) => {
            out.push('[');
            Value::Address(IpAddr::V6(address)).append_to(out);
            out.push(']');
        }
        Value::Time(_)
        | Value::Guid(_)
        | Value::Number(_)
        | Value::Hex(_)
        | Value::Flag(_)
        | Value::Absent
        | Value::Address(IpAddr::V4(_)) => value.append_to(out),
    }
}

/// The first word of an event's name says what it is about.
fn name_style(name: &str) -> Style {
    const STYLES: &[(&str, AnsiColor)] = &[
        ("Process", AnsiColor::Green),
        ("Network", AnsiColor::Blue),
        ("Dns", AnsiColor::Blue),
        ("File", AnsiColor::Cyan),
        ("Raw", AnsiColor::Magenta),
        ("Ebpf", AnsiColor::Magenta),
        ("Driver", AnsiColor::Magenta),
        ("Error", AnsiColor::Red),
    ];
    let colour = STYLES.iter().find(|(start, _)| name.starts_with(start)).map(|&(_, colour)| colour);
    colour.map_or(BOLD, AnsiColor::on_default)
}

fn append_styled(style: Style, colour: Colour, out: &mut String, write: impl FnOnce(&mut String)) {
    match colour {
        Colour::Never => write(out),
        Colour::Always => {
            append_display(&style.render(), out);
            write(out);
            append_display(&style.render_reset(), out);
        }
    }
}

fn append_display(value: &impl std::fmt::Display, out: &mut String) {
    use std::fmt::Write as _;
    write!(out, "{value}").expect("writing to a String cannot fail");
}

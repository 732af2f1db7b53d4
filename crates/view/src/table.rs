//! One line for each event, in columns: when, what, who, and what it is about.

use anstyle::{AnsiColor, Style};
use tuxmon_render::Colour;

use crate::event::{Event, is_absent};
use crate::fields::{append_event_name, append_shown};
use crate::safe::{append_cut, append_safely};
use crate::times::{TIME_WIDTH, Zone, append_time};

const NAME_WIDTH: usize = 18;
const PID_WIDTH: usize = 7;
const USER_WIDTH: usize = 8;
const IMAGE_WIDTH: usize = 24;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const RULE: Style = AnsiColor::Yellow.on_default();

/// A field of the last column: its name, and what stands before and behind its value. What an event lacks is passed
/// over, so one table serves all events.
struct About(&'static str, &'static str, &'static str);

const ABOUT: &[About] = &[
    About("CommandLine", " ", ""),
    About("CurrentDirectory", " in ", ""),
    About("ParentImage", " by ", ""),
    About("ParentProcessId", "[", "]"),
    About("TargetImage", " -> ", ""),
    About("TargetProcessId", "[", "]"),
    About("TargetFilename", " ", ""),
    About("TargetObject", " ", ""),
    About("Details", " = ", ""),
    About("PipeName", " ", ""),
    About("ImageLoaded", " ", ""),
    About("Device", " ", ""),
    About("QueryName", " ", ""),
    About("QueryResults", " -> ", ""),
    About("Protocol", " ", ""),
    About("SourceIp", " ", ""),
    About("SourcePort", " ", ""),
    About("DestinationIp", " -> ", ""),
    About("DestinationPort", " ", ""),
    About("BpfCommand", " ", ""),
    About("BpfProgramType", " ", ""),
    About("BpfProgramName", " ", ""),
    About("BpfProgramId", " id ", ""),
    About("State", " ", ""),
    About("Version", " version ", ""),
    About("SchemaVersion", " schema ", ""),
    About("Configuration", " ", ""),
    About("ID", " ", ""),
    About("Description", " ", ""),
    About("Name", " ", ""),
    About("Consumer", " ", ""),
];

/// Appends an event without a line feed.
pub(crate) fn append(event: &Event<'_>, zone: &Zone, colour: Colour, longest: usize, out: &mut String) {
    styled(DIM, colour, out, |out| column(TIME_WIDTH, out, |out| append_time(event, zone, out)));
    styled(name_style(event.id), colour, out, |out| {
        column(NAME_WIDTH, out, |out| append_event_name(event.id, out));
    });
    let process = event.first_of(&["ProcessId", "SourceProcessId"]).unwrap_or("-");
    (process.len()..PID_WIDTH).for_each(|_| out.push(' '));
    append_safely(process, out);
    out.push_str("  ");
    let user = event.first_of(&["User", "SourceUser"]).unwrap_or("-");
    column(USER_WIDTH, out, |out| append_cut(user, longest, out));
    let image = event.first_of(&["Image", "SourceImage"]).unwrap_or("-");
    styled(BOLD, colour, out, |out| column(IMAGE_WIDTH, out, |out| append_cut(image, longest, out)));
    let start = out.len();
    append_about(event, colour, longest, out);
    // The columns have their own blank, and the first part of the last one comes with another.
    if out[start..].starts_with(' ') {
        out.remove(start);
    }
    out.truncate(out.trim_end().len());
}

/// Appends the chosen fields, as columns behind time and name.
pub(crate) fn append_some(
    event: &Event<'_>,
    shown: &[Vec<&'static str>],
    zone: &Zone,
    longest: usize,
    out: &mut String,
) {
    column(TIME_WIDTH, out, |out| append_time(event, zone, out));
    column(NAME_WIDTH, out, |out| append_event_name(event.id, out));
    for spellings in shown {
        column(width(spellings[0]), out, |out| append_shown(event, spellings, longest, out));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

pub(crate) fn append_heading(shown: Option<&[Vec<&'static str>]>, colour: Colour, out: &mut String) {
    styled(BOLD, colour, out, |out| {
        column(TIME_WIDTH, out, |out| out.push_str("TIME"));
        column(NAME_WIDTH, out, |out| out.push_str("EVENT"));
        match shown {
            None => {
                (3..PID_WIDTH).for_each(|_| out.push(' '));
                out.push_str("PID  ");
                column(USER_WIDTH, out, |out| out.push_str("USER"));
                column(IMAGE_WIDTH, out, |out| out.push_str("IMAGE"));
                out.push_str("WHAT");
            }
            Some(shown) => {
                for spellings in shown {
                    column(width(spellings[0]), out, |out| out.push_str(spellings[0]));
                }
            }
        }
        out.truncate(out.trim_end().len());
    });
    out.push('\n');
}

/// Appends what the event is about, each part with a blank before it, and the name of the rule.
pub(crate) fn append_about(event: &Event<'_>, colour: Colour, longest: usize, out: &mut String) {
    for About(name, before, behind) in ABOUT {
        let Some(value) = event.value(name).filter(|value| !is_absent(value)) else { continue };
        out.push_str(before);
        append_cut(value, longest, out);
        out.push_str(behind);
    }
    if let Some(rule) = event.first_of(&["RuleName"]) {
        out.push_str("  ");
        styled(RULE, colour, out, |out| {
            out.push('[');
            append_cut(rule, longest, out);
            out.push(']');
        });
    }
}

/// Columns of chosen fields are as wide as their values usually are.
fn width(name: &str) -> usize {
    const GUID_WIDTH: usize = 38;
    let usual = match name {
        _ if name.ends_with("Guid") || name.ends_with("GUID") => GUID_WIDTH,
        _ if name.ends_with("Time") => TIME_WIDTH,
        _ if name.ends_with("Id") || name.ends_with("Port") => PID_WIDTH,
        _ if name.ends_with("User") => USER_WIDTH,
        _ if name.ends_with("Image") => IMAGE_WIDTH,
        _ => name.len(),
    };
    usual.max(name.len())
}

/// Writes, and fills up to a width with one blank at least.
fn column(width: usize, out: &mut String, write: impl FnOnce(&mut String)) {
    let start = out.len();
    write(out);
    let written = out[start..].chars().count();
    (written..=width.max(written)).for_each(|_| out.push(' '));
}

fn name_style(id: u16) -> Style {
    let colour = match id {
        1 | 5 | 8 | 10 | 25 => AnsiColor::Green,
        3 | 22 => AnsiColor::Blue,
        2 | 11 | 15 | 23 | 26..=29 => AnsiColor::Cyan,
        6 | 7 | 9 | 100 => AnsiColor::Magenta,
        255 => AnsiColor::Red,
        _ => return BOLD,
    };
    colour.on_default()
}

/// Writes in a style where colours are shown.
pub(crate) fn styled(style: Style, colour: Colour, out: &mut String, write: impl FnOnce(&mut String)) {
    use std::fmt::Write as _;
    match colour {
        Colour::Never => write(out),
        Colour::Always => {
            write!(out, "{}", style.render()).expect("writing to a String cannot fail");
            write(out);
            write!(out, "{}", style.render_reset()).expect("writing to a String cannot fail");
        }
    }
}

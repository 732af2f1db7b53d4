//! The original's viewer: what this program is when it is called `sysmonLogView`.
//!
//! Standard input to standard output, with the flags and the bytes of `sysmonLogView`, so that scripts around it go on
//! working; but it reads every form of event that exists. docs/compat.d/viewer.md has each difference with its test.

mod options;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use tuxmon_event::spec;
use tuxmon_render::escape;
use tuxmon_view::{Event, Events, Item, append_field};

use options::{Asked, Options};

/// An event of the agent's own errors, which the original's viewer does not know.
const ERROR_REPORT: u16 = 255;
/// What is printed is handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// What `-h` prints, and what the manual page is made of.
pub(crate) const USAGE: &str = "\
SysmonLogView v1.0 - Converts Sysmon syslog XML to human readable form

Usage: sysmonLogView [-e IDS] [-r MIN,MAX] [-t START,END] [-f FIELD=VALUES] [-E ID=FIELDS] [-X] [-T] [-h]
Reads events from the standard input and prints them to the standard output.

  -e 1,3            only events with these ids; may be repeated
  -r 10,20          only events with these record ids; either side may be empty
  -t START,END      only events of this time, in UTC: YYYY-MM-DD HH:MM[:SS[.nnn]]; either side may be empty
  -f FIELD=a,b      only events whose field is one of these values (exactly); events without the field pass;
                    may be repeated: values of one field are alternatives, several fields must all fit
  -E 1=Image,User   of events with this id print only these fields; may be repeated
  -X                a blank line after each event
  -T                print these settings and do nothing else
  -h, -?            print this

tuxmon view can do more: it finds the events itself, follows them, draws trees and tables.
";

/// The words of the call, if this program was called as `sysmonLogView` or as `tuxmon sysmonLogView`.
pub(crate) fn words(arguments: &[OsString]) -> Option<&[OsString]> {
    const NAME: &str = "sysmonLogView";
    let (program, words) = arguments.split_first()?;
    if Path::new(program).file_name().is_some_and(|name| name == NAME) {
        return Some(words);
    }
    words.strip_prefix(&[OsString::from(NAME)])
}

/// Does what the original does with these words.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    let done = match Options::parse(words) {
        Asked::Usage => io::stdout().write_all(USAGE.as_bytes()),
        Asked::Settings(options) => io::stdout().write_all(options.describe().as_bytes()),
        Asked::Events(options) => convert(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sysmonLogView: {error}");
            ExitCode::FAILURE
        }
    }
}

fn convert(options: &Options) -> io::Result<()> {
    let mut screen = io::stdout().lock();
    let watched = screen.is_terminal();
    let mut events = Events::new(io::stdin().lock(), options.sieve.clone());
    let mut out = String::with_capacity(2 * PIECE);
    loop {
        match events.next() {
            Item::Event(event) if options.takes(&event) => append(&event, options, watched, &mut out),
            Item::Event(_) => {}
            Item::Problem(problem) => eprintln!("sysmonLogView: XML parse failed: {problem}"),
            Item::Pause => {
                screen.write_all(out.as_bytes())?;
                out.clear();
                screen.flush()?;
            }
            Item::End => break,
        }
        if out.len() >= PIECE {
            screen.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    screen.write_all(out.as_bytes())?;
    screen.flush()?;
    let counts = events.counts();
    if counts.problems > 0 {
        eprintln!(
            "sysmonLogView: {} events skipped, {} of them truncated",
            counts.problems, counts.truncated
        );
    }
    Ok(())
}

/// Appends an event byte for byte as the original prints it; for a terminal, what it would obey is made visible.
fn append(event: &Event<'_>, options: &Options, watched: bool, out: &mut String) {
    append_heading(event.id, out);
    let chosen = options.fields_of(event.id);
    for (name, value) in event.fields() {
        if chosen.is_some_and(|chosen| !chosen.iter().any(|field| field == name)) {
            continue;
        }
        if watched {
            let mut safe = [String::new(), String::new()];
            escape::TERMINAL.append(name, &mut safe[0]);
            escape::TERMINAL.append(value, &mut safe[1]);
            append_field(&safe[0], &safe[1], out);
        } else {
            append_field(name, value, out);
        }
    }
    if options.blank_lines {
        out.push('\n');
    }
}

/// Compat: sysmonGetEventName.c — an id that its table does not have is UNKNOWN_EVENT; 255 is not in it.
fn append_heading(id: u16, out: &mut String) {
    out.push_str("Event ");
    match spec(id).filter(|spec| spec.id != ERROR_REPORT) {
        Some(spec) => {
            out.push_str("SYSMONEVENT_");
            out.push_str(spec.suffix);
        }
        None => out.push_str("UNKNOWN_EVENT"),
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_called_by_name() {
        let call = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            words(&arguments).map(<[OsString]>::len)
        };
        assert_eq!(call("/opt/sysmon/sysmonLogView -e 1"), Some(2));
        assert_eq!(call("tuxmon sysmonLogView -X"), Some(1));
        assert_eq!(call("tuxmon view"), None);
        assert_eq!(call("sysmon -c"), None);
    }
}

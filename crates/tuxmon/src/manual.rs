//! The manual pages in `packaging/man`, made from what the program itself uses: the definitions of our own commands,
//! and the table of the original's switches. `cargo xtask man` writes them; this test says when they are stale.

use std::fmt::Write as _;

use clap::CommandFactory;
use clap_mangen::Man;
use expect_test::expect_file;
use tuxmon_event::Argument;
use tuxmon_pipeline::COMPATIBLE_VERSION;

use crate::Arguments;
use crate::sysmon::manual::{NOTES, SWITCHES, Switch};

#[test]
fn pages_are_fresh() {
    for (name, text) in pages() {
        let path = format!("{}/../../packaging/man/{name}", env!("CARGO_MANIFEST_DIR"));
        expect_file![path].assert_eq(&text);
    }
}

/// File names and texts.
fn pages() -> Vec<(String, String)> {
    let mut command = Arguments::command().name("tuxmon");
    // Gives the parts their full names.
    command.build();
    let mut pages = vec![("sysmon.8".to_owned(), sysmon()), ("sysmonLogView.1".to_owned(), viewer())];
    for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
        let name = format!("tuxmon-{}.1", part.get_name());
        pages.push((name, rendered(part.clone().version(env!("CARGO_PKG_VERSION")))));
    }
    pages.push(("tuxmon.1".to_owned(), rendered(command)));
    pages
}

fn rendered(command: clap::Command) -> String {
    let mut page = Vec::new();
    // Without a date: the same sources make the same page.
    Man::new(command).date("").render(&mut page).expect("writing to memory does not fail");
    String::from_utf8(page).expect("our own words are UTF-8")
}

/// The page of the original's command line.
fn sysmon() -> String {
    let mut page = format!(
        ".TH sysmon 8 \"\" \"tuxmon {}\"\n.SH NAME\nsysmon \\- monitors system events\n.SH SYNOPSIS\n",
        env!("CARGO_PKG_VERSION")
    );
    for form in [
        "-i [\\fIconfigfile\\fR]",
        "-c [\\fIconfigfile\\fR | --]",
        "-s [\\fIversion\\fR | all]",
        "-u [force]",
        "-? [config]",
    ] {
        line(&mut page, &format!(".br\n\\fBsysmon\\fR {}", escaped(form)));
    }
    line(&mut page, ".SH DESCRIPTION");
    line(
        &mut page,
        &format!(
            "The command line of Sysmon for Linux {COMPATIBLE_VERSION}, answered by \\fBtuxmon\\fR(1): it installs and changes \
             the service that records processes, connections, files, raw devices, tracers and eBPF programs in the \
             system log."
        ),
    );
    for note in NOTES {
        line(&mut page, &format!(".PP\n{}", escaped(note)));
    }
    line(&mut page, ".SH OPTIONS");
    line(
        &mut page,
        "Switches match in any case. The first one of this list that begins a word is meant, and switches of one letter \
         can be run together.",
    );
    for row in SWITCHES {
        let value = match row.argument {
            Argument::None => String::new(),
            Argument::Optional => format!(" [\\fI{}\\fR]", row.value),
            Argument::Required => format!(" \\fI{}\\fR", row.value),
        };
        let word =
            if row.switch == Switch::ConfigDefault { "--".to_owned() } else { format!("-{}", row.word) };
        line(&mut page, &format!(".TP\n\\fB{}\\fR{value}\n{}", escaped(&word), escaped(row.meaning)));
    }
    page.push_str(REST);
    page
}

/// The page of the original's viewer: its usage, taken apart.
fn viewer() -> String {
    let mut page = format!(
        ".TH sysmonLogView 1 \"\" \"tuxmon {}\"\n.SH NAME\nsysmonLogView \\- shows the events of a log\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut heading = "";
    for text in crate::logview::USAGE.lines().skip(1).filter(|text| !text.is_empty()) {
        if let Some(synopsis) = text.strip_prefix("Usage: ") {
            line(&mut page, &format!(".SH SYNOPSIS\n{}\n.SH DESCRIPTION", escaped(synopsis)));
        } else if let Some(option) = text.strip_prefix("  -") {
            if heading != "OPTIONS" {
                heading = "OPTIONS";
                line(&mut page, ".SH OPTIONS");
            }
            let (option, meaning) = option.split_once("  ").expect("two spaces stand before the meaning");
            line(&mut page, &format!(".TP\n\\fB\\-{}\\fR\n{}", escaped(option), escaped(meaning.trim())));
        } else if text.starts_with(' ') {
            line(&mut page, &escaped(text.trim()));
        } else {
            line(&mut page, &format!(".PP\n{}", escaped(text)));
        }
    }
    line(&mut page, ".SH SEE ALSO\n\\fBtuxmon\\-view\\fR(1), \\fBsysmon\\fR(8)");
    page
}

const REST: &str = r#".SH EXIT STATUS
.TP
0
It was done.
.TP
1
Something on this machine stood in the way.
.TP
12, 13
The kernel refused the programs, or does not describe its types.
.TP
87
The command line or the configuration is wrong.
.TP
228
Only root may do this.
.PP
After \fB\-i\fR also what the service manager said.
.SH FILES
.TP
/opt/sysmon/config.xml
The configuration.
.TP
/opt/sysmon/eventId
The next EventRecordID.
.TP
/opt/sysmon/argc, /opt/sysmon/argv
The command line that set the configuration.
.TP
/opt/sysmon/control
The socket of the running service, for root.
.SH SEE ALSO
\fBtuxmon\fR(1), \fBtuxmon\-status\fR(1), \fBtuxmon\-check\fR(1)
"#;

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("writing to memory does not fail");
}

/// A hyphen that is to be copied, and lines that are not to be requests.
fn escaped(text: &str) -> String {
    text.replace('-', "\\-").replace("\n.", "\n\\&.").replace("\n'", "\n\\&'")
}

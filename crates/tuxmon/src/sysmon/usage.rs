//! The answer to a command line that is none, and to a call for help.

use std::fmt::Write as _;

use tuxmon_event::Argument;

use super::table::{Audience, SWITCHES, Switch, SwitchSpec, spec};

/// What precedes a description.
const INDENT: usize = 7;
/// What precedes a form of the command line.
const LABEL: usize = 25;

/// The forms of the command line that people use, with what they are for.
const FORMS: &[(&str, Switch)] = &[
    ("Install:", Switch::Install),
    ("Update configuration:", Switch::Configuration),
    ("Print schema:", Switch::PrintSchema),
    ("Uninstall:", Switch::UnInstall),
];

/// What the manual and the usage say below the switches.
pub(crate) const NOTES: &[&str] = &[
    "The service logs events immediately. On most systems they are found in the system log, often \
     /var/log/syslog or the journal (journalctl -t sysmon).",
    "Use '-? config' for a description of the configuration file. No reboot is needed for any of this.",
    "`tuxmon help` lists what this program can do beyond the original: check configurations, run in the \
     foreground, show the state of the service.",
];

/// The usage, in lines of at most `width` columns.
pub(crate) fn text(program: &str, width: usize) -> String {
    let mut out = String::from("Usage:\n");
    for (label, switch) in FORMS {
        let _ = writeln!(out, "{label:LABEL$}{program} {}", form(spec(*switch)));
    }
    for row in SWITCHES.iter().filter(|row| row.audience == Audience::Everyone) {
        let head = format!("  -{:4}", row.word);
        out.push_str(&wrapped(&head, row.meaning, width));
    }
    out.push('\n');
    for note in NOTES {
        out.push_str(&wrapped("", note, width));
    }
    out
}

/// A switch with its value: `-i [<configfile>]`.
///
/// Compat: usage.c — the form of `-s` hides its value, and words that stand for themselves have no angle brackets.
fn form(row: &SwitchSpec) -> String {
    let literal = matches!(row.value, "force" | "verbose");
    let value = if literal { row.value.to_owned() } else { format!("<{}>", row.value) };
    match row.argument {
        Argument::None => format!("-{}", row.word),
        Argument::Optional if row.switch == Switch::PrintSchema => format!("-{}", row.word),
        Argument::Optional => format!("-{} [{value}]", row.word),
        Argument::Required => format!("-{} {value}", row.word),
    }
}

/// A paragraph behind a head, further lines below the first word of it.
fn wrapped(head: &str, text: &str, width: usize) -> String {
    let indent = if head.is_empty() { 0 } else { INDENT };
    let mut out = format!("{head:indent$}");
    let mut column = indent;
    for word in text.split_whitespace() {
        let space = usize::from(column > indent);
        if space > 0 && column + space + word.chars().count() > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if space > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.chars().count();
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::text;

    #[test]
    fn it_fits_the_terminal() {
        expect![[r#"
            Usage:
            Install:                 sysmon -i [<configfile>]
            Update configuration:    sysmon -c [<configfile>]
            Print schema:            sysmon -s
            Uninstall:               sysmon -u [force]
              -i   Install the service and start it. Optionally takes a configuration file;
                   without one, every event has its default.
              -c   Update the configuration of the running service, or print the rules in
                   force if nothing else is given. Waits for the service and says what it
                   answered; a refused configuration changes nothing. With -- the
                   configuration becomes the default one.
              -u   Stop the service and remove what was installed. The configuration and the
                   event counter stay, unless 'force' is given.
              -btf Take the kernel's BTF from this file, where the kernel does not bring it.
              -s   Print the schema of the configuration: the newest, the one of a version,
                   or 'all'.
              -d   With -i, -c and -u: the service, its folder, its binary and its process
                   have this name instead of sysmon. The events stay the same.

            The service logs events immediately. On most systems they are found in the
            system log, often /var/log/syslog or the journal (journalctl -t sysmon).
            Use '-? config' for a description of the configuration file. No reboot is needed
            for any of this.
            `tuxmon help` lists what this program can do beyond the original: check
            configurations, run in the foreground, show the state of the service.
        "#]]
        .assert_eq(&text("sysmon", 80));
        for width in [40, 80, 200] {
            let longest = text("sysmon", width).lines().skip(5).map(|line| line.chars().count()).max();
            assert!(longest <= Some(width), "{longest:?} columns of {width}");
        }
    }
}

//! The original's command line: what this program is when it is called `sysmon`.
//!
//! The order of checks is the original's: help, switches and the configuration that they name, the schema, what cannot
//! be, root, and then the deed. So scripts find the same answers, on the same streams, with the same exit codes. Where
//! the original does harm, this does not; docs/compat.d/command-line.md has each difference with its test.

mod banner;
mod config_file;
mod config_usage;
mod console;
mod exit;
mod install;
mod schema;
mod service_process;
mod settings;
mod switches;
mod table;
mod uninstall;
mod update;
mod usage;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tuxmon_config::dump_rules;

use crate::service::layout::{Layout, ServiceName};
use config_file::{Loaded, Refused};
use exit::Exit;
use switches::Switches;
use table::Switch;

pub(crate) use settings::Settings;

/// What the manual page is made of.
#[cfg(test)]
pub(crate) mod manual {
    pub(crate) use super::table::{SWITCHES, Switch};
    pub(crate) use super::usage::NOTES;
}

/// A call of the original's command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// What it was called as, for the usage.
    program: OsString,
    /// The words after it.
    words: Vec<OsString>,
    /// The installation that it speaks about, unless `-d` names another one.
    layout: Layout,
}

/// The call, if this program was called as `sysmon`, as an installed service, or as `tuxmon sysmon [--root DIR]`.
pub(crate) fn call(arguments: &[OsString], binary: Option<&Path>) -> Option<Call> {
    let (program, words) = arguments.split_first()?;
    let program = Path::new(program).file_name().unwrap_or(program).to_owned();
    let original = |root: &Path| Layout::new(root, ServiceName::original());
    let installed = binary.and_then(Layout::of_binary).filter(|layout| {
        // `argv` tells an installation from a folder that happens to have the name of its program.
        program == layout.name().as_str() && layout.folder().join("argv").exists()
    });
    if let Some(layout) = installed {
        return Some(Call { program, words: words.to_vec(), layout });
    }
    if program == "sysmon" {
        return Some(Call { program, words: words.to_vec(), layout: original(Path::new("/")) });
    }
    let words = words.strip_prefix(&[OsString::from("sysmon")])?;
    let (root, words) = match words {
        [option, root, rest @ ..] if option == "--root" => (PathBuf::from(root), rest),
        _ => (PathBuf::from("/"), words),
    };
    Some(Call { program: "sysmon".into(), words: words.to_vec(), layout: original(&root) })
}

/// Does what a command line asks for.
pub(crate) fn run(call: &Call) -> ExitCode {
    // What this makes is for root alone; files for others say so themselves.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    console::print(&banner::text());
    ExitCode::from(answer(call).code())
}

fn answer(call: &Call) -> Exit {
    match help(&call.words) {
        Some(Help::Usage) => {
            print_usage(call);
            return Exit::Success;
        }
        Some(Help::Configuration) => {
            console::note(&config_usage::text());
            return Exit::Success;
        }
        None => {}
    }
    let Ok(switches) = Switches::parse(&call.words) else { return usage(call) };
    let loaded = match load(&switches) {
        Ok(loaded) => loaded,
        Err(Refused::Unreadable) => return usage(call),
        Err(Refused::Content) => return Exit::Parameter,
    };
    let settings = match Settings::of(&switches) {
        Ok(settings) => settings,
        Err(message) => {
            console::say(&message);
            return Exit::Parameter;
        }
    };
    if let Some(exit) = without_root(call, &switches, loaded.as_ref()) {
        return exit;
    }
    let layout = match layout(call, &switches) {
        Ok(layout) => layout,
        Err(message) => {
            console::say(message);
            return Exit::Parameter;
        }
    };
    if !rustix::process::geteuid().is_root() {
        console::say("You need to run Sysmon as root.");
        return Exit::NotRoot;
    }
    Deed { call, switches: &switches, settings, loaded, layout }.run()
}

/// What the first word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Help {
    Usage,
    Configuration,
}

/// Compat: sysmonforlinux.c — only the first word can ask for help. `--help` is an error there, and help here.
fn help(words: &[OsString]) -> Option<Help> {
    let first = words.first()?.to_string_lossy().to_ascii_lowercase();
    if !first.starts_with("-?") && !["-h", "-help", "--help"].contains(&first.as_str()) {
        return None;
    }
    let second = words.get(1).map(|word| word.to_string_lossy().to_ascii_lowercase());
    match second.as_deref() {
        Some("config" | "configuration") => Some(Help::Configuration),
        _ => Some(Help::Usage),
    }
}

/// The configuration that `-i` or `-c` names. The service reads the stored one itself.
fn load(switches: &Switches) -> Result<Option<Loaded>, Refused> {
    let file = switches.value(Switch::Install).or_else(|| switches.value(Switch::Configuration));
    match file {
        Some(file) if !switches.has(Switch::Service) => config_file::load(file).map(Some),
        _ => Ok(None),
    }
}

/// What can be answered to anyone.
fn without_root(call: &Call, switches: &Switches, loaded: Option<&Loaded>) -> Option<Exit> {
    if switches.has(Switch::PrintSchema) {
        let version = switches.value(Switch::PrintSchema).map(OsStr::to_string_lossy);
        schema::print(version.as_deref());
        return Some(Exit::Success);
    }
    if switches.has(Switch::ConfigDefault) && !switches.has(Switch::Configuration) {
        console::say("The '--' switch must be used with -c switch (config update) to set defaults.");
        return Some(Exit::Parameter);
    }
    let refused = [
        Switch::ArchiveDirectory,
        Switch::ClipboardInstance,
        Switch::CheckRevocation,
        Switch::InternalRepresentation,
    ];
    if switches.given().any(|switch| refused.contains(&switch)) {
        console::say("Option not implemented on Linux.");
        return Some(Exit::Parameter);
    }
    if switches.value(Switch::DebugMode).is_some_and(|value| !value.eq_ignore_ascii_case("verbose")) {
        console::say("Possible options for DebugMode: verbose");
        return Some(Exit::Parameter);
    }
    let file = switches.value(Switch::OutputRules)?;
    let Some(loaded) = loaded else { return Some(usage(call)) };
    let mut rules = String::new();
    dump_rules(&loaded.config, &mut rules);
    match std::fs::write(file, rules) {
        Ok(()) => Some(Exit::Success),
        Err(error) => {
            console::note(&format!("{}: {error}", file.to_string_lossy()));
            Some(Exit::Failure)
        }
    }
}

/// The installation that is meant: the one that `-d` names, else that of the call.
fn layout(call: &Call, switches: &Switches) -> Result<Layout, &'static str> {
    let Some(name) = switches.value(Switch::DriverName) else { return Ok(call.layout.clone()) };
    let name: ServiceName = name.to_str().unwrap_or_default().parse().map_err(
        |_| "Invalid name for -d: 1 to 15 letters, digits, '-' and '_', and no '-' at the beginning.",
    )?;
    Ok(Layout::new(call.layout.root(), name))
}

/// What only root may do, with all that was found out about it.
struct Deed<'c> {
    call: &'c Call,
    switches: &'c Switches,
    settings: Settings,
    loaded: Option<Loaded>,
    layout: Layout,
}

impl Deed<'_> {
    fn run(&self) -> Exit {
        if self.switches.has(Switch::UnInstall) {
            uninstall::run(self)
        } else if self.switches.has(Switch::Configuration) {
            update::run(self)
        } else if self.switches.has(Switch::Install) && self.switches.has(Switch::Service) {
            service_process::run(self)
        } else if self.switches.has(Switch::Install) {
            install::run(self)
        } else {
            usage(self.call)
        }
    }
}

/// Answers a command line that is none.
fn usage(call: &Call) -> Exit {
    print_usage(call);
    Exit::Parameter
}

fn print_usage(call: &Call) {
    console::note(&usage::text(&call.program.to_string_lossy(), console::width()));
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::{Help, call, help};

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn only_the_first_word_asks_for_help() {
        let check = |line: &str, expected| assert_eq!(help(&words(line)), expected, "{line}");
        for line in ["-?", "-?x", "-h", "-H", "-help", "--help", "-? other", "-h md5"] {
            check(line, Some(Help::Usage));
        }
        for line in ["-? config", "-h CONFIGURATION", "--help config"] {
            check(line, Some(Help::Configuration));
        }
        for line in ["", "-c -h md5", "config", "-helpme", "-i -?"] {
            check(line, None);
        }
    }

    #[test]
    fn it_is_called_by_its_name_or_through_tuxmon() {
        let program = |line: &str| {
            call(&words(line), None).map(|call| (call.words, call.layout.folder().display().to_string()))
        };
        assert_eq!(program("/usr/bin/sysmon -i x"), Some((words("-i x"), "/opt/sysmon".into())));
        assert_eq!(program("tuxmon sysmon -s"), Some((words("-s"), "/opt/sysmon".into())));
        assert_eq!(program("tuxmon sysmon --root /r -c"), Some((words("-c"), "/r/opt/sysmon".into())));
        assert_eq!(program("tuxmon run"), None);
        assert_eq!(program("tuxmon"), None);
        assert_eq!(program("sysmonLogView -e 1"), None);
        assert_eq!(call(&words("tuxmon -s"), Some(Path::new("/opt/tuxmon/tuxmon"))), None);
    }
}

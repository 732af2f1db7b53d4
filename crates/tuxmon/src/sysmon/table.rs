//! The table of switches: the one list from which the command line is parsed and usage and manual are written.
//!
//! The order matters: the first switch that begins a word wins. A test compares order, arity and exclusiveness with
//! the schema's own list.

use tuxmon_event::Argument;

/// A switch of the original's command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the schema; the table says what they do
pub(crate) enum Switch {
    Install,
    Configuration,
    UnInstall,
    Manifest,
    ClipboardInstance,
    DebugMode,
    Btf,
    Service,
    PrintSchema,
    NoLogo,
    AcceptEula,
    ConfigDefault,
    ArchiveDirectory,
    DriverName,
    DnsQuery,
    PipeMonitoring,
    HashAlgorithms,
    ProcessAccess,
    ImageLoad,
    NetworkConnect,
    CheckRevocation,
    InternalRepresentation,
    OutputRules,
}

impl Switch {
    /// Whether a switch says what is to be recorded.
    pub(super) fn is_setting(self) -> bool {
        match self {
            Self::HashAlgorithms
            | Self::ImageLoad
            | Self::NetworkConnect
            | Self::PipeMonitoring
            | Self::ProcessAccess
            | Self::DnsQuery
            | Self::DebugMode
            | Self::Btf => true,
            Self::Install
            | Self::Configuration
            | Self::UnInstall
            | Self::Manifest
            | Self::ClipboardInstance
            | Self::Service
            | Self::PrintSchema
            | Self::NoLogo
            | Self::AcceptEula
            | Self::ConfigDefault
            | Self::ArchiveDirectory
            | Self::DriverName
            | Self::CheckRevocation
            | Self::InternalRepresentation
            | Self::OutputRules => false,
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SwitchSpec {
    /// Which.
    pub(crate) switch: Switch,
    /// What follows the dash.
    pub(crate) word: &'static str,
    /// Its name in the schema.
    pub(crate) name: &'static str,
    /// Whether a value follows.
    pub(crate) argument: Argument,
    /// What the value is called in usage and manual; empty when there is none.
    pub(crate) value: &'static str,
    /// At most one of these at a time.
    pub(crate) exclusive: bool,
    /// Who is told about it.
    pub(crate) audience: Audience,
    /// What it does, for usage and manual.
    pub(crate) meaning: &'static str,
}

/// Who is told about a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Usage and manual name it.
    Everyone,
    /// The manual names it.
    Manual,
}

const fn row(
    switch: Switch,
    word: &'static str,
    name: &'static str,
    argument: Argument,
    value: &'static str,
    meaning: &'static str,
) -> SwitchSpec {
    SwitchSpec { switch, word, name, argument, value, exclusive: false, audience: Audience::Manual, meaning }
}

const fn exclusive(row: SwitchSpec) -> SwitchSpec {
    SwitchSpec { exclusive: true, ..row }
}

const fn shown(row: SwitchSpec) -> SwitchSpec {
    SwitchSpec { audience: Audience::Everyone, ..row }
}

use Argument::{None, Optional, Required};

/// All switches, in the order in which they are tried.
pub(crate) const SWITCHES: &[SwitchSpec] = &[
    shown(exclusive(row(
        Switch::Install,
        "i",
        "Install",
        Optional,
        "configfile",
        "Install the service and start it. Optionally takes a configuration file; without one, every event has its \
         default.",
    ))),
    shown(exclusive(row(
        Switch::Configuration,
        "c",
        "Configuration",
        Optional,
        "configfile",
        "Update the configuration of the running service, or print the rules in force if nothing else is given. \
         Waits for the service and says what it answered; a refused configuration changes nothing. With -- the \
         configuration becomes the default one.",
    ))),
    shown(exclusive(row(
        Switch::UnInstall,
        "u",
        "UnInstall",
        Optional,
        "force",
        "Stop the service and remove what was installed. The configuration and the event counter stay, unless 'force' \
         is given.",
    ))),
    exclusive(row(Switch::Manifest, "m", "Manifest", None, "", "Does nothing on Linux.")),
    exclusive(row(
        Switch::ClipboardInstance,
        "z",
        "ClipboardInstance",
        Required,
        "name",
        "Does nothing on Linux and is refused.",
    )),
    row(
        Switch::DebugMode,
        "t",
        "DebugMode",
        Optional,
        "verbose",
        "With -i: the service also prints each event as text on its standard output.",
    ),
    shown(row(
        Switch::Btf,
        "btf",
        "BTF",
        Optional,
        "file",
        "Take the kernel's BTF from this file, where the kernel does not bring it.",
    )),
    row(
        Switch::Service,
        "service",
        "Service",
        None,
        "",
        "With -i: be the service, with the stored configuration and options. For the service manager.",
    ),
    shown(exclusive(row(
        Switch::PrintSchema,
        "s",
        "PrintSchema",
        Optional,
        "version",
        "Print the schema of the configuration: the newest, the one of a version, or 'all'.",
    ))),
    row(Switch::NoLogo, "nologo", "NoLogo", None, "", "Accepted and ignored, as by the original."),
    row(Switch::AcceptEula, "accepteula", "AcceptEula", None, "", "Accepted; there is nothing to accept."),
    row(
        Switch::ConfigDefault,
        "-",
        "ConfigDefault",
        None,
        "",
        "With -c: set the default configuration; no other setting may stand with it.",
    ),
    row(
        Switch::ArchiveDirectory,
        "a",
        "ArchiveDirectory",
        Required,
        "directory",
        "Does nothing on Linux and is refused.",
    ),
    shown(row(
        Switch::DriverName,
        "d",
        "DriverName",
        Required,
        "name",
        "With -i, -c and -u: the service, its folder, its binary and its process have this name instead of sysmon. \
         The events stay the same.",
    )),
    row(
        Switch::DnsQuery,
        "dns",
        "DnsQuery",
        Optional,
        "setting",
        "Cannot be reached, as in the original: -d comes first.",
    ),
    row(Switch::PipeMonitoring, "g", "PipeMonitoring", Required, "list", "Does nothing on Linux."),
    row(
        Switch::HashAlgorithms,
        "h",
        "HashAlgorithms",
        Required,
        "list",
        "With -i or -c: the hashes of executed files, of md5, sha1, sha256 and imphash, or '*'. A configuration that \
         names hashes itself wins. As the first word, -h asks for help.",
    ),
    row(Switch::ProcessAccess, "k", "ProcessAccess", Required, "list", "Does nothing on Linux."),
    row(
        Switch::ImageLoad,
        "l",
        "ImageLoad",
        Optional,
        "list",
        "With -i or -c: log images loaded by the programs of a list with commas.",
    ),
    row(
        Switch::NetworkConnect,
        "n",
        "NetworkConnect",
        Optional,
        "list",
        "With -i or -c: log connections of the programs of a list with commas.",
    ),
    row(
        Switch::CheckRevocation,
        "r",
        "CheckRevocation",
        Optional,
        "setting",
        "Does nothing on Linux and is refused.",
    ),
    row(
        Switch::InternalRepresentation,
        "x",
        "InternalRepresentation",
        Required,
        "file",
        "The original's binary form of the rules; this program has none and refuses.",
    ),
    row(
        Switch::OutputRules,
        "y",
        "OutputRules",
        Required,
        "file",
        "With -i or -c and a configuration: write its rules to a file, as -c prints them, and do nothing else.",
    ),
];

/// The row of a switch.
pub(crate) fn spec(switch: Switch) -> &'static SwitchSpec {
    &SWITCHES[switch as usize]
}

#[cfg(test)]
mod tests {
    use super::SWITCHES;

    #[test]
    fn the_table_is_that_of_the_schema() {
        // ServiceArchiveDirectory shares `s` with PrintSchema and can never be reached.
        let schema = tuxmon_event::OPTIONS
            .iter()
            .filter(|option| option.switch.is_some() && option.name != "ServiceArchiveDirectory");
        let theirs: Vec<_> = schema
            .map(|option| (option.switch.unwrap_or_default(), option.name, option.argument, option.exclusive))
            .collect();
        let ours: Vec<_> =
            SWITCHES.iter().map(|row| (row.word, row.name, row.argument, row.exclusive)).collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn rows_stand_in_the_order_of_the_enum_and_say_what_they_do() {
        for (position, row) in SWITCHES.iter().enumerate() {
            assert_eq!(row.switch as usize, position, "{}", row.word);
            assert!(row.meaning.ends_with('.'), "{}", row.word);
            assert_eq!(row.value.is_empty(), row.argument == tuxmon_event::Argument::None, "{}", row.word);
        }
    }
}

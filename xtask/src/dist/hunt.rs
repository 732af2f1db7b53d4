//! The package of `tuxmon-hunt`: a second one, since it holds what the agent must not, a client of HTTPS. It installs its
//! units, and switches none on.

use super::Package;
use super::contents::{Item, Kind, item};

/// What makes the package.
pub(super) fn package() -> Package {
    Package {
        name: "tuxmon-hunt",
        summary: "keeps the events of Sysmon, and answers questions about them",
        description: "\
Keeps the events of many machines in one SQLite file, or on ClickHouse, and
tells who began something, what came of it, and where else it was seen: named
hunts, stories of processes, SQL, Sigma rules and lists of indicators. It reads
the logs of tuxmon, of Sysmon for Linux and of Sysmon for Windows, and needs no
agent. Nothing starts until its units are switched on.
",
        largest: 10_000_000,
        contents: CONTENTS,
        libraries: &[],
        debian: "Suggests: tuxmon\nEnhances: tuxmon\n".to_owned(),
        debian_scripts: &["postinst", "prerm", "postrm"],
        rpm: "License: MIT AND Apache-2.0\nSuggests: tuxmon\n".to_owned(),
        rpm_scripts: &["post", "preun"],
        scripts: "packaging/hunt",
    }
}

/// Everything, by path.
pub const CONTENTS: &[Item] = &[
    item("", "/usr/bin/tuxmon-hunt", Kind::Program),
    item(
        "packaging/systemd/tuxmon-hunt-retain.service",
        "/usr/lib/systemd/system/tuxmon-hunt-retain.service",
        Kind::Plain,
    ),
    item(
        "packaging/systemd/tuxmon-hunt-retain.timer",
        "/usr/lib/systemd/system/tuxmon-hunt-retain.timer",
        Kind::Plain,
    ),
    item("packaging/systemd/tuxmon-hunt.service", "/usr/lib/systemd/system/tuxmon-hunt.service", Kind::Plain),
    item(
        "packaging/completions/tuxmon-hunt.bash",
        "/usr/share/bash-completion/completions/tuxmon-hunt",
        Kind::Plain,
    ),
    item("LICENSE-APACHE", "/usr/share/doc/tuxmon-hunt/LICENSE-APACHE", Kind::Plain),
    item("LICENSE-MIT", "/usr/share/doc/tuxmon-hunt/LICENSE-MIT", Kind::Plain),
    item("", "/usr/share/doc/tuxmon-hunt/THIRD-PARTY", Kind::Notices),
    item("packaging/hunt/copyright", "/usr/share/doc/tuxmon-hunt/copyright", Kind::Plain),
    item("docs/fleet-store.md", "/usr/share/doc/tuxmon-hunt/fleet-store.md", Kind::Plain),
    item("docs/hunting.md", "/usr/share/doc/tuxmon-hunt/hunting.md", Kind::Plain),
    item(
        "packaging/completions/tuxmon-hunt.fish",
        "/usr/share/fish/vendor_completions.d/tuxmon-hunt.fish",
        Kind::Plain,
    ),
    item("packaging/man/tuxmon-hunt-explain.1", "/usr/share/man/man1/tuxmon-hunt-explain.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-ingest.1", "/usr/share/man/man1/tuxmon-hunt-ingest.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-intel.1", "/usr/share/man/man1/tuxmon-hunt-intel.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-known.1", "/usr/share/man/man1/tuxmon-hunt-known.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-list.1", "/usr/share/man/man1/tuxmon-hunt-list.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-lookup.1", "/usr/share/man/man1/tuxmon-hunt-lookup.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-retain.1", "/usr/share/man/man1/tuxmon-hunt-retain.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-run.1", "/usr/share/man/man1/tuxmon-hunt-run.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-sigma.1", "/usr/share/man/man1/tuxmon-hunt-sigma.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-sql.1", "/usr/share/man/man1/tuxmon-hunt-sql.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-store.1", "/usr/share/man/man1/tuxmon-hunt-store.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt-story.1", "/usr/share/man/man1/tuxmon-hunt-story.1.gz", Kind::Plain),
    item("packaging/man/tuxmon-hunt.1", "/usr/share/man/man1/tuxmon-hunt.1.gz", Kind::Plain),
    item("packaging/completions/_tuxmon-hunt", "/usr/share/zsh/vendor-completions/_tuxmon-hunt", Kind::Plain),
];

//! What every call prints first.

use tuxmon_pipeline::COMPATIBLE_VERSION;

/// The banner, with its empty lines.
///
/// Compat: sysmonforlinux.c — eight lines, the first that is not empty in the original's form, because scripts take the
/// version from it. The others say who this really is.
pub(crate) fn text() -> String {
    let own = env!("CARGO_PKG_VERSION");
    format!(
        "\n\
         Sysmon v{COMPATIBLE_VERSION} - Monitors system events\n\
         tuxmon v{own}, compatible with Sysmon for Linux v{COMPATIBLE_VERSION}\n\
         Not made by and not connected with Sysinternals or Microsoft\n\
         Copyright (C) the authors of tuxmon\n\
         Licensed under MIT or Apache-2.0, the programs in the kernel under GPL-2.0\n\
         Using libbpf. libbpf is licensed under LGPL-2.1 or BSD-2-Clause.\n\
         \n"
    )
}

//! The machines that are emulated.

use std::path::Path;

/// An architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A PC.
    Amd64,
    /// A board with nothing but what a guest needs.
    Arm64,
}

impl Machine {
    /// Its name in Debian.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Machine::Amd64 => "amd64",
            Machine::Arm64 => "arm64",
        }
    }

    /// The program that emulates it.
    pub(crate) fn emulator(self) -> &'static str {
        match self {
            Machine::Amd64 => "qemu-system-x86_64",
            Machine::Arm64 => "qemu-system-aarch64",
        }
    }

    /// What the emulator is told to be.
    pub(crate) fn hardware(self) -> &'static [&'static str] {
        match self {
            // Without "fast strings", with which kernels clear and copy pages byte by byte, as the emulator does it: a boot
            // takes a seventh less of the processor.
            Machine::Amd64 => &["-M", "q35,hpet=off", "-cpu", "max,erms=off,fsrm=off"],
            Machine::Arm64 => &["-M", "virt", "-cpu", "cortex-a72"],
        }
    }

    /// Arguments for two ports: one for the kernel's words, one for the guest's. A PC has both; the other board has one,
    /// so the guest's words go to it, and the kernel's too.
    pub(crate) fn ports(self, console: &Path, guest: &Path) -> Vec<String> {
        let port = |name: &str, path: &Path| {
            let file = format!("file,id={name},append=on,path={}", path.display());
            ["-chardev".to_owned(), file, "-serial".to_owned(), format!("chardev:{name}")]
        };
        match self {
            Machine::Amd64 => [port("console", console), port("guest", guest)].concat(),
            Machine::Arm64 => port("guest", guest).to_vec(),
        }
    }

    /// The kernel's console, on its command line.
    pub(crate) fn console(self) -> &'static str {
        match self {
            Machine::Amd64 => "console=ttyS0",
            Machine::Arm64 => "console=ttyAMA0",
        }
    }

    /// The port that the guest speaks to.
    pub(crate) fn guest_port(self) -> &'static str {
        match self {
            Machine::Amd64 => "/dev/ttyS1",
            Machine::Arm64 => "/dev/ttyAMA0",
        }
    }
}

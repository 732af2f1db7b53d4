//! Programs of this machine that go into a guest: without what only debuggers need, and with their libraries.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::output_of;

/// The program without debug information, which would be most of the initramfs.
pub(crate) fn stripped(tool: &str, program: &Path, folder: &Path) -> Result<Vec<u8>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Another run may be doing the same.
    let copy = folder.join(format!("stripped.{}", std::process::id()));
    output_of(Command::new(tool).args(["--strip-debug", "-o"]).arg(&copy).arg(program))?;
    let content = fs::read(&copy).with_context(|| format!("cannot read {}", copy.display()))?;
    fs::remove_file(&copy).context("cannot remove what was read")?;
    Ok(content)
}

/// Paths of the libraries that a program is linked with, the loader among them.
pub(crate) fn libraries_of(program: &Path) -> Result<Vec<String>> {
    let said = output_of(Command::new("ldd").arg(program))?;
    let said = String::from_utf8(said).context("ldd speaks text")?;
    if said.contains("not found") {
        bail!("{}: a library is missing: {said}", program.display());
    }
    Ok(said.lines().filter_map(library).map(str::to_owned).collect())
}

/// `libc.so.6 => /lib/libc.so.6 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`; the kernel's own has no path.
fn library(line: &str) -> Option<&str> {
    line.split_whitespace().find(|word| word.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::library;

    #[test]
    fn libraries_have_paths() {
        assert_eq!(library("\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)"), Some("/lib/x/libc.so.6"));
        assert_eq!(library("\t/lib64/ld-linux-x86-64.so.2 (0x00007f)"), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(library("\tlinux-vdso.so.1 (0x00007f)"), None);
    }
}

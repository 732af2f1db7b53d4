//! System calls by the 32-bit entry are seen like all others (docs/decisions/0007-compat-calls.md).

use crate::deed::Deed;
use crate::tests;

#[cfg(target_arch = "x86_64")]
tests![by_int_0x80];
#[cfg(not(target_arch = "x86_64"))]
tests![];

#[cfg(target_arch = "x86_64")]
pub(crate) const DEEDS: &[Deed] = &[Deed { name: "compat-calls", run: x86::compat_calls }];
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const DEEDS: &[Deed] = &[];

#[cfg(target_arch = "x86_64")]
use x86::by_int_0x80;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::ffi::{CString, OsString};
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use crate::agent;
    use crate::deed::{self, Folder};
    use crate::expected::{Want, file_create, file_delete, life};
    use crate::raw::compat::{self, LowPath};

    pub(crate) fn by_int_0x80() {
        let (mut watch, folder) = (agent::watch(), Folder::new());
        let process = deed::perform("compat-calls", &[folder.path().as_os_str()]);
        let (first, second) = (folder.join("first"), folder.join("second"));
        let expected = [
            file_create(&process, &first),
            file_create(&process, &second),
            file_delete(&process, &second, Want::Any),
        ];
        watch.expect(&[process.pid], &life(&process, expected));
    }

    pub(crate) fn compat_calls(arguments: &[OsString]) -> anyhow::Result<()> {
        let low = |name: &str| {
            let path = Path::new(&arguments[0]).join(name);
            LowPath::new(&CString::new(path.as_os_str().as_bytes()).expect("paths hold no NUL"))
        };
        let (first, second) = (low("first")?, low("second")?);
        compat::create(first)?;
        compat::rename(first, second)?;
        compat::unlink(second)?;
        Ok(())
    }
}

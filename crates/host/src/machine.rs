//! Which machine this is.

use std::fs;

/// Files with a machine id, the first that has one counts. The firmware's id stands last: it is readable for root
/// only, and cloned machines may share it.
const MACHINE_ID_FILES: [&str; 3] =
    ["/etc/machine-id", "/var/lib/dbus/machine-id", "/sys/class/dmi/id/product_uuid"];

/// The name of this machine, as the kernel has it now.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The number of this machine in GUIDs: the first eight hexadecimal digits of its machine id, as upstream takes
/// them. 0 when the machine has no id at all.
pub fn machine_id() -> u32 {
    let found = MACHINE_ID_FILES.iter().find_map(|path| leading_number(&fs::read_to_string(path).ok()?));
    if found.is_none() {
        tracing::warn!("this machine has no machine id: its GUIDs start with 00000000");
    }
    found.unwrap_or(0)
}

/// The id of this boot, in the kernel's text form.
pub fn boot_id() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = text.trim_end();
    (!id.is_empty()).then(|| id.to_owned())
}

/// The first namespace of process ids has this number on every machine (`PROC_PID_INIT_INO` of the kernel).
const PROCESS_IDS_OF_MACHINE: &str = "pid:[4026531836]";

/// Whether our process ids are those of the machine, which is what events carry. In a container that was not given them
/// ours mean other processes.
pub fn has_its_process_ids() -> bool {
    fs::read_link("/proc/self/ns/pid").is_ok_and(|name| name.as_os_str() == PROCESS_IDS_OF_MACHINE)
}

/// The number that the first eight digits of an id make; `uninitialized` (an image before its first boot) has none.
fn leading_number(id: &str) -> Option<u32> {
    u32::from_str_radix(id.get(..8)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_eight_digits_are_the_number() {
        assert_eq!(leading_number("74d9a3a2bb0c4d7e8f90123456789abc\n"), Some(0x74d9_a3a2));
        assert_eq!(leading_number("74D9A3A2-bb0c-4d7e\n"), Some(0x74d9_a3a2));
        assert_eq!(leading_number("uninitialized\n"), None);
        assert_eq!(leading_number("74d9"), None);
        assert_eq!(leading_number(""), None);
    }

    #[test]
    fn this_machine_has_a_name_and_a_boot() {
        assert!(!host_name().is_empty());
        assert_eq!(boot_id().expect("Linux has one").len(), 36);
    }
}

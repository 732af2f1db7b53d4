//! A program that ends at once: a flood of executions shall keep the machine busy with executions, and not with loaders.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Where the code stands behind the two headers.
const BEGIN: u64 = 0x40_0000;
const HEADERS: usize = 64 + 56;

/// `exit(0)`, and the machine by its number in ELF.
#[cfg(target_arch = "x86_64")]
const CODE: Option<(u16, &[u8])> = Some((62, &[0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05]));
#[cfg(target_arch = "aarch64")]
const CODE: Option<(u16, &[u8])> =
    Some((183, &[0xa8, 0x0b, 0x80, 0xd2, 0x00, 0x00, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4]));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const CODE: Option<(u16, &[u8])> = None;

/// Writes the program; a machine whose code is not known here gets one of its own.
pub(crate) fn write(path: &Path) {
    match CODE {
        Some((machine, code)) => fs::write(path, image(machine, code)).expect("the folder is ours"),
        None => drop(fs::copy("/bin/true", path).expect("it is everywhere")),
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
}

/// A file header, one segment, and the code.
fn image(machine: u16, code: &[u8]) -> Vec<u8> {
    let length = (HEADERS + code.len()) as u64;
    let mut image = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut put = |bytes: &[u8]| image.extend_from_slice(bytes);
    put(&2_u16.to_le_bytes());
    put(&machine.to_le_bytes());
    put(&1_u32.to_le_bytes());
    for word in [BEGIN + HEADERS as u64, 64, 0] {
        put(&word.to_le_bytes());
    }
    put(&0_u32.to_le_bytes());
    for half in [64_u16, 56, 1, 0, 0, 0] {
        put(&half.to_le_bytes());
    }
    // One segment of the whole file, to be read and executed.
    put(&1_u32.to_le_bytes());
    put(&5_u32.to_le_bytes());
    for word in [0, BEGIN, BEGIN, length, length, 0x1_0000] {
        put(&word.to_le_bytes());
    }
    put(code);
    image
}

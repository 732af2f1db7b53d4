//! Event 9: a block device was opened below its file system. The device is a loop device that the test makes.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags};

use crate::deed::{self, Deed, Folder};
use crate::expected::{file_create, life, raw_access_read};
use crate::raw::{LoopRequest, ioctl};
use crate::{agent, tests};

tests![opened_for_reading, opened_for_writing_alone, through_a_node_of_its_own];

pub(crate) const DEEDS: &[Deed] = &[
    Deed { name: "read-device", run: read_device },
    Deed { name: "touch-device", run: touch_device },
    Deed { name: "read-through-node", run: read_through_node },
];

/// A loop device on a file of ours, given back when this is dropped.
struct LoopDevice {
    device: File,
    path: PathBuf,
    _folder: Folder,
}

impl LoopDevice {
    fn new() -> LoopDevice {
        let folder = Folder::new();
        let image = folder.join("image");
        let file = File::create_new(&image).expect("the folder is ours");
        file.set_len(1 << 20).expect("the file is ours");
        let file = OpenOptions::new().read(true).write(true).open(&image).expect("the file is ours");
        let control =
            OpenOptions::new().read(true).write(true).open("/dev/loop-control").expect("loop devices");
        let number = ioctl(control.as_fd(), LoopRequest::GetFree, 0).expect("there is a free loop device");
        let path = PathBuf::from(format!("/dev/loop{number}"));
        let device = OpenOptions::new().read(true).write(true).open(&path).expect("the device is there");
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
        ioctl(device.as_fd(), LoopRequest::SetFile, descriptor).expect("the device is free");
        LoopDevice { device, path, _folder: folder }
    }
}

impl Drop for LoopDevice {
    fn drop(&mut self) {
        // Should it fail, the device stays bound to a deleted file, which harms nobody.
        let _ = ioctl(self.device.as_fd(), LoopRequest::Clear, 0);
    }
}

fn opened_for_reading() {
    let (device, mut watch) = (LoopDevice::new(), agent::watch());
    let process = deed::perform("read-device", &[device.path.as_os_str()]);
    // Once for reading, once for reading and writing.
    let expected = [raw_access_read(&process, &device.path), raw_access_read(&process, &device.path)];
    watch.expect(&[process.pid], &life(&process, expected));
}

fn read_device(arguments: &[OsString]) -> anyhow::Result<()> {
    let mut device = File::open(&arguments[0])?;
    std::io::Read::read_exact(&mut device, &mut [0; 512])?;
    OpenOptions::new().read(true).write(true).open(&arguments[0])?;
    Ok(())
}

/// As in the original: who writes below the file system is as dangerous as who reads there.
fn opened_for_writing_alone() {
    let (device, mut watch) = (LoopDevice::new(), agent::watch());
    let process = deed::perform("touch-device", &[device.path.as_os_str()]);
    watch.expect(&[process.pid], &life(&process, [raw_access_read(&process, &device.path)]));
}

/// Once for writing. No event: a descriptor of the mere path, a character device, a failed open.
fn touch_device(arguments: &[OsString]) -> anyhow::Result<()> {
    let path = Path::new(&arguments[0]);
    rustix::fs::openat(CWD, path, OFlags::PATH, Mode::empty())?;
    OpenOptions::new().write(true).open(path)?;
    File::open("/dev/zero")?;
    anyhow::ensure!(File::open("/dev/no such device").is_err(), "there is no such device");
    std::fs::metadata(path)?;
    Ok(())
}

fn through_a_node_of_its_own() {
    let (device, folder) = (LoopDevice::new(), Folder::new());
    let node = folder.join("an innocent name");
    let mut watch = agent::watch();
    let process = deed::perform("read-through-node", &[device.path.as_os_str(), node.as_os_str()]);
    let expected = [file_create(&process, &node), raw_access_read(&process, &node)];
    watch.expect(&[process.pid], &life(&process, expected));
}

fn read_through_node(arguments: &[OsString]) -> anyhow::Result<()> {
    let device = std::os::unix::fs::MetadataExt::rdev(&std::fs::metadata(&arguments[0])?);
    rustix::fs::mknodat(CWD, &arguments[1], FileType::BlockDevice, Mode::from_raw_mode(0o600), device)?;
    File::open(&arguments[1])?;
    Ok(())
}

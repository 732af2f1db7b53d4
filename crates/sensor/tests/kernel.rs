//! The programs load on the running kernel, and a deed of this test comes back as a record.

use std::process::Command;
use std::time::{Duration, Instant};

use tuxmon_sensor::{HookState, Options, Sensor};
use tuxmon_wire::{Fact, decode};

/// Why the test cannot run here, if it cannot.
fn obstacle() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root may load eBPF programs");
    }
    (!std::path::Path::new("/sys/kernel/btf/vmlinux").exists()).then_some("this kernel has no BTF")
}

#[test]
fn an_exec_comes_back_as_a_record() {
    if let Some(reason) = obstacle() {
        println!("SKIPPED: {reason}");
        return;
    }
    let mut sensor = Sensor::start(&Options::default()).expect("the programs load on this kernel");
    for hook in sensor.hooks() {
        if let HookState::Unavailable(reason) = hook.state {
            println!("{} is not available: {reason}; not seen: {}", hook.program, hook.loses);
        }
    }

    let own = std::process::id();
    let mut seeded = false;
    let count = sensor
        .seed(&mut |bytes| {
            let record = decode(bytes).expect("a seed record is well formed");
            if let Fact::Seed(image) = record.fact
                && image.task.identity.pid == own
            {
                let mut path = Vec::new();
                image.image.append_to(&mut path);
                let exe = std::fs::read_link("/proc/self/exe").expect("/proc is mounted");
                assert_eq!(String::from_utf8_lossy(&path), exe.to_string_lossy());
                assert!(image.arguments.starts_with(b"/"), "the arguments are there");
                seeded = true;
            }
        })
        .expect("processes are listed");
    assert!(count > 1 && seeded, "{count} processes seeded, this one among them: {seeded}");

    let mut child = Command::new("/bin/true").arg("a b").spawn().expect("/bin/true is there");
    let pid = child.id();
    child.wait().expect("the child ends");
    let mut seen = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(10);
    while !seen.contains(&"exit") && Instant::now() < deadline {
        sensor
            .poll(Duration::from_millis(100), &mut |bytes| match decode(bytes).expect("well formed").fact {
                Fact::Fork(fork) if fork.task.identity.pid == pid => {
                    assert_eq!(fork.parent.identity.pid, own);
                    seen.push("fork");
                }
                Fact::Exec(image) if image.task.identity.pid == pid => {
                    assert_eq!(image.arguments, b"/bin/true\0a b\0");
                    seen.push("exec");
                }
                Fact::Exit(exit) if exit.task.identity.pid == pid => seen.push("exit"),
                _other => {}
            })
            .expect("the ring is read");
    }
    assert_eq!(seen, ["fork", "exec", "exit"]);
}

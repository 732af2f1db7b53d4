//! Recorded streams of `tests/streams`, through the whole line to XML lines.
//!
//! `NAME.wire` holds records, `NAME.xml` the events that they must become. With `UPDATE_EXPECT=1` the lines are
//! written anew; read the difference before you keep it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use support::wire_bytes::{EXEC, FileBytes, ImageBytes, Kernel, NameBytes, SEED, TaskBytes};
use support::{BOOT_NS, EVERYTHING, line};
use tuxmon_event::{Event, Timestamp};
use tuxmon_pipeline::{Recorded, Source};
use tuxmon_render::{Envelope, FieldSizes};

const SECOND: u64 = 1_000_000_000;

fn streams() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/streams")
}

#[test]
fn recorded_streams_become_their_lines() {
    let mut names: Vec<PathBuf> = fs::read_dir(streams())
        .expect("tests/streams is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wire"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "tests/streams has no stream");
    for name in names {
        let stream = fs::read(&name).expect("it can be read");
        expect_file![name.with_extension("xml")].assert_eq(&lines(stream));
    }
}

/// The stream that this repository wrote itself is the one that this file writes, so that it can be understood.
#[test]
fn the_session_is_the_one_written_here() {
    let path = streams().join("session.wire");
    let written = session();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &written).expect("it is ours");
    }
    assert_eq!(fs::read(&path).expect("it can be read"), written);
}

fn lines(stream: Vec<u8>) -> String {
    let mut pipeline = line(EVERYTHING);
    let mut events: Vec<Event> = Vec::new();
    let mut source = Recorded::new(stream);
    source.drain(&mut |record| pipeline.record(record, &mut events)).expect("the stream is whole");
    let mut out = String::new();
    for (position, event) in events.iter().enumerate() {
        let envelope = Envelope {
            record_id: position as u64,
            written: Timestamp(BOOT_NS),
            process_id: 4242,
            thread_id: 4242,
            computer: "machine",
            user_id: 0,
            additional: &[],
        };
        tuxmon_render::xml(event, &envelope, &FieldSizes::NONE, &mut out);
        out.push('\n');
    }
    out
}

/// A shell on an older machine: runs a script with hostile arguments, which writes, renames and deletes a file,
/// connects, traces and loads a program, and ends.
fn session() -> Vec<u8> {
    let mut kernel = Kernel::default();
    let task = |pid, exec_id| TaskBytes { mount_namespace: 1, ..TaskBytes::new(pid, exec_id) };
    let (nobody, init, shell) = (task(0, 0), task(1, 1), task(100, 2));
    let (child, script) = (task(200, 2), TaskBytes { tid: 200, ..task(200, 3) });
    let image = |task, parent, image, arguments| ImageBytes {
        task,
        parent,
        file: FileBytes { inode: 5, size: 9, mode: 0o100_755, ..FileBytes::default() },
        image,
        directory: "/root",
        arguments,
    };
    let name = |deed, from, to, touched| NameBytes {
        task: script,
        deed,
        call_flags: 0,
        from: ("/root", from),
        to: ("/root", to),
        touched,
    };
    let old = FileBytes { inode: 8, mode: 0o100_755, device: 1, ..FileBytes::default() };
    let new = FileBytes { inode: 9, mode: 0o100_644, device: 1, ..FileBytes::default() };
    let here = "[::1]:40000".parse().expect("an address");
    let there = "[::1]:22".parse().expect("an address");
    let records = [
        kernel.image(SEED, SECOND, &image(init, nobody, "/sbin/init", b"/sbin/init\0")),
        kernel.image(SEED, SECOND, &image(shell, init, "/usr/bin/bash", b"-bash\0")),
        kernel.fork(2 * SECOND, &child, &shell),
        kernel.image(
            EXEC,
            3 * SECOND,
            &image(script, shell, "/usr/bin/dash", b"sh\0-c\0<a> & \"b\"\n\x1b[31m\xff\0\0"),
        ),
        kernel.file_open(4 * SECOND, &script, 1, 0, "/root/new"),
        kernel.file_name(5 * SECOND, &name(2, "new", "old", Some(&[(new, "new"), (old, "old")]))),
        kernel.file_name(6 * SECOND, &name(1, "old", "", Some(&[(new, "old")]))),
        kernel.network(7 * SECOND, &script, 6, 1, (here, there)),
        kernel.ptrace(8 * SECOND, &script, &shell),
        kernel.bpf(9 * SECOND, &script, 5, 77, "probe"),
        kernel.file_open(10 * SECOND, &script, 3, 0, "/dev/loop0"),
        kernel.exit(11 * SECOND, &script),
    ];
    let mut stream = Vec::new();
    for record in &records {
        Recorded::append(&mut stream, record).expect("memory takes everything");
    }
    stream
}

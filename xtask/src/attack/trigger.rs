//! The deeds with which the original's own tests begin (U1 to U9 of the test data), done beside the atomics. The data says in
//! words what is done and in fields what is to be seen; the commands here are that in shell.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::atomic::{Atomic, Expected};

/// One deed, as the test data has it.
#[derive(Deserialize)]
pub(super) struct Trigger {
    id: String,
    summary: String,
    expect: Vec<Expected>,
}

/// How a deed is done here.
struct Deed {
    id: &'static str,
    command: &'static str,
    /// Run beside it.
    beside: &'static str,
    /// What the data calls `P`.
    port: &'static str,
}

/// Stands for the SHA256 of `/bin/echo` in the test data. The deed says it on its own command line, where the judge reads it.
pub(super) const HASH_OF_ECHO: &str = "<sha256 of /bin/echo>";

/// Configuration and service change last: what they do to the agent, no other deed has to live with.
const DEEDS: &[Deed] = &[
    Deed {
        id: "U1",
        command: r#"for i in $(seq 300); do python3 -c "import socket; s=socket.socket(); s.connect(('127.0.0.1',9191)); s.close()" 2>/dev/null && exit; sleep 0.1; done; exit 1"#,
        beside: r#"python3 -c "import socket; l=socket.create_server(('127.0.0.1',9191)); l.accept()""#,
        port: "9191",
    },
    Deed {
        id: "U2",
        command: r#"python3 -c "import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1',9192))""#,
        beside: "",
        port: "9192",
    },
    Deed { id: "U3", command: "dd if=/dev/nvme0n1 of=/dev/null bs=512 count=1", beside: "", port: "" },
    // Until it is attached, on a machine as slow as an emulated one.
    Deed {
        id: "U4",
        command: "sleep 250 & s=$!; strace -o /dev/null -p $s & \
            for i in $(seq 600); do grep -q '^TracerPid:.*[1-9]' /proc/$s/status && break; sleep 0.1; done; kill $s; wait",
        beside: "",
        port: "",
    },
    Deed {
        id: "U5",
        command: "/bin/echo marker $(sha256sum /bin/echo | cut -d ' ' -f 1)",
        beside: "",
        port: "",
    },
    // A program of two instructions, `r0 = 0` and `exit`, for a socket; 321 is bpf and 5 is BPF_PROG_LOAD.
    Deed {
        id: "U6",
        command: r#"python3 -c "
import ctypes, struct
code = ctypes.create_string_buffer(struct.pack('<QQ', 0xb7, 0x95))
licence = ctypes.create_string_buffer(b'GPL')
attributes = struct.pack('<IIQQIIQ', 1, 2, ctypes.addressof(code), ctypes.addressof(licence), 0, 0, 0)
raise SystemExit(ctypes.CDLL(None).syscall(321, 5, attributes, len(attributes)) < 0)
""#,
        beside: "",
        port: "",
    },
    // Nobody answers there: that somebody asked is what counts.
    Deed {
        id: "U7",
        command: "echo nameserver 127.0.0.1 >/etc/resolv.conf; getent hosts marker-sysmontest.example.com; true",
        beside: "",
        port: "",
    },
    Deed {
        id: "U8",
        command: "cp /vm/everything.xml /root/other.xml && sysmon -c /root/other.xml",
        beside: "",
        port: "",
    },
    // What follows is seen only by an agent that serves again.
    Deed {
        id: "U9",
        command: "systemctl restart sysmon; \
            for i in $(seq 250); do code=0; tuxmon status >/dev/null 2>&1 || code=$?; [ $code -le 1 ] && exit; sleep 1; done; exit 1",
        beside: "",
        port: "",
    },
];

/// The deed of the test data, with what is done for it.
pub(super) fn as_atomic(trigger: Trigger) -> Result<Atomic> {
    let deed = DEEDS.iter().find(|deed| deed.id == trigger.id);
    let deed = deed.with_context(|| format!("nobody knows how {} is done", trigger.id))?;
    let mut expect = trigger.expect;
    for text in expect.iter_mut().flat_map(|expected| expected.matched.values_mut()) {
        if text == "P" {
            deed.port.clone_into(text);
        }
    }
    let mut lacking = "";
    match trigger.id.as_str() {
        // Whoever listens makes an event too.
        "U1" => {
            for expected in &mut expect {
                expected.matched.insert("Initiated|is".to_owned(), "true".to_owned());
            }
        }
        "U7" => {
            lacking = "neither agent has an event 22 on Linux; the question itself is looked for";
            let asked = [("DestinationPort|is", "53"), ("Protocol|is", "udp"), ("Image|endswith", "/getent")];
            let matched = asked.map(|(field, text)| (field.to_owned(), text.to_owned()));
            let matched = BTreeMap::from(matched);
            expect = vec![Expected { event_id: 3, matched, sigma: Vec::new(), exactly: None }];
        }
        _ => {}
    }
    Ok(Atomic {
        technique: trigger.id,
        test: None,
        name: trigger.summary,
        shell: "bash".to_owned(),
        needs_root: true,
        prerequisite: String::new(),
        command: deed.command.to_owned(),
        cleanup: String::new(),
        expect,
        sigma: Vec::new(),
        beside: deed.beside.to_owned(),
        lacking: lacking.to_owned(),
    })
}

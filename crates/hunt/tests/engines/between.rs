//! Who stands between an importer and a server, and what becomes of an importer.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tuxmon_hunt::Address;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tuxmon-hunt");

/// Stands between a client and a server, and keeps the answers to its first inserts for itself.
pub fn swallow(server: &Address, inserts: u32) -> (Address, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let behind = (server.host.clone(), server.port);
    let (sender, receiver) = channel();
    let left = Arc::new(AtomicU32::new(inserts));
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(&behind).expect("the engine listens");
            let (left, sender) = (Arc::clone(&left), sender.clone());
            thread::spawn(move || pass(&client, &server, &left, &sender));
        }
    });
    let mut address = server.clone();
    address.port = port;
    (address, receiver)
}

/// Stands between a client and a server, passes everything on, and tells each time that the client says a word.
pub fn listen(server: &Address, word: &'static [u8]) -> (Address, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let behind = (server.host.clone(), server.port);
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(&behind).expect("the engine listens");
            let (back_from, back_to) =
                (server.try_clone().expect("it is open"), client.try_clone().expect("it is open"));
            thread::spawn(move || copy(&back_from, &back_to, |_| ()));
            let sender = sender.clone();
            thread::spawn(move || {
                copy(&client, &server, |bytes| {
                    if bytes.windows(word.len()).any(|part| part == word) {
                        let _ = sender.send(());
                    }
                });
            });
        }
    });
    let mut address = server.clone();
    address.port = port;
    (address, receiver)
}

fn copy(mut from: &TcpStream, mut to: &TcpStream, mut seen: impl FnMut(&[u8])) {
    let mut buffer = [0; 1 << 14];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

/// Passes requests on, one at a time, until the answer to an insert is kept and the connection is cut.
fn pass(mut client: &TcpStream, mut server: &TcpStream, left: &AtomicU32, told: &Sender<()>) {
    let inserts = AtomicU32::new(0);
    let seen = &inserts;
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut buffer = [0; 1 << 14];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                if buffer[..length].windows(12).any(|part| part == b"query=INSERT") {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
                if server.write_all(&buffer[..length]).is_err() {
                    break;
                }
            }
            let _ = server.shutdown(std::net::Shutdown::Write);
        });
        let mut buffer = [0; 1 << 14];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            let is_insert = inserts.swap(0, Ordering::SeqCst) > 0;
            let take = |left: u32| left.checked_sub(1);
            if is_insert && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
                let _ = client.shutdown(std::net::Shutdown::Both);
                let _ = told.send(());
                break;
            }
            if client.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = server.shutdown(std::net::Shutdown::Both);
    });
}

/// Begins to import a log, as a program of its own.
pub fn begin(address: &Address, log: &Path) -> std::process::Child {
    Command::new(PROGRAM)
        .args(["--store", &address.to_string(), "ingest", "--quiet"])
        .arg(log)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program is there")
}

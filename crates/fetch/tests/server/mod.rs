//! A server on loopback for tests: it answers what it was told to answer, and remembers what it was asked.

#![allow(dead_code, unreachable_pub)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What was asked, the bytes of its head as text and its body.
#[derive(Debug, Clone)]
pub struct Asked {
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    /// What stands between `GET` and `HTTP/1.1`.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

type Answers = dyn Fn(&Asked) -> Vec<u8> + Send + Sync;

/// A running server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    /// In the form PEM, when it speaks TLS.
    pub certificate: Option<String>,
    asked: Arc<Mutex<Vec<Asked>>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn plain(answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answers), None)
    }

    pub fn tls(answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answers), Some("127.0.0.1"))
    }

    /// One whose certificate is for another name.
    pub fn tls_for(name: &str, answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answers), Some(name))
    }

    fn start(answers: Arc<Answers>, name: Option<&str>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let (config, certificate) = match name.map(identity) {
            Some((config, certificate)) => (Some(config), Some(certificate)),
            None => (None, None),
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ending = Arc::new(AtomicBool::new(false));
        let (remembers, ends) = (Arc::clone(&asked), Arc::clone(&ending));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                // A client that says nothing must not keep the test for ever.
                stream.set_read_timeout(Some(Duration::from_mins(1))).expect("the time is not zero");
                match &config {
                    None => serve(stream, &*answers, &remembers),
                    Some(config) => {
                        let connection =
                            ServerConnection::new(Arc::clone(config)).expect("the settings are sound");
                        serve(StreamOwned::new(connection, stream), &*answers, &remembers);
                    }
                }
            }
        });
        Self { address, certificate, asked, ending, thread: Some(thread) }
    }

    pub fn url(&self, path: &str) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no test panics with it").clone()
    }

    pub fn write_certificate(&self, path: &Path) {
        std::fs::write(path, self.certificate.as_deref().expect("it speaks TLS"))
            .expect("the folder is ours");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // It waits for a connection: this is the last one.
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// An answer with these headers, which ends the connection.
pub fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let own = [("Content-Length", length.as_str()), ("Connection", "close")];
    let lines = own.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!("HTTP/1.1 {status}\r\n{}\r\n", lines.collect::<String>());
    [head.as_bytes(), body].concat()
}

fn identity(name: &str) -> (Arc<ServerConfig>, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("the name is sound");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("it was just written");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(made.cert.der().to_vec())], key)
        .expect("key and certificate belong together");
    (Arc::new(config), made.cert.pem())
}

/// One question on each connection. Whoever does not get to its end, as one who does not trust us, is not remembered.
fn serve(mut stream: impl Read + Write, answers: &Answers, asked: &Mutex<Vec<Asked>>) {
    let mut bytes = Vec::new();
    let mut room = [0; 4096];
    let asked_now = loop {
        if let Some(whole) = whole(&bytes) {
            break whole;
        }
        match stream.read(&mut room) {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&room[..count]),
        }
    };
    let answer = answers(&asked_now);
    asked.lock().expect("no test panics with it").push(asked_now);
    // The client may have had enough.
    drop(stream.write_all(&answer).and_then(|()| stream.flush()));
}

fn whole(bytes: &[u8]) -> Option<Asked> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut asked = Asked { head, body: Vec::new() };
    let length: usize = asked.header("content-length").map_or(0, |text| text.parse().expect("a number"));
    asked.body = bytes.get(end..end + length)?.to_vec();
    Some(asked)
}

//! A server on loopback for tests: it answers what it was told to answer, and remembers what it was asked.

#![allow(dead_code, unreachable_pub)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
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
        Self::tls_for("127.0.0.1", answers)
    }

    /// One whose certificate is for another name.
    pub fn tls_for(name: &str, answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::tls_of(&Identity::new(name), answers)
    }

    /// One with a certificate of any kind.
    pub fn tls_of(identity: &Identity, answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answers), Some(identity))
    }

    fn start(answers: Arc<Answers>, identity: Option<&Identity>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let (config, certificate) = match identity.map(Identity::sealed) {
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

/// What a server shows of itself.
pub struct Identity {
    /// For whom its certificate is.
    name: String,
    /// Whether it was valid in former times only.
    is_over: bool,
    /// Whether an authority signed it, whose certificate is the one to believe, or it did so itself.
    by_authority: bool,
    /// Whether it is an authority's.
    is_authority: bool,
}

impl Identity {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), is_over: false, by_authority: false, is_authority: false }
    }

    pub fn expired(self) -> Self {
        Self { is_over: true, ..self }
    }

    pub fn signed_by_authority(self) -> Self {
        Self { by_authority: true, ..self }
    }

    pub fn of_authority(self) -> Self {
        Self { is_authority: true, ..self }
    }

    /// The settings of a server, and the certificate that makes it believed.
    fn sealed(&self) -> (Arc<ServerConfig>, String) {
        let key = KeyPair::generate().expect("there is randomness");
        let mut of_server = CertificateParams::new(vec![self.name.clone()]).expect("the name is sound");
        if self.is_over {
            of_server.not_before = rcgen::date_time_ymd(2020, 1, 1);
            of_server.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        if self.is_authority {
            of_server.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let (certificate, believed) = if self.by_authority {
            let authority_key = KeyPair::generate().expect("there is randomness");
            let mut authority = CertificateParams::new(Vec::new()).expect("there is no name");
            authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let own = authority.self_signed(&authority_key).expect("the key is sound");
            let issuer = Issuer::new(authority, authority_key);
            (of_server.signed_by(&key, &issuer).expect("the key is sound"), own.pem())
        } else {
            let own = of_server.self_signed(&key).expect("the key is sound");
            let pem = own.pem();
            (own, pem)
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("it was just written");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("key and certificate belong together");
        (Arc::new(config), believed)
    }
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

//! Signals: what was asked of the agent since it last looked.
//!
//! A thread of its own receives them, so that one also arrives while the line is busy, and makes sure that the
//! agent ends in time even if the line never looks again.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// After this the process ends whatever it is doing: a service manager, and a person, wait no longer.
const LAST_MOMENT: Duration = Duration::from_millis(4900);

/// What was asked.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    stop: AtomicBool,
    reload: AtomicBool,
}

impl Requests {
    /// Starts to listen.
    pub(crate) fn listen() -> io::Result<Arc<Self>> {
        let requests = Arc::new(Self::default());
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
        let shared = Arc::clone(&requests);
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                if signal == SIGHUP {
                    shared.reload.store(true, Ordering::Release);
                } else if !shared.stop.swap(true, Ordering::AcqRel) {
                    end_at(Instant::now() + LAST_MOMENT);
                }
            }
        })?;
        Ok(requests)
    }

    /// Whether the agent shall end.
    pub(crate) fn stop(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Whether the configuration shall be read again; asking resets it.
    pub(crate) fn take_reload(&self) -> bool {
        self.reload.swap(false, Ordering::AcqRel)
    }
}

fn end_at(moment: Instant) {
    let watch = thread::Builder::new().name("last-moment".to_owned()).spawn(move || {
        thread::sleep(moment.saturating_duration_since(Instant::now()));
        tracing::error!("the agent did not end in time; what it had not written is lost");
        // The line does not come back to return a code, and nothing else can end the process.
        #[allow(clippy::disallowed_methods)]
        process::exit(1);
    });
    if let Err(error) = watch {
        tracing::warn!(%error, "nothing watches that the agent ends in time");
    }
}

//! The ring between kernel and agent.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use libbpf_rs::{Object, RingBuffer, RingBufferBuilder};

use crate::{SensorError, map_handle};

/// Whoever takes the records of the running call. The pointer is set only while [`Ring::consume`] runs.
type Taker = Rc<Cell<Option<*mut dyn FnMut(&[u8])>>>;

/// Records handed over before the caller gets a chance to look at its clock and signals.
const BATCH: usize = 1024;

/// The reading end.
pub(crate) struct Ring {
    buffer: RingBuffer<'static>,
    taker: Taker,
}

impl Ring {
    pub(crate) fn open(object: &Object) -> Result<Self, SensorError> {
        let map = map_handle(object, "ring")?;
        let taker: Taker = Rc::default();
        let mut builder = RingBufferBuilder::new();
        let inner = Rc::clone(&taker);
        builder
            .add(&map, move |bytes| {
                if let Some(each) = inner.get() {
                    #[allow(unsafe_code)]
                    // SAFETY: the pointer was made from a live `&mut` by `consume`, which is running now (the ring
                    // calls back only from there, on this thread) and takes it away before that borrow ends.
                    unsafe {
                        (*each)(bytes);
                    }
                }
                0
            })
            .map_err(SensorError::kernel("opening the ring"))?;
        let buffer = builder.build().map_err(SensorError::kernel("opening the ring"))?;
        Ok(Self { buffer, taker })
    }

    /// Waits until something is there, at most for `timeout`, and takes at most a batch of it.
    pub(crate) fn poll(
        &mut self,
        timeout: Duration,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<usize, SensorError> {
        let taken = self.consume(each)?;
        if taken > 0 || timeout.is_zero() {
            return Ok(taken);
        }
        self.wait(timeout)?;
        self.consume(each)
    }

    /// Takes what is there now, at most one ring full.
    pub(crate) fn drain(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
        let mut total = 0;
        loop {
            let taken = self.consume(each)?;
            total += taken;
            if taken < BATCH || total > BATCH * BATCH {
                return Ok(total);
            }
        }
    }

    fn wait(&self, timeout: Duration) -> Result<(), SensorError> {
        #[allow(unsafe_code)]
        // SAFETY: the descriptor belongs to the ring buffer, which outlives this borrow of it.
        let epoll = unsafe { std::os::fd::BorrowedFd::borrow_raw(self.buffer.epoll_fd()) };
        let mut ready = [rustix::event::PollFd::new(&epoll, rustix::event::PollFlags::IN)];
        let timeout = rustix::event::Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        match rustix::event::poll(&mut ready, Some(&timeout)) {
            // A signal ends the wait early; the caller looks at its flags.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => {
                Err(SensorError::Kernel { doing: "waiting for records", reason: error.to_string() })
            }
        }
    }

    fn consume(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SensorError> {
        #[allow(unsafe_code, clippy::disallowed_methods, clippy::transmute_ptr_to_ptr)]
        // SAFETY: only the lifetime changes, which a cast may not do, and the pointer is gone before this function
        // returns. No kernel byte is involved.
        let each =
            unsafe { std::mem::transmute::<*mut dyn FnMut(&[u8]), *mut (dyn FnMut(&[u8]) + 'static)>(each) };
        self.taker.set(Some(each));
        let taken = self.buffer.consume_raw_n(BATCH);
        self.taker.set(None);
        usize::try_from(taken).map_err(|_| SensorError::Kernel {
            doing: "reading the ring",
            reason: std::io::Error::from_raw_os_error(-taken).to_string(),
        })
    }
}

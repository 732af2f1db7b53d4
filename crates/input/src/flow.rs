//! What another program prints or sends: it comes when it comes.

use std::cell::Cell;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::rc::Rc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

/// So long one who writes without a pause may need for the next piece.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// An input that says, after each read, whether more follows at once. A file never makes wait.
pub struct Flowing<R> {
    input: R,
    caught_up: Rc<Cell<bool>>,
}

impl<R: Read + AsFd> Flowing<R> {
    /// Tells by `caught_up` whether all that there is has been read.
    pub fn new(input: R, caught_up: Rc<Cell<bool>>) -> Self {
        Self { input, caught_up }
    }

    fn would_wait(&self) -> bool {
        // What cannot be asked is taken as if it had more: then the next read says what is wrong.
        poll(&mut [PollFd::new(&self.input, PollFlags::IN)], Some(&PAUSE)).is_ok_and(|ready| ready == 0)
    }
}

impl<R: Read + AsFd> Read for Flowing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.caught_up.set(length > 0 && self.would_wait());
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn it_is_known_whether_more_is_there() {
        let (reader, mut writer) = io::pipe().expect("a pipe can be made");
        let caught_up = Rc::new(Cell::new(false));
        let mut input = Flowing::new(reader, Rc::clone(&caught_up));
        writer.write_all(b"four").expect("the pipe has room");
        let mut buffer = [0; 3];
        assert_eq!(input.read(&mut buffer).expect("it is there"), 3);
        assert!(!caught_up.get(), "a byte is left");
        assert_eq!(input.read(&mut buffer).expect("it is there"), 1);
        assert!(caught_up.get());
        drop(writer);
        assert_eq!(input.read(&mut buffer).expect("the end is no error"), 0);
        assert!(!caught_up.get(), "at the end nobody waits");
    }
}

//! A recorded stream: the bytes of records, each after its length as a u32 in host byte order.
//!
//! `tuxmon record` writes this form and the files in `tests/streams` have it, so that the whole line runs without a
//! kernel and without root.

use std::io::{self, Write};
use std::time::Duration;

use crate::source::{Collect, Loss, Source, SourceError};

/// Gives the records of a stream, all at the first poll.
#[derive(Debug)]
pub struct Recorded {
    bytes: Vec<u8>,
    position: usize,
    /// Losses to report at the next call.
    pub losses: Vec<Loss>,
    /// What was asked for last.
    pub collect: Option<Collect>,
}

/// The stream ends inside a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recorded stream ends inside the record at byte {0}")]
pub struct CutStream(pub usize);

/// The records of a stream, one after the other. After one that is cut there is none.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Records<'a> {
    /// The records of these bytes.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    fn cut(&mut self) -> CutStream {
        let start = std::mem::replace(&mut self.position, self.bytes.len());
        CutStream(start)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<&'a [u8], CutStream>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.bytes[self.position..];
        if rest.is_empty() {
            return None;
        }
        let record = rest
            .split_first_chunk::<4>()
            .and_then(|(length, body)| body.get(..u32::from_ne_bytes(*length) as usize));
        let Some(record) = record else { return Some(Err(self.cut())) };
        self.position += size_of::<u32>() + record.len();
        Some(Ok(record))
    }
}

impl Recorded {
    /// A source that gives the records of `bytes`.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, position: 0, losses: Vec::new(), collect: None }
    }

    /// Appends one record to a stream.
    pub fn append(stream: &mut impl Write, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).expect("a record is shorter than the ring");
        stream.write_all(&length.to_ne_bytes())?;
        stream.write_all(record)
    }
}

impl Source for Recorded {
    fn seed(&mut self, _each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        Ok(0)
    }

    fn poll(&mut self, _timeout: Duration, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        self.drain(each)
    }

    fn drain(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<usize, SourceError> {
        let mut records = Records { bytes: &self.bytes, position: self.position };
        self.position = self.bytes.len();
        let mut count = 0;
        for record in &mut records {
            each(record?);
            count += 1;
        }
        Ok(count)
    }

    fn losses(&mut self) -> Result<Vec<Loss>, SourceError> {
        Ok(std::mem::take(&mut self.losses))
    }

    fn stop_collection(&mut self) {}

    fn set_collect(&mut self, collect: &Collect) -> Result<(), SourceError> {
        self.collect = Some(*collect);
        Ok(())
    }
}

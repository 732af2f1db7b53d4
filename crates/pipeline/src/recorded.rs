//! A recorded stream: the bytes of records, each after its length as a u32 in host byte order.
//!
//! The files in `tests/streams` have this form, so that the whole line runs without a kernel and without root.

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

impl Recorded {
    /// A source that gives the records of `bytes`.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, position: 0, losses: Vec::new(), collect: None }
    }

    /// Appends one record to a stream.
    pub fn append(stream: &mut Vec<u8>, record: &[u8]) {
        let length = u32::try_from(record.len()).expect("a record is shorter than the ring");
        stream.extend_from_slice(&length.to_ne_bytes());
        stream.extend_from_slice(record);
    }

    fn next(&mut self) -> Result<Option<&[u8]>, CutStream> {
        let start = self.position;
        let rest = &self.bytes[start..];
        if rest.is_empty() {
            return Ok(None);
        }
        let (length, body) = rest.split_first_chunk::<4>().ok_or(CutStream(start))?;
        let record = body.get(..u32::from_ne_bytes(*length) as usize).ok_or(CutStream(start))?;
        self.position = start + length.len() + record.len();
        Ok(Some(record))
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
        let mut count = 0;
        while let Some(record) = self.next()? {
            each(record);
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

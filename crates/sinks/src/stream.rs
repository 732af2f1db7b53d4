//! Lines into a stream of bytes, of which every write may take only a part.

use std::io::{self, ErrorKind, Write};

use crate::Line;

/// Writes lines, and remembers how much of the line at which it had to stop is written already.
#[derive(Debug, Default)]
pub(crate) struct LineStream {
    buffer: Vec<u8>,
    /// Bytes of the next line that stand in the stream.
    partial: usize,
}

/// Written with one call; a longer line still goes out whole.
const AT_ONCE: usize = 256 << 10;

impl LineStream {
    /// Writes lines to `to`; the answer is how many are finished, and the error that stopped it.
    pub(crate) fn write(&mut self, lines: &[Line], to: &mut impl Write) -> (usize, Option<io::Error>) {
        let taken = self.fill(lines);
        let mut at = self.partial;
        let error = loop {
            if at == self.buffer.len() {
                break None;
            }
            match to.write(&self.buffer[at..]) {
                Ok(0) => break Some(ErrorKind::WriteZero.into()),
                Ok(written) => at += written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        let mut finished = 0;
        let mut end = 0;
        while finished < taken && end + lines[finished].text.len() < at {
            end += lines[finished].text.len() + 1;
            finished += 1;
        }
        self.partial = at - end;
        (finished, error)
    }

    /// Whether the stream ends within a line.
    pub(crate) fn is_torn(&self) -> bool {
        self.partial > 0
    }

    /// Begins the next line from its first byte, because the stream is another one or has been changed.
    pub(crate) fn start_over(&mut self) {
        self.partial = 0;
    }

    fn fill(&mut self, lines: &[Line]) -> usize {
        self.buffer.clear();
        let mut taken = 0;
        for line in lines {
            if taken > 0 && self.buffer.len() + line.text.len() >= AT_ONCE {
                break;
            }
            self.buffer.extend_from_slice(line.text.as_bytes());
            self.buffer.push(b'\n');
            taken += 1;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tuxmon_event::Timestamp;

    /// Takes so many bytes at each call, and fails when there is nothing left in the plan.
    struct Disk {
        plan: Vec<usize>,
        content: Vec<u8>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.plan.pop() {
                None | Some(0) => Err(ErrorKind::StorageFull.into()),
                Some(room) => {
                    let taken = room.min(bytes.len());
                    self.content.extend_from_slice(&bytes[..taken]);
                    Ok(taken)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines() -> Vec<Line> {
        ["first", "", "the third", "x"]
            .map(|text| Line {
                event_id: 1,
                rank: crate::Rank::Leads,
                written: Timestamp(0),
                text: text.to_owned().into(),
            })
            .to_vec()
    }

    #[test]
    fn a_full_disk_never_tears_a_line_however_it_fills() {
        let whole = b"first\n\nthe third\nx\n";
        for first in 0..whole.len() {
            for second in 0..whole.len() - first {
                let mut stream = LineStream::default();
                let mut disk =
                    Disk { plan: vec![1000, 1000, 1000, 0, second, 0, first], content: Vec::new() };
                let lines = lines();
                let mut rest = &lines[..];
                for _ in 0..6 {
                    let (finished, _) = stream.write(rest, &mut disk);
                    rest = &rest[finished..];
                    assert_eq!(stream.is_torn(), !disk.content.is_empty() && !disk.content.ends_with(b"\n"));
                    if rest.is_empty() {
                        break;
                    }
                }
                assert_eq!(disk.content, whole, "after {first} and {second} bytes");
                assert!(rest.is_empty());
            }
        }
    }

    #[test]
    fn long_batches_go_out_in_pieces() {
        let long = crate::LineText::from("y".repeat(100 << 10));
        let lines =
            vec![Line { event_id: 1, rank: crate::Rank::Leads, written: Timestamp(0), text: long }; 5];
        let mut out = Vec::new();
        let (finished, error) = LineStream::default().write(&lines, &mut out);
        assert_eq!((finished, error.is_none(), out.len()), (2, true, 2 * (100 << 10) + 2));
    }
}

//! One input: a file of any compression, the standard input, or what another program prints.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// The longest of the marks below.
const LONGEST_MARK: usize = 6;
const GZIP: &[u8] = &[0x1f, 0x8b];
const XZ: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BZIP2: &[u8] = b"BZh";

/// Opens a file and decompresses it where its first bytes say that it is compressed.
pub fn file(path: &Path) -> io::Result<Box<dyn Read>> {
    decompressed(Box::new(File::open(path)?))
}

/// Decompresses where the first bytes say so; the name of a file says nothing.
pub fn decompressed(mut input: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut mark = Vec::with_capacity(LONGEST_MARK);
    input.by_ref().take(LONGEST_MARK as u64).read_to_end(&mut mark)?;
    let whole = Cursor::new(mark.clone()).chain(input);
    if mark.starts_with(GZIP) {
        Ok(Box::new(MultiGzDecoder::new(whole)))
    } else if mark.starts_with(XZ) {
        Ok(Box::new(lzma_rust2::XzReader::new(whole, true)))
    } else if mark.starts_with(ZSTD) {
        Ok(Box::new(Frames { source: Some(whole), frame: None }))
    } else if mark.starts_with(BZIP2) {
        Err(io::Error::other("bzip2 is not read; use: bzcat FILE, and read its output"))
    } else {
        Ok(Box::new(whole))
    }
}

/// Every frame of a zstd file: whoever appends to one adds frames.
struct Frames<R: Read> {
    source: Option<R>,
    frame: Option<ruzstd::decoding::StreamingDecoder<Peeked<R>, ruzstd::decoding::FrameDecoder>>,
}

type Peeked<R> = io::Chain<Cursor<Vec<u8>>, R>;

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                match frame.read(buffer)? {
                    0 => {}
                    length => return Ok(length),
                }
            }
            let rest = match (self.source.take(), self.frame.take()) {
                (Some(source), _) => Cursor::new(Vec::new()).chain(source),
                // What was looked at of the frame before is used up, so only its source is left.
                (None, Some(frame)) => Cursor::new(Vec::new()).chain(frame.into_inner().into_inner().1),
                (None, None) => return Ok(0),
            };
            match next_frame(rest)? {
                Some(frame) => self.frame = Some(frame),
                None => return Ok(0),
            }
        }
    }
}

fn next_frame<R: Read>(
    rest: Peeked<R>,
) -> io::Result<Option<ruzstd::decoding::StreamingDecoder<Peeked<R>, ruzstd::decoding::FrameDecoder>>> {
    let (_, mut source) = rest.into_inner();
    let mut first = Vec::with_capacity(1);
    if source.by_ref().take(1).read_to_end(&mut first)? == 0 {
        return Ok(None);
    }
    let frame = ruzstd::decoding::StreamingDecoder::new(Cursor::new(first).chain(source));
    frame.map(Some).map_err(io::Error::other)
}

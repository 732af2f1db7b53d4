//! The contract that every destination keeps, and a place for each to be held to it.

use std::fs::File;
use std::io::Read;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tuxmon_event::Timestamp;
use tuxmon_sinks::{
    AppendedFile, Destination, Limits, Line, Loss, Notice, Outcome, Rank, Sink, StandardOutput, Stop, Syslog,
    Why,
};

/// Long enough for a machine under load, short enough to fail in time.
const SOON: Duration = Duration::from_secs(20);
const END: &str = "the end";

fn line(number: usize, text: String) -> Line {
    Line {
        event_id: (number % 3) as u16 + 1,
        rank: Rank::Leads,
        written: Timestamp(number as i64),
        text: text.into(),
    }
}

fn numbered(number: usize) -> Line {
    line(number, format!("line {number}"))
}

fn soon() -> Instant {
    Instant::now() + SOON
}

/// A destination together with its reader.
trait Place {
    fn destination(&self) -> Box<dyn Destination>;
    /// Reads until the line [`END`], which is not in the answer.
    fn reader(&self) -> JoinHandle<Vec<String>>;
}

struct FilePlace {
    folder: TempDir,
}

impl FilePlace {
    fn new() -> FilePlace {
        FilePlace { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("events.log")
    }
}

impl Place for FilePlace {
    fn destination(&self) -> Box<dyn Destination> {
        Box::new(AppendedFile::open(&self.path()).expect("a file in a temporary folder"))
    }

    fn reader(&self) -> JoinHandle<Vec<String>> {
        let path = self.path();
        thread::spawn(move || {
            let until = soon();
            while Instant::now() < until {
                let text = std::fs::read_to_string(&path).expect("the file is there");
                if let Some(lines) = text.strip_suffix("the end\n") {
                    return lines.lines().map(str::to_owned).collect();
                }
                thread::yield_now();
            }
            panic!("no end in {}", path.display());
        })
    }
}

struct PipePlace {
    reader: Mutex<Option<File>>,
    writer: File,
}

impl PipePlace {
    fn new() -> PipePlace {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let file = |end: std::os::fd::OwnedFd| File::from(end);
        PipePlace { reader: Mutex::new(Some(file(reader.into()))), writer: file(writer.into()) }
    }
}

impl Place for PipePlace {
    fn destination(&self) -> Box<dyn Destination> {
        Box::new(StandardOutput::over(self.writer.try_clone().expect("a descriptor").into()))
    }

    fn reader(&self) -> JoinHandle<Vec<String>> {
        let mut pipe = self.reader.lock().expect("no panic").take().expect("one reader");
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let mut chunk = vec![0; 65_536];
            while !bytes.ends_with(b"the end\n") {
                let length = pipe.read(&mut chunk).expect("a readable pipe");
                assert!(length > 0, "the pipe ended early");
                bytes.extend_from_slice(&chunk[..length]);
            }
            let text = String::from_utf8(bytes).expect("text");
            text.lines().filter(|&line| line != END).map(str::to_owned).collect()
        })
    }
}

struct SyslogPlace {
    folder: TempDir,
    daemon: Mutex<Option<UnixDatagram>>,
}

impl SyslogPlace {
    fn absent() -> SyslogPlace {
        SyslogPlace { folder: tempfile::tempdir().expect("a temporary folder"), daemon: Mutex::new(None) }
    }

    fn new() -> SyslogPlace {
        let place = SyslogPlace::absent();
        place.start_daemon();
        place
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn start_daemon(&self) {
        let daemon = UnixDatagram::bind(self.path()).expect("a socket in a temporary folder");
        daemon.set_read_timeout(Some(SOON)).expect("a timeout");
        *self.daemon.lock().expect("no panic") = Some(daemon);
    }

    fn stop_daemon(&self) {
        *self.daemon.lock().expect("no panic") = None;
        std::fs::remove_file(self.path()).expect("the socket was there");
    }
}

impl Place for SyslogPlace {
    fn destination(&self) -> Box<dyn Destination> {
        Box::new(Syslog::new(&self.path()))
    }

    fn reader(&self) -> JoinHandle<Vec<String>> {
        let daemon =
            self.daemon.lock().expect("no panic").as_ref().expect("a daemon").try_clone().expect("a clone");
        thread::spawn(move || {
            let mut lines = Vec::new();
            let mut packet = vec![0; 1 << 17];
            loop {
                let length = daemon.recv(&mut packet).expect("a datagram in time");
                let text = std::str::from_utf8(&packet[..length]).expect("text");
                let (header, line) = text.split_at("<14>Nov 21 05:31:50 sysmon: ".len());
                assert!(header.starts_with("<14>") && header.ends_with(" sysmon: "), "{header}");
                if line == END {
                    return lines;
                }
                lines.push(line.to_owned());
            }
        })
    }
}

fn places() -> Vec<Box<dyn Place>> {
    vec![Box::new(FilePlace::new()), Box::new(PipePlace::new()), Box::new(SyslogPlace::new())]
}

/// Places whose reader can keep the writer waiting.
fn slow_places() -> Vec<Box<dyn Place>> {
    vec![Box::new(PipePlace::new()), Box::new(SyslogPlace::new())]
}

fn start(place: &dyn Place, limits: Limits) -> Sink {
    Sink::start(place.destination(), limits).expect("a thread")
}

fn finish(sink: Sink, reader: JoinHandle<Vec<String>>) -> (Vec<String>, Vec<Loss>) {
    assert!(sink.flush(soon()), "{} writes what waits", sink.name());
    sink.offer(&line(0, END.to_owned()));
    let losses = sink.close(soon());
    (reader.join().expect("the reader"), losses)
}

#[test]
fn lines_arrive_whole_once_and_in_order() {
    for place in places() {
        let sink = start(&*place, Limits::default());
        let reader = place.reader();
        let mut offered = Vec::new();
        for number in 0..3000 {
            offered.push(format!("line {number} {}", "x".repeat(number % 70)));
            sink.offer(&line(number, offered[number].clone()));
            if number % 1000 == 500 {
                sink.reopen();
            }
        }
        let longest = "z".repeat(65_472);
        sink.offer(&line(1, longest.clone()));
        offered.push(longest);
        let name = sink.name().to_owned();
        assert_eq!(sink.take_notices(), [], "{name}");
        let (read, losses) = finish(sink, reader);
        assert!(read == offered, "{name}: {} lines of {}", read.len(), offered.len());
        assert_eq!(losses, [], "{name}");
    }
}

#[test]
fn a_slow_reader_never_blocks_and_its_losses_are_counted() {
    for place in slow_places() {
        let sink = start(&*place, Limits { lines: 50, bytes: 1 << 20 });
        let before = Instant::now();
        for number in 0..5000 {
            sink.offer(&line(number, format!("{number} {}", "x".repeat(1000))));
        }
        assert!(before.elapsed() < Duration::from_secs(5), "offering took {:?}", before.elapsed());
        let losses = sink.take_losses();
        let lost: u64 = losses.iter().map(|loss| loss.count).sum();
        assert!(
            losses.iter().all(|loss| loss.why == Why::QueueFull && loss.first <= loss.last),
            "{losses:?}"
        );
        assert!(losses.iter().map(|loss| loss.event_id).eq(1..=3), "{losses:?}");
        assert_eq!(losses.iter().map(|loss| loss.last.0).max(), Some(4999));
        let name = sink.name().to_owned();
        let (read, later) = finish(sink, place.reader());
        assert_eq!(later, [], "{name}: losses are taken once");
        assert_eq!(read.len() as u64 + lost, 5000, "{name}");
        let numbers: Vec<usize> = read
            .iter()
            .map(|line| line.split(' ').next().and_then(|n| n.parse().ok()).expect("a number"))
            .collect();
        assert!(numbers.is_sorted(), "{name}");
    }
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let place = PipePlace::new();
    let sink = start(&place, Limits { lines: 1_000_000, bytes: 100_000 });
    for number in 0..100 {
        sink.offer(&line(number, "x".repeat(10_000)));
    }
    assert!(sink.pending() <= 10);
    assert!(sink.take_losses().iter().map(|loss| loss.count).sum::<u64>() >= 80);
}

#[test]
fn lines_that_yield_leave_half_of_the_queue_to_those_that_lead() {
    let place = SyslogPlace::absent();
    for limits in [Limits { lines: 32, bytes: 1 << 20 }, Limits { lines: 1000, bytes: 3200 }] {
        let sink = start(&place, limits);
        (0..100).for_each(|_| sink.offer(&Line { rank: Rank::Yields, ..line(0, "y".repeat(100)) }));
        assert_eq!(sink.pending(), 16, "{limits:?}");
        (0..20).for_each(|_| sink.offer(&line(1, "l".repeat(100))));
        assert_eq!(sink.pending(), 30, "{limits:?}");
        let lost: Vec<_> = sink.take_losses().iter().map(|loss| (loss.event_id, loss.count)).collect();
        assert_eq!(lost, [(1, 84), (2, 6)], "{limits:?}");
    }
}

#[test]
fn reports_have_room_when_all_else_has_none_and_tell_of_each_other_when_there_is_room() {
    let place = SyslogPlace::absent();
    let sink = start(&place, Limits { lines: 32, bytes: 1 << 20 });
    let report = Line { event_id: 255, rank: Rank::Reports, ..line(0, "lost".to_owned()) };
    (0..40).for_each(|number| sink.offer(&numbered(number)));
    assert_eq!((sink.pending(), sink.has_room()), (30, true));
    (0..5).for_each(|_| sink.offer(&report));
    assert_eq!((sink.pending(), sink.has_room()), (32, false));
    let count = |losses: Vec<Loss>, event_id: u16| -> u64 {
        losses.iter().filter(|loss| loss.event_id == event_id).map(|loss| loss.count).sum()
    };
    let losses = sink.take_losses();
    assert_eq!(losses.iter().map(|loss| loss.count).sum::<u64>(), 10, "the lines, not the reports");
    place.start_daemon();
    let reader = place.reader();
    assert!(sink.flush(soon()));
    assert!(sink.has_room());
    assert_eq!(count(sink.take_losses(), 255), 3, "there is room: now the reports are told");
    let (read, losses) = finish(sink, reader);
    assert_eq!((read.len(), losses), (32, vec![]));
}

#[test]
fn the_end_comes_by_its_deadline_and_counts_what_waited() {
    for place in slow_places() {
        let sink = start(&*place, Limits::default());
        for number in 0..5000 {
            sink.offer(&line(number, "x".repeat(1000)));
        }
        let before = Instant::now();
        assert!(!sink.flush(before + Duration::from_millis(200)));
        let name = sink.name().to_owned();
        let lost: u64 = sink.close(before + Duration::from_millis(400)).iter().map(|loss| loss.count).sum();
        assert!(before.elapsed() < Duration::from_secs(5), "{name}: {:?}", before.elapsed());
        assert!((4000..5000).contains(&lost), "{name}: {lost} lines");
    }
}

#[test]
fn syslog_comes_late_goes_and_comes_back() {
    let place = SyslogPlace::absent();
    let sink = start(&place, Limits { lines: 10, bytes: 1 << 20 });
    (0..15).for_each(|number| sink.offer(&numbered(number)));
    wait_for(&sink, |notice| matches!(notice, Notice::Failed(_)));
    assert_eq!(sink.take_losses().iter().map(|loss| loss.count).sum::<u64>(), 5);
    place.start_daemon();
    wait_for(&sink, |notice| *notice == Notice::Recovered);
    assert!(sink.flush(soon()));
    place.stop_daemon();
    sink.offer(&numbered(15));
    wait_for(&sink, |notice| matches!(notice, Notice::Failed(_)));
    place.start_daemon();
    let (read, losses) = finish(sink, place.reader());
    assert_eq!((read, losses), (vec!["line 15".to_owned()], vec![]));
}

#[test]
fn a_daemon_that_is_started_anew_loses_nothing() {
    let place = SyslogPlace::new();
    let sink = start(&place, Limits::default());
    sink.offer(&numbered(0));
    assert!(sink.flush(soon()));
    place.stop_daemon();
    place.start_daemon();
    sink.offer(&numbered(1));
    assert!(sink.flush(soon()));
    assert_eq!(sink.take_notices(), []);
    let (read, losses) = finish(sink, place.reader());
    assert_eq!((read, losses), (vec!["line 1".to_owned()], vec![]));
}

#[test]
fn a_datagram_too_long_for_the_socket_is_a_loss_and_the_next_one_goes() {
    let place = SyslogPlace::new();
    let sink = start(&place, Limits::default());
    sink.offer(&line(1, "x".repeat(10 << 20)));
    sink.offer(&numbered(2));
    let (read, losses) = finish(sink, place.reader());
    assert_eq!(read, ["line 2"]);
    assert!(matches!(losses[..], [Loss { event_id: 2, why: Why::TooLong, count: 1, .. }]), "{losses:?}");
}

#[test]
fn a_pipe_without_reader_is_the_end_of_its_sink_only() {
    let place = PipePlace::new();
    let sink = start(&place, Limits::default());
    drop(place.reader.lock().expect("no panic").take());
    sink.offer(&numbered(0));
    wait_for(&sink, |notice| matches!(notice, Notice::Gone(_)));
    assert!(sink.is_gone());
    sink.offer(&numbered(1));
    let losses = sink.close(soon());
    assert!(losses.iter().all(|loss| loss.why == Why::Gone), "{losses:?}");
    assert_eq!(losses.iter().map(|loss| loss.count).sum::<u64>(), 2);
}

#[test]
fn a_renamed_file_is_left_when_asked() {
    let place = FilePlace::new();
    let sink = start(&place, Limits::default());
    sink.offer(&numbered(0));
    assert!(sink.flush(soon()));
    let rotated = place.folder.path().join("events.log.1");
    std::fs::rename(place.path(), &rotated).expect("a rename");
    sink.offer(&numbered(1));
    assert!(sink.flush(soon()));
    sink.reopen();
    until(|| place.path().exists());
    sink.offer(&numbered(2));
    let (read, _) = finish(sink, place.reader());
    assert_eq!(read, ["line 2"]);
    assert_eq!(std::fs::read_to_string(rotated).expect("the old file"), "line 0\nline 1\n");
}

#[test]
fn a_file_that_cannot_be_opened_anew_stays_in_use() {
    let place = FilePlace::new();
    let sink = start(&place, Limits::default());
    let moved = place.folder.path().join("moved");
    std::fs::rename(place.path(), &moved).expect("a rename");
    std::os::unix::fs::symlink("/dev/null", place.path()).expect("a link");
    sink.reopen();
    wait_for(&sink, |notice| matches!(notice, Notice::NotReopened(_)));
    sink.offer(&numbered(0));
    assert_eq!(sink.close(soon()), []);
    assert_eq!(std::fs::read_to_string(moved).expect("the old file"), "line 0\n");
}

#[test]
fn a_file_is_private_ended_and_never_reached_through_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let place = FilePlace::new();
    drop(place.destination());
    let mode = std::fs::metadata(place.path()).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    std::fs::write(place.path(), "whole\ntor").expect("a torn file");
    let sink = start(&place, Limits::default());
    sink.offer(&numbered(0));
    assert!(sink.flush(soon()));
    assert_eq!(sink.take_notices(), [Notice::TornLines(1)]);
    assert_eq!(std::fs::read_to_string(place.path()).expect("the file"), "whole\ntor\nline 0\n");

    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(place.path(), &link).expect("a link");
    assert!(AppendedFile::open(&link).is_err());
    assert!(AppendedFile::open(place.folder.path()).is_err());
    assert!(AppendedFile::open(std::path::Path::new("/dev/null")).is_err());
}

/// Fails as often as told, and then takes everything.
struct Broken {
    failures: usize,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Destination for Broken {
    fn name(&self) -> String {
        "broken".to_owned()
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        if self.failures > 0 {
            self.failures -= 1;
            return Outcome { finished: 0, stop: Some(Stop::Failed(std::io::ErrorKind::StorageFull.into())) };
        }
        self.taken.lock().expect("no panic").push(lines[0].text.to_string());
        Outcome { finished: 1, stop: None }
    }

    fn reopen(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) {}

    fn take_torn(&mut self) -> u64 {
        0
    }
}

#[test]
fn a_full_disk_is_waited_for_and_reported_once() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let broken = Broken { failures: 3, taken: Arc::clone(&taken) };
    let sink = Sink::start(broken, Limits::default()).expect("a thread");
    (0..3).for_each(|number| sink.offer(&numbered(number)));
    assert!(sink.flush(soon()));
    let notices = sink.take_notices();
    assert!(matches!(&notices[..], [Notice::Failed(_), Notice::Recovered]), "{notices:?}");
    assert_eq!(sink.close(soon()), []);
    assert_eq!(*taken.lock().expect("no panic"), ["line 0", "line 1", "line 2"]);
}

#[track_caller]
fn until(done: impl Fn() -> bool) {
    let deadline = soon();
    while !done() {
        assert!(Instant::now() < deadline, "it did not happen");
        thread::yield_now();
    }
}

#[track_caller]
fn wait_for(sink: &Sink, wanted: impl Fn(&Notice) -> bool) {
    until(|| sink.take_notices().iter().any(&wanted));
}

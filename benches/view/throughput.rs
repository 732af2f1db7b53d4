//! How fast a log is read: `cargo bench -p tuxmon-view`.
//!
//! A file of 200 MB is made of the golden events of this repository behind a syslog prefix, as many of each kind as on a
//! busy machine, and read warm, on one thread, in the ways that people use most. Each figure is the best of five runs:
//! what stands between is the noise of the machine. `TUXMON_BENCH_LOG` names another log to read.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;

use rustix::time::{ClockId, clock_gettime};
use tuxmon_render::Colour;
use tuxmon_view::{EventIds, Events, FieldFilter, Format, Item, Printer, Sieve, Zone};

const SIZE: usize = 200_000_000;
const RUNS: usize = 7;

/// One round of events; the kinds come about as often as on a machine that builds software.
const ROUND: &[&str] = &[
    include_str!("../../tests/golden/process_create.xml"),
    include_str!("../../tests/golden/file_create.xml"),
    include_str!("../../tests/golden/process_terminate.xml"),
    include_str!("../../tests/golden/process_create.xml"),
    include_str!("../../tests/golden/process_terminate.xml"),
    include_str!("../../tests/golden/file_delete.xml"),
    include_str!("../../tests/golden/process_create.xml"),
    include_str!("../../tests/golden/network_connect.xml"),
    include_str!("../../tests/golden/process_terminate.xml"),
    include_str!("../../tests/golden/process_access.xml"),
];

fn main() -> std::io::Result<()> {
    let (path, made) = match std::env::var_os("TUXMON_BENCH_LOG") {
        Some(path) => (PathBuf::from(path), false),
        None => (make_log()?, true),
    };
    let ids = |list: &str| {
        let mut ids = EventIds::NONE;
        ids.insert_list(list).expect("these are events");
        Sieve { ids: Some(ids), ..Sieve::default() }
    };
    report("read only (no parsing, no events)", &path, drain)?;
    report("text, all events", &path, |file| print(file, Format::Text, Sieve::default(), None))?;
    report("text, -e 3", &path, |file| print(file, Format::Text, ids("3"), None))?;
    report("table, all events", &path, |file| print(file, Format::Table, Sieve::default(), None))?;
    report("json, all events", &path, |file| print(file, Format::Json, Sieve::default(), None))?;
    let filter = Some("CommandLine contains no-such-thing");
    report("-f 'CommandLine contains ...'", &path, |file| {
        print(file, Format::Text, Sieve::default(), filter)
    })?;
    if made {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn make_log() -> std::io::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("tuxmon-bench-{}.log", std::process::id()));
    let mut file = BufWriter::new(File::create(&path)?);
    let mut written = 0;
    for record in 0.. {
        let event = ROUND[record % ROUND.len()].trim_end();
        let event = event.replacen(
            "<EventRecordID>17</EventRecordID>",
            &format!("<EventRecordID>{record}</EventRecordID>"),
            1,
        );
        writeln!(file, "Nov 21 05:31:50 vm sysmon: {event}")?;
        written += event.len() + 28;
        if written >= SIZE {
            break;
        }
    }
    file.flush()?;
    Ok(path)
}

fn report(
    name: &str,
    path: &PathBuf,
    run: impl Fn(File) -> std::io::Result<(u64, u64)>,
) -> std::io::Result<()> {
    let size = std::fs::metadata(path)?.len();
    let mut best = f64::MAX;
    let mut came = (0, 0);
    for _ in 0..RUNS {
        let file = File::open(path)?;
        let start = processor_time();
        came = run(file)?;
        best = best.min(processor_time() - start);
    }
    let rate = size as f64 / best / 1e9;
    println!("{name:36} {rate:6.2} GB/s   {:>8} events, {:>10} bytes printed", came.0, came.1);
    Ok(())
}

/// Seconds that this process has had a processor.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn drain(mut file: File) -> std::io::Result<(u64, u64)> {
    let mut buffer = vec![0; 256 * 1024];
    while file.read(&mut buffer)? > 0 {}
    Ok((0, 0))
}

fn print(file: File, format: Format, sieve: Sieve, filter: Option<&str>) -> std::io::Result<(u64, u64)> {
    const FLUSH_AT: usize = 64 * 1024;
    let mut filter = filter.map(|text| FieldFilter::parse(text).expect("it is a filter"));
    let printer = Printer::new(format, None, None, Colour::Never, Zone::Utc);
    let mut nowhere = File::options().write(true).open("/dev/null")?;
    let mut events = Events::new(file, sieve);
    let mut out = String::with_capacity(2 * FLUSH_AT);
    let (mut count, mut bytes) = (0, 0);
    loop {
        match events.next() {
            Item::Event(event) => {
                if filter.as_mut().is_none_or(|filter| filter.passes(&event)) {
                    count += 1;
                    printer.append(&event, &mut out);
                }
            }
            Item::Problem(_) | Item::Pause => {}
            Item::End => break,
        }
        if out.len() >= FLUSH_AT {
            bytes += out.len() as u64;
            nowhere.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    Ok((count, bytes + out.len() as u64))
}

//! What an output lost is told in that same output, to the last line.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tuxmon_host::hash::{Hasher, Limits as HasherLimits};
use tuxmon_pipeline::{Machine, ParkingLimits, Settings, State};
use tuxmon_reader::{ReadEvent, Reader};
use tuxmon_sinks::{Destination, Outcome, Stop};
use tuxmon_wire::BootTime;

use super::*;

/// A place that takes nothing until it is opened.
#[derive(Clone, Default)]
struct Gate {
    open: Arc<AtomicBool>,
    taken: Arc<Mutex<String>>,
}

impl Destination for Gate {
    fn name(&self) -> String {
        "gate".to_owned()
    }

    fn write(&mut self, lines: &[Line]) -> Outcome {
        if !self.open.load(Ordering::SeqCst) {
            return Outcome { finished: 0, stop: Some(Stop::Busy) };
        }
        let mut taken = self.taken.lock().expect("no panic");
        for line in lines {
            taken.push_str(&line.text);
            taken.push('\n');
        }
        Outcome { finished: lines.len(), stop: None }
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) {}

    fn take_torn(&mut self) -> u64 {
        0
    }
}

fn outputs(sinks: Vec<(Form, Sink)>) -> Outputs {
    Outputs {
        working: vec![true; sinks.len()],
        written: BTreeMap::new(),
        batches: batches(&sinks),
        sinks,
        ids: RecordIds::unsaved(),
        started_over: false,
        sizes: FieldSizes::NONE,
        computer: "host".to_owned(),
        process_id: 1,
        user_id: 0,
        additional: Additions::None,
        detection: Detection::off(),
    }
}

fn line_of_nothing() -> Pipeline {
    let config = Config::parse(b"<Sysmon schemaversion='4.90'/>", "test.xml").0.expect("it is well-formed");
    let hasher = Hasher::start(tuxmon_pipeline::wanted_hashes(&config), HasherLimits::default());
    let machine = Machine::of_a_recording(hasher.expect("threads can be started"));
    Pipeline::new(machine, &config, Settings { own_pid: None, parking: ParkingLimits::default() })
}

/// What an agent does once a second.
fn second(at: u64, pipeline: &mut Pipeline, outputs: &mut Outputs) {
    outputs.report(Timestamp(at as i64 * 1_000_000_000), pipeline);
    pipeline.tick(BootTime(at * 1_000_000_000), outputs);
    outputs.hand_over();
}

/// The lines that event 255 tells of, and their numbers that are not there.
fn told_and_missing(text: &str) -> (u64, u64) {
    let events: Vec<ReadEvent> =
        Reader::new(text.as_bytes()).map(|event| event.expect("the lines are whole")).collect();
    let ids: Vec<u64> = events.iter().filter_map(|event| event.system.record_id).collect();
    let missing = ids.windows(2).map(|pair| pair[1] - pair[0] - 1).sum();
    let told = events.iter().filter(|event| event.value("ID") == Some("OutputLost"));
    let count = |event: &ReadEvent| event.value("Description")?.split(' ').next()?.parse::<u64>().ok();
    (told.filter_map(count).sum(), missing)
}

#[test]
fn an_output_that_was_full_to_the_brim_tells_of_every_line_that_it_lacks() {
    let gate = Gate::default();
    let limits = Limits { lines: 64, bytes: 1 << 20 };
    let sink = Sink::start(gate.clone(), limits).expect("a thread");
    let (mut pipeline, mut outputs) = (line_of_nothing(), outputs(vec![(Form::Xml, sink)]));
    for at in 1..=20 {
        for _ in 0..100 {
            pipeline.state_changed(State::Started, &mut outputs);
        }
        pipeline.note(Trouble::EventsLost, &format!("sort {at}"), 1, Timestamp(0), Timestamp(0));
        second(at, &mut pipeline, &mut outputs);
    }
    gate.open.store(true, Ordering::SeqCst);
    for at in 21..=23 {
        outputs.flush(Instant::now() + Duration::from_mins(1));
        second(at, &mut pipeline, &mut outputs);
    }
    outputs.flush(Instant::now() + Duration::from_mins(1));
    pipeline.state_changed(State::Stopped, &mut outputs);
    outputs.flush(Instant::now() + Duration::from_mins(1));
    let text = gate.taken.lock().expect("no panic").clone();
    let (told, missing) = told_and_missing(&text);
    assert!(missing > 1900, "{missing} lines are missing");
    assert_eq!(told, missing, "{text}");
    for at in 1..=20 {
        assert!(
            text.contains(&format!(" of sort {at} from ")),
            "what was to be told then is told: sort {at}"
        );
    }
}

#[test]
fn what_waits_at_the_end_is_counted_for_the_next_agent() {
    let sink = Sink::start(Gate::default(), Limits::default()).expect("a thread");
    let (mut pipeline, mut outputs) = (line_of_nothing(), outputs(vec![(Form::Xml, sink)]));
    for _ in 0..7 {
        pipeline.state_changed(State::Started, &mut outputs);
    }
    let unwritten = outputs.close(Instant::now());
    assert_eq!(unwritten.count, 7);
    assert!(unwritten.first <= unwritten.last && unwritten.first > Timestamp(0), "{unwritten:?}");
}

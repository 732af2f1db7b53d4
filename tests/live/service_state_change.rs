//! Event 4: the agent started, and the agent stopped, which is the last thing it says.

use rustix::process::Signal;
use tuxmon_reader::ReadEvent;

use crate::agent::{EVERYTHING, Home};
use crate::deed::Deed;
use crate::expected::{Expected, Want, compare};
use crate::tests;
use crate::time::Span;
use crate::watch::{patience, read_all};

tests![first_the_configuration_then_started, stopped_is_last_however_it_is_asked];

pub(crate) const DEEDS: &[Deed] = &[];

/// What the agent says of itself.
pub(crate) fn state(state: &str, when: Span) -> Expected {
    let is = |text: &str| Want::Is(text.to_owned());
    Expected {
        id: 4,
        fields: vec![
            ("UtcTime", Want::During(when)),
            ("State", is(state)),
            ("Version", is("1.5.2")),
            ("SchemaVersion", is("4.90")),
        ],
    }
}

fn first_the_configuration_then_started() {
    let home = Home::new(EVERYTHING);
    let (agent, starting) = Span::of(|| home.start());
    let events = read_all(&home.events());
    let ids: Vec<u16> = events.iter().take(2).map(|event| event.system.event_id).collect();
    assert_eq!(ids, [16, 4], "of a new agent: {}", agent.log());
    assert_eq!(events[0].system.record_id, Some(0), "numbers begin at 0");
    matches(&events[1], &state("Started", starting));
}

#[track_caller]
fn matches(event: &ReadEvent, expected: &Expected) {
    if let Err(difference) = compare(&[event], std::slice::from_ref(expected)) {
        panic!("{difference}");
    }
}

fn stopped_is_last_however_it_is_asked() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new(EVERYTHING);
        let mut agent = home.start();
        let (status, stopping) = Span::of(|| {
            agent.signal(signal);
            agent.wait(patience()).expect("it ends")
        });
        assert!(status.success(), "{signal:?}: {status}: {}", agent.log());
        let events = read_all(&home.events());
        matches(events.last().expect("there are some"), &state("Stopped", stopping));
        let stops = events.iter().filter(|event| event.value("State") == Some("Stopped")).count();
        assert_eq!(stops, 1, "{signal:?}");
    }
}

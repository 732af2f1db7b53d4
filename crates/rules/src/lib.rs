//! Decides which events are written, and under which RuleName.
//!
//! [`Rules::compile`] turns a configuration into one program for each event type, twice: filter by filter
//! as it is written, from which [`Rules::explain`] tells why, and as an index of all values with which each
//! field is compared, in which [`Rules::verdict`] looks the event up. Both have the same outcome. The order
//! of evaluation is upstream's to the last filter, because RuleName depends on it; `tests/rules` in the
//! repository teaches it by example.
//!
//! This crate does no IO, asks no clock, cannot fail, and never looks at how an event came about.

mod arrange;
mod certain;
mod comparison;
mod compile;
mod explain;
mod index;
mod literals;
mod marks;
mod program;
mod scratch;
mod test;

use tuxmon_config::Config;
use tuxmon_event::{EVENTS, Event, RuleDefault, Text, spec};

pub use certain::Known;
pub use comparison::Comparison;
pub use explain::{Explanation, Match, Reason};
pub use scratch::Scratch;

use certain::Facts;
use program::Program;

/// Where the values of an event come from.
pub trait FieldSource {
    /// The printed value of the field at a position of the event's fields; `""` when it is absent.
    /// `scratch` is there for values that are not text yet.
    fn text<'a>(&'a self, position: usize, scratch: &'a mut String) -> &'a str;
}

impl FieldSource for Event {
    fn text<'a>(&'a self, position: usize, scratch: &'a mut String) -> &'a str {
        self.value(position).text(scratch)
    }
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is not written.
    Drop,
    /// It is written, with this RuleName.
    Keep {
        /// Empty when no rule with a name matched.
        rule_name: Text,
    },
}

/// A compiled configuration.
pub struct Rules {
    programs: Vec<Program>, // one for each event of EVENTS, in its order
}

impl Rules {
    /// Compiles a configuration.
    pub fn compile(config: &Config) -> Self {
        Self { programs: EVENTS.iter().map(|event| compile::program(config, event)).collect() }
    }

    /// Decides about an event. An id that the schema does not have is dropped.
    ///
    /// Nothing is allocated but the room in `scratch`, which is kept from call to call.
    pub fn verdict<S: FieldSource>(&self, event_id: u16, source: &S, scratch: &mut Scratch) -> Verdict {
        match self.program(event_id) {
            Some(program) => program.verdict(source, scratch),
            None => Verdict::Drop,
        }
    }

    /// Decides about an event and says why.
    pub fn explain<S: FieldSource>(&self, event_id: u16, source: &S, scratch: &mut Scratch) -> Explanation {
        match self.program(event_id) {
            Some(program) => Explanation::of(&program.run(source, scratch)),
            None => Explanation::unknown_event(),
        }
    }

    /// Whether any filter looks at this field: a value that nobody reads need not be made before the
    /// verdict.
    pub fn reads(&self, event_id: u16, position: usize) -> bool {
        self.program(event_id).is_some_and(|program| program.reads(position))
    }

    /// Whether every event of this type of which this is known, by the positions of fields, is dropped, whatever its
    /// other fields are: then nobody needs to make it. An id that the schema does not have is dropped.
    pub fn drops_all(&self, event_id: u16, known: &[(usize, Known<'_>)]) -> bool {
        let folded: Vec<String> = known.iter().map(|(_, known)| known.text().to_ascii_lowercase()).collect();
        let known: Vec<_> =
            known.iter().zip(&folded).map(|((at, known), text)| (*at, known.with_text(text))).collect();
        self.program(event_id).is_none_or(|program| program.drops_all(&Facts(&known)))
    }

    /// Whether no filter of this event passes on these fields, by their positions and values. A field without a value may
    /// have any.
    pub fn fails_all(&self, event_id: u16, fields: &[(usize, Option<&str>)]) -> bool {
        let folded: Vec<_> =
            fields.iter().map(|(at, value)| (*at, value.map(str::to_ascii_lowercase))).collect();
        let fields: Vec<_> = folded.iter().map(|(at, value)| (*at, value.as_deref())).collect();
        self.program(event_id).is_none_or(|program| program.fails_all(&fields))
    }

    fn program(&self, event_id: u16) -> Option<&Program> {
        let place = EVENTS.iter().position(|event| event.id == event_id)?;
        self.programs.get(place)
    }
}

/// Whether the collection of this event is worth its cost under a configuration: it can be written, or
/// other events need what it says.
///
/// Compat: sysmonforlinux.c — ProcessCreate and ProcessTerminate are always collected, the others
/// when any block speaks about them, and FileDeleteDetected never: deletes are event 23. Unlike there, blocks that
/// drop whatever happens (an empty include) collect nothing.
pub fn collects(config: &Config, event_id: u16) -> bool {
    const PROCESS_CREATE: u16 = 1;
    const PROCESS_TERMINATE: u16 = 5;
    const FILE_DELETE_DETECTED: u16 = 26;
    match event_id {
        PROCESS_CREATE | PROCESS_TERMINATE => true,
        FILE_DELETE_DETECTED => false,
        _ => spec(event_id).is_some_and(|event| {
            event.rule_default == RuleDefault::Never
                || (config.blocks_of(event).next().is_some()
                    && !compile::program(config, event).drops_all(&Facts(&[])))
        }),
    }
}

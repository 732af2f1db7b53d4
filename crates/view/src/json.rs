//! The JSON line, as the agent itself writes it: see `tuxmon_render::json`.

use tuxmon_event::{FieldSpec, Kind, spec};
use tuxmon_render::escape;

use crate::event::{Event, is_absent};
use crate::fields::{append_event_name, append_value};

pub(crate) fn append(event: &Event<'_>, out: &mut String) {
    let system = event.system();
    let mut object = Object::open(out);
    object.number("EventID", u64::from(event.id));
    object.name("EventName");
    object.out.push('"');
    append_event_name(event.id, object.out);
    object.out.push('"');
    object.number("EventVersion", u64::from(system.version));
    match system.record_id {
        Some(record_id) => object.number("EventRecordID", record_id),
        None => object.null("EventRecordID"),
    }
    object.text("SystemTime", &system.system_time);
    object.text("Computer", &system.computer);
    object.number("Level", u64::from(system.level));
    object.number("Task", u64::from(system.task));
    object.number("Opcode", u64::from(system.opcode));
    object.text("Keywords", &system.keywords);
    object.text("ProviderName", &system.provider);
    object.text("Channel", &system.channel);
    object.number("ExecutionProcessID", u64::from(system.process_id));
    object.number("ExecutionThreadID", u64::from(system.thread_id));
    object.typed("SecurityUserId", &system.user_id, Kind::Number);
    for (name, value) in event.fields() {
        object.typed(name, value, kind(event.id, name));
    }
    out.push_str("}\n");
}

pub(crate) fn append_some(event: &Event<'_>, shown: &[Vec<&'static str>], out: &mut String) {
    let mut object = Object::open(out);
    let mut value = String::new();
    for spellings in shown {
        value.clear();
        let name = spellings[0];
        if append_value(event, spellings, &mut value) {
            object.typed(name, &value, kind(event.id, name));
        } else {
            object.null(name);
        }
    }
    out.push_str("}\n");
}

/// How the values of a field are printed; a field that the schema does not know is text.
pub(crate) fn kind(id: u16, name: &str) -> Kind {
    if matches!(name, "EventID" | "EventRecordID") {
        return Kind::Number;
    }
    let field = |field: &&FieldSpec| field.name == name;
    spec(id).and_then(|spec| spec.fields.iter().find(field)).map_or(Kind::Text, |field| field.kind)
}

/// An object that is being written.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn open(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        self.out.push('"');
        escape::JSON.append(name, self.out);
        self.out.push_str("\":");
    }

    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.out.push_str(&number.to_string());
    }

    fn null(&mut self, name: &str) {
        self.name(name);
        self.out.push_str("null");
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.typed(name, text, Kind::Text);
    }

    pub(crate) fn typed(&mut self, name: &str, value: &str, kind: Kind) {
        if is_absent(value) {
            return self.null(name);
        }
        self.name(name);
        let bare = match kind {
            Kind::ProcessId | Kind::Number | Kind::Port | Kind::LogonId => is_number(value),
            Kind::Flag | Kind::OptionalFlag => matches!(value, "true" | "false"),
            Kind::Text | Kind::Time | Kind::Guid | Kind::Hex | Kind::Address => false,
        };
        if bare {
            self.out.push_str(value);
            return;
        }
        self.out.push('"');
        escape::JSON.append(value, self.out);
        self.out.push('"');
    }
}

/// Whether JSON takes the text as a number that no reader rounds.
fn is_number(value: &str) -> bool {
    const MOST_DIGITS: usize = 15;
    value.len() <= MOST_DIGITS
        && value.bytes().all(|byte| byte.is_ascii_digit())
        && (value.len() == 1 || !value.starts_with('0'))
}

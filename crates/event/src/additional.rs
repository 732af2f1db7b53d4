//! What can be said of an event's process beyond the fields that the original has.
//!
//! These are no fields of the schema: they stand behind the last one, only when they are asked for, and are the same for
//! every event that names a process. Rules may read them whether they are written or not.

use crate::{EventSpec, FieldSpec, Kind, Schema, Stage, Text};

const fn text(
    name: &'static str,
    ecs: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> FieldSpec {
    FieldSpec { name, kind: Kind::Text, stage: Stage::Host, since: Schema(490), ecs, meaning, example }
}

/// The additional fields, in the order in which they are written.
pub static ADDITIONAL: [FieldSpec; 3] = [
    text(
        "ContainerId",
        "container.id",
        "Id of the container that the process runs in, as its control group names it; empty outside of containers.",
        "4c01db0b339c7d4c3c3e1e0f0e5b0a6c2f0f5f7d8c9b1a2e3d4c5b6a79880716",
    ),
    text(
        "ControlGroup",
        "",
        "Path of the control group (version 2) that the image was started in.",
        "/system.slice/docker-4c01db0b339c.scope",
    ),
    text("SystemdUnit", "", "The service or scope of systemd that the process belongs to.", "sshd.service"),
];

/// The values for one event, in the order of [`ADDITIONAL`]; empty where there is nothing to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additional {
    /// The values.
    pub values: [Text; ADDITIONAL.len()],
}

impl Additional {
    /// The values by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        ADDITIONAL.iter().map(|field| field.name).zip(self.values.iter().map(Text::as_str))
    }
}

impl EventSpec {
    /// Whether the event names the process that acted, so that there is something to add.
    pub fn has_additional(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.name, "ProcessGuid" | "SourceProcessGUID"))
    }

    /// The place of a field that rules may name: its position, or behind the last one for an additional field.
    pub fn place(&self, field: &str) -> Option<usize> {
        let additional = || {
            let at = ADDITIONAL.iter().position(|additional| additional.name == field)?;
            self.has_additional().then_some(self.fields.len() + at)
        };
        self.position(field).or_else(additional)
    }

    /// The field at a place.
    pub fn field_at(&self, place: usize) -> Option<&'static FieldSpec> {
        self.fields.get(place).or_else(|| ADDITIONAL.get(place.checked_sub(self.fields.len())?))
    }
}

#[cfg(test)]
mod tests {
    use crate::{ADDITIONAL, EVENTS};

    #[test]
    fn additional_fields_are_behind_the_last_field_of_events_with_a_process() {
        for event in EVENTS {
            for (at, field) in ADDITIONAL.iter().enumerate() {
                assert_eq!(event.position(field.name), None, "{} has it already", event.name);
                let place = event.has_additional().then_some(event.fields.len() + at);
                assert_eq!(event.place(field.name), place, "{}", event.name);
                if let Some(place) = place {
                    assert_eq!(event.field_at(place), Some(field));
                }
            }
            for (at, field) in event.fields.iter().enumerate() {
                assert_eq!((event.place(field.name), event.field_at(at)), (Some(at), Some(field)));
            }
            assert_eq!(event.field_at(event.fields.len() + ADDITIONAL.len()), None);
        }
        let with: Vec<u16> = EVENTS
            .iter()
            .filter(|event| event.emitted && event.has_additional())
            .map(|event| event.id)
            .collect();
        assert_eq!(with, [1, 3, 5, 9, 10, 11, 23, 100]);
    }
}

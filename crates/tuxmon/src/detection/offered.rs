//! An event on its way to detection, and how rules see it.

use std::ops::Range;

use tuxmon_event::{Additional, Event};
use tuxmon_sigma::{ENVELOPE_FIELDS, Event as Seen, Origin, Product};

/// An event that was written.
pub(super) struct Offered {
    pub(super) event: Event,
    pub(super) additional: Additional,
    pub(super) record_id: u64,
    /// About the memory that it takes, in bytes.
    pub(super) weight: usize,
}

/// Room in which events are laid out, kept from one to the next.
#[derive(Default)]
pub(super) struct Desk {
    /// Values that are no text in the event.
    made: String,
    spans: Vec<Range<usize>>,
}

impl Desk {
    /// Hands the event to `look` as `tuxmon sigma match` would see it in a log.
    pub(super) fn with<T>(
        &mut self,
        offered: &Offered,
        computer: &str,
        look: impl FnOnce(&Seen<'_>) -> T,
    ) -> T {
        let Offered { event, additional, record_id, .. } = offered;
        let Self { made, spans } = self;
        made.clear();
        spans.clear();
        let mut add = |text: &dyn Fn(&mut String)| {
            let start = made.len();
            text(made);
            if made.len() == start {
                // As it stands in the log: rules find the same there.
                made.push('-');
            }
            spans.push(start..made.len());
        };
        for (_, value) in event.values() {
            add(&|out| value.append_to(out));
        }
        add(&|out| out.push_str(&event.id().to_string()));
        add(&|out| out.push_str(&record_id.to_string()));
        let (own, envelope) = spans.split_at(event.spec().fields.len());
        let mut fields: Vec<(&str, &str)> = Vec::with_capacity(own.len() + 12);
        let names = event.spec().fields.iter().map(|field| field.name);
        fields.extend(names.zip(own.iter().map(|span| &made[span.clone()])));
        fields.extend(additional.pairs().filter(|(_, value)| !value.is_empty()));
        let id = &made[envelope[0].clone()];
        let values = [id, tuxmon_render::PROVIDER, tuxmon_render::CHANNEL, computer, computer];
        fields.extend(ENVELOPE_FIELDS.iter().copied().zip(values));
        fields.push(("EventRecordID", &made[envelope[1].clone()]));
        let origin = Origin::Sysmon(Product::Linux, event.id());
        look(&Seen { origin, time: event.utc_time().0.div_euclid(1_000_000), fields: &fields })
    }
}

//! What the kernel side need not send.
//!
//! When the rules drop an event, they are asked once for its image: would they drop every such event of this image,
//! whatever else it says? What they would, the kernel side is told, for the image and for the process, and sends no more
//! of it. Both sides decide the same, because it is the rules that decide for both.

use std::time::Instant;

use hashlink::LruCache;
use tuxmon_event::{Event, Text};
use tuxmon_rules::Rules;
use tuxmon_wire::{Identity, Unwanted};

/// The events that the kernel side can leave out, with the position of their field Image.
const KINDS: [(u16, Unwanted); 4] = [
    (3, Unwanted::NETWORK),
    (9, Unwanted::RAW_DEVICE),
    (11, Unwanted::FILE_CREATE),
    (23, Unwanted::FILE_DELETE),
];

/// Images and processes that are remembered; who is forgotten is asked about again.
const REMEMBERED: usize = 4096;

/// Entries that wait for the source at most; more are told when they come again.
const WAITING_MAX: usize = 1024;

/// A process is told of with its second dropped event, and again with every so many more, because the kernel side
/// forgets when it needs room.
const AGAIN: u32 = 64;

/// Something that the kernel side should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterEntry {
    /// Of processes that execute this image from now on, these deeds are not wanted.
    Image(Text, Unwanted),
    /// Of this process, while it runs the image that it runs.
    Process(Identity, Unwanted),
}

/// What is known to be dropped under the rules in force.
#[derive(Debug)]
pub(crate) struct Filter {
    images: LruCache<Text, Unwanted>,
    /// Dropped events by process.
    dropped: LruCache<Identity, u32>,
    waiting: Vec<FilterEntry>,
    /// Nothing is told before.
    begins: Option<Instant>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            images: LruCache::new(REMEMBERED),
            dropped: LruCache::new(REMEMBERED),
            waiting: Vec::new(),
            begins: None,
        }
    }
}

impl Filter {
    /// One that knows nothing and tells nothing until then.
    pub(crate) fn paused(until: Instant) -> Self {
        Self { begins: Some(until), ..Self::default() }
    }

    /// Takes note of an event that the rules dropped.
    pub(crate) fn dropped(&mut self, rules: &Rules, actor: Identity, event: &Event) {
        if self.begins.is_some_and(|begins| Instant::now() < begins) {
            return;
        }
        let Some((kind, image)) = kind_of(event) else { return };
        let count = self.dropped.entry(actor).or_insert(0);
        *count = count.saturating_add(1);
        let (is_first, is_told) = (*count == 1, *count == 2 || count.is_multiple_of(AGAIN));
        if !is_first && !is_told || self.waiting.len() >= WAITING_MAX {
            return;
        }
        let unwanted = match self.images.get(image) {
            Some(known) => *known,
            None => self.ask(rules, image),
        };
        if is_told && unwanted.contains(kind) {
            self.waiting.push(FilterEntry::Process(actor, unwanted));
        }
    }

    /// What waits to be told.
    pub(crate) fn take(&mut self) -> Vec<FilterEntry> {
        std::mem::take(&mut self.waiting)
    }

    fn ask(&mut self, rules: &Rules, image: &Text) -> Unwanted {
        let unwanted = unwanted(rules, image.as_str());
        self.images.insert(image.clone(), unwanted);
        if unwanted != Unwanted::NOTHING {
            self.waiting.push(FilterEntry::Image(image.clone(), unwanted));
        }
        unwanted
    }
}

/// What the rules drop of an image, whatever else the events say.
fn unwanted(rules: &Rules, image: &str) -> Unwanted {
    let dropped = KINDS.into_iter().filter(|(id, _)| {
        let position = tuxmon_event::spec(*id).and_then(|spec| spec.position("Image"));
        position.is_some_and(|position| rules.drops_all(*id, position, image))
    });
    dropped.fold(Unwanted::NOTHING, |all, (_, kind)| all.and(kind))
}

/// Which deed an event tells of, and of which image.
fn kind_of(event: &Event) -> Option<(Unwanted, &Text)> {
    if let Event::NetworkConnect(event) = event {
        return Some((Unwanted::NETWORK, &event.image));
    }
    if let Event::RawAccessRead(event) = event {
        return Some((Unwanted::RAW_DEVICE, &event.image));
    }
    if let Event::FileCreate(event) = event {
        return Some((Unwanted::FILE_CREATE, &event.image));
    }
    if let Event::FileDelete(event) = event {
        return Some((Unwanted::FILE_DELETE, &event.image));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tuxmon_config::Config;
    use tuxmon_event::{FileDelete, Guid, Timestamp};
    use tuxmon_wire::BootTime;

    use super::*;

    const RULES: &str = "<Sysmon schemaversion='4.90'><EventFiltering>\
        <FileDelete onmatch='exclude'><Image condition='is'>/usr/bin/noisy</Image></FileDelete>\
        <FileCreate onmatch='exclude'><Image condition='begin with'>/usr/</Image></FileCreate>\
        <NetworkConnect onmatch='exclude'><User>root</User></NetworkConnect>\
        </EventFiltering></Sysmon>";

    fn rules() -> Rules {
        let (config, diagnostics) = Config::parse(RULES.as_bytes(), "filter.xml");
        Rules::compile(&config.unwrap_or_else(|| panic!("{diagnostics:?}")))
    }

    fn delete(image: &str) -> Event {
        Event::FileDelete(FileDelete {
            rule_name: Text::EMPTY,
            utc_time: Timestamp(0),
            process_guid: Guid::NIL,
            process_id: 7,
            user: Text::EMPTY,
            image: Text::from(image),
            target_filename: Text::from("/tmp/x"),
            hashes: Text::EMPTY,
            is_executable: None,
            archived: Text::EMPTY,
        })
    }

    fn actor(pid: u32) -> Identity {
        Identity { pid, start: BootTime(1), exec_id: 2 }
    }

    #[test]
    fn an_image_is_told_once_and_a_process_with_its_second_event() {
        let (rules, mut filter) = (rules(), Filter::default());
        let noisy = delete("/usr/bin/noisy");
        // RawAccessRead is dropped too, because no block speaks about it; NetworkConnect is not, for most users.
        let unwanted = Unwanted::FILE_DELETE.and(Unwanted::FILE_CREATE).and(Unwanted::RAW_DEVICE);
        filter.dropped(&rules, actor(7), &noisy);
        assert_eq!(filter.take(), [FilterEntry::Image(Text::from("/usr/bin/noisy"), unwanted)]);
        filter.dropped(&rules, actor(8), &noisy);
        assert_eq!(filter.take(), []);
        filter.dropped(&rules, actor(7), &noisy);
        assert_eq!(filter.take(), [FilterEntry::Process(actor(7), unwanted)]);
        for _ in 2..AGAIN {
            assert_eq!(filter.take(), []);
            filter.dropped(&rules, actor(7), &noisy);
        }
        assert_eq!(filter.take(), [FilterEntry::Process(actor(7), unwanted)]);
    }

    #[test]
    fn what_may_be_wanted_is_not_told() {
        let rules = rules();
        let mut filter = Filter::paused(Instant::now() + Duration::from_hours(1));
        for _ in 0..3 {
            filter.dropped(&rules, actor(7), &delete("/usr/bin/noisy"));
            assert_eq!(filter.take(), []);
        }
        assert_eq!(unwanted(&rules, "/opt/x"), Unwanted::RAW_DEVICE);
    }
}

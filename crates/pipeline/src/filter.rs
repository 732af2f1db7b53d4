//! What the kernel side need not send.
//!
//! When the rules drop an event, they are asked whether they would drop every event that has something in common with
//! it, whatever else it says: the image and its user, the folder or the ending of the file, a port or an address. What
//! they would, the kernel side is told, and sends no more of it. Both sides decide the same, because it is the rules
//! that decide for both.

use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::time::Instant;

use hashlink::{DefaultHashBuilder, LruCache};
use tuxmon_event::{Event, Text};
use tuxmon_rules::{Known, Rules};
use tuxmon_wire::filter::{End, EndKey, NameKey};
use tuxmon_wire::{Identity, Task, Unwanted};

/// The events that the kernel side can leave out.
const KINDS: [(u16, Unwanted); 4] = [
    (NETWORK_CONNECT, Unwanted::NETWORK),
    (9, Unwanted::RAW_DEVICE),
    (FILE_CREATE, Unwanted::FILE_CREATE),
    (FILE_DELETE, Unwanted::FILE_DELETE),
];

const NETWORK_CONNECT: u16 = 3;
const FILE_CREATE: u16 = 11;
const FILE_DELETE: u16 = 23;

/// Images, processes and parts of deeds that are remembered; who is forgotten is asked about again.
const REMEMBERED: usize = 4096;

/// Entries that wait for the source at most; more are told when they come again.
const WAITING_MAX: usize = 1024;

/// A process, a folder and the like are told of with the second dropped event, and again with every so many more,
/// because the kernel side forgets when it needs room.
const AGAIN: u32 = 64;

/// Something that the kernel side should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterEntry {
    /// Everything that was told before does not hold any more.
    Nothing,
    /// Of processes that execute this image from now on, these deeds are not wanted.
    Image(Text, Unwanted),
    /// Of this process, while it runs the image that it runs, for this user.
    Process(Identity, u32, Unwanted),
    /// Of files with this in their path, whoever does it.
    Name(NameKey, Unwanted),
    /// Of connections with this port or address, whoever makes them.
    End(EndKey, Unwanted),
}

/// What is known to be dropped under the rules in force.
#[derive(Debug)]
pub(crate) struct Filter {
    images: LruCache<Text, Unwanted>,
    /// What is not wanted of a process and its user, and dropped events.
    processes: LruCache<(Identity, u32), (Unwanted, u32)>,
    /// Dropped events by what they have in common. Of that only a hash: two that share one are told of too early or too
    /// late, and both truly.
    parts: LruCache<u64, u32>,
    hasher: DefaultHashBuilder,
    /// Which fields rules read; asked once.
    read: Option<Read>,
    waiting: Vec<FilterEntry>,
    /// Nothing is told before.
    begins: Option<Instant>,
    /// How often users had been renamed when this began.
    renamed: Option<u64>,
}

/// Fields that some rule reads: by others no event is dropped.
#[derive(Clone, Copy, Debug)]
struct Read {
    target_filename: bool,
    source_port: bool,
    source_ip: bool,
    destination_port: bool,
    destination_ip: bool,
}

impl Read {
    fn of(rules: &Rules) -> Self {
        let reads = |id, field| position(id, field).is_some_and(|at| rules.reads(id, at));
        Self {
            target_filename: reads(FILE_CREATE, "TargetFilename") || reads(FILE_DELETE, "TargetFilename"),
            source_port: reads(NETWORK_CONNECT, "SourcePort"),
            source_ip: reads(NETWORK_CONNECT, "SourceIp"),
            destination_port: reads(NETWORK_CONNECT, "DestinationPort"),
            destination_ip: reads(NETWORK_CONNECT, "DestinationIp"),
        }
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            images: LruCache::new(REMEMBERED),
            processes: LruCache::new(REMEMBERED),
            parts: LruCache::new(REMEMBERED),
            hasher: DefaultHashBuilder::default(),
            read: None,
            waiting: Vec::new(),
            begins: None,
            renamed: None,
        }
    }
}

impl Filter {
    /// One that knows nothing and tells nothing until then.
    pub(crate) fn paused(until: Instant) -> Self {
        Self { begins: Some(until), ..Self::default() }
    }

    /// Takes note of how often users were renamed: what was decided by a name may be wrong now.
    pub(crate) fn follow(&mut self, renamed: u64) {
        let before = *self.renamed.get_or_insert(renamed);
        if before != renamed {
            *self = Self {
                begins: self.begins,
                renamed: Some(renamed),
                waiting: vec![FilterEntry::Nothing],
                ..Self::default()
            };
        }
    }

    /// Takes note of an event that the rules dropped.
    pub(crate) fn dropped(&mut self, rules: &Rules, actor: &Task, event: &Event) {
        if self.begins.is_some_and(|begins| Instant::now() < begins) || self.waiting.len() >= WAITING_MAX {
            return;
        }
        let Some(Deed { kind, image, user }) = Deed::of(event) else { return };
        let key = (actor.identity, actor.uid);
        let (unwanted, times) = if let Some((unwanted, times)) = self.processes.get_mut(&key) {
            *times = times.saturating_add(1);
            (*unwanted, *times)
        } else {
            let of_user = of_user(rules, image, user).and(unnamed(rules, image, Some(user)));
            let unwanted = self.of_image(rules, image).and(of_user);
            self.processes.insert(key, (unwanted, 1));
            (unwanted, 1)
        };
        let is_unwanted = unwanted.contains(kind);
        if !is_unwanted {
            self.dropped_by_part(rules, event);
        }
        if is_told(times) && (is_unwanted || unwanted.contains(kind.of_unnamed())) {
            self.waiting.push(FilterEntry::Process(key.0, key.1, unwanted));
        }
    }

    /// What waits to be told.
    pub(crate) fn take(&mut self) -> Vec<FilterEntry> {
        std::mem::take(&mut self.waiting)
    }

    fn of_image(&mut self, rules: &Rules, image: &Text) -> Unwanted {
        if let Some(known) = self.images.get(image) {
            return *known;
        }
        let unwanted =
            unwanted(rules, &[("Image", Known::Is(image.as_str()))]).and(unnamed(rules, image, None));
        if unwanted != Unwanted::NOTHING {
            self.waiting.push(FilterEntry::Image(image.clone(), unwanted));
        }
        self.images.insert(image.clone(), unwanted);
        unwanted
    }

    fn dropped_by_part(&mut self, rules: &Rules, event: &Event) {
        let read = *self.read.get_or_insert_with(|| Read::of(rules));
        if let Event::NetworkConnect(event) = event {
            self.port(rules, End::Source, event.source_port, read.source_port);
            self.address(rules, End::Source, event.source_ip, read.source_ip);
            self.port(rules, End::Destination, event.destination_port, read.destination_port);
            self.address(rules, End::Destination, event.destination_ip, read.destination_ip);
        }
        if !read.target_filename {
            return;
        }
        if let Event::FileCreate(event) = event {
            self.names(rules, event.target_filename.as_str());
        }
        if let Event::FileDelete(event) = event {
            self.names(rules, event.target_filename.as_str());
        }
    }

    fn names(&mut self, rules: &Rules, path: &str) {
        let Some(slash) = path.rfind('/') else { return };
        let tell = |key: Option<NameKey>, known| {
            let nobody = [("Image", Known::FailsAll), ("User", Known::FailsAll), ("TargetFilename", known)];
            let unwanted = unwanted(rules, &nobody[2..]).and(unwanted(rules, &nobody).of_unnamed());
            key.filter(|_| unwanted != Unwanted::NOTHING).map(|key| FilterEntry::Name(key, unwanted))
        };
        if self.is_told_of("TargetFilename", &path[..=slash]) {
            let known = Known::In(&path[..=slash]);
            self.waiting.extend(tell(NameKey::folder(&path[..slash]), known));
        }
        let Some(dot) = path[slash..].rfind('.').map(|dot| slash + dot) else { return };
        if self.is_told_of("TargetFilename", &path[dot..]) {
            let known = Known::EndsWith(&path[dot..]);
            self.waiting.extend(tell(NameKey::ending(&path[dot..]), known));
        }
    }

    fn port(&mut self, rules: &Rules, end: End, port: u16, is_read: bool) {
        let field = match end {
            End::Source => "SourcePort",
            End::Destination => "DestinationPort",
        };
        if is_read && self.is_told_of(field, port) {
            let unwanted = unwanted(rules, &[(field, Known::Is(&port.to_string()))]);
            self.tell_end(EndKey::port(end, port), unwanted);
        }
    }

    fn address(&mut self, rules: &Rules, end: End, address: IpAddr, is_read: bool) {
        let field = match end {
            End::Source => "SourceIp",
            End::Destination => "DestinationIp",
        };
        if is_read && self.is_told_of(field, address) {
            let unwanted = unwanted(rules, &[(field, Known::Is(&printed(address)))]);
            self.tell_end(EndKey::address(end, address), unwanted);
        }
    }

    fn tell_end(&mut self, key: EndKey, unwanted: Unwanted) {
        if unwanted != Unwanted::NOTHING {
            self.waiting.push(FilterEntry::End(key, unwanted));
        }
    }

    /// Counts one more event with this value, and says whether the source should be told of it now.
    fn is_told_of(&mut self, field: &'static str, value: impl Hash) -> bool {
        let key = self.hasher.hash_one((field, value));
        let times = self.parts.entry(key).or_insert(0);
        *times = times.saturating_add(1);
        is_told(*times)
    }
}

/// What the rules drop of an image when this user runs it.
fn of_user(rules: &Rules, image: &Text, user: &Text) -> Unwanted {
    unwanted(rules, &[("Image", Known::Is(image.as_str())), ("User", Known::Is(user.as_str()))])
}

/// For which kinds of deeds on files no rule names this image, and this user or anybody.
fn unnamed(rules: &Rules, image: &Text, user: Option<&Text>) -> Unwanted {
    let of_files = KINDS.into_iter().filter(|(id, _)| *id == FILE_CREATE || *id == FILE_DELETE);
    let unnamed = of_files.filter(|(id, _)| {
        let at = |field| position(*id, field).expect("the schema has it");
        let who = [(at("Image"), Some(image.as_str())), (at("User"), user.map(Text::as_str))];
        rules.fails_all(*id, &who)
    });
    unnamed.fold(Unwanted::NOTHING, |all, (_, kind)| all.and(kind.of_unnamed()))
}

fn is_told(times: u32) -> bool {
    times == 2 || times.is_multiple_of(AGAIN)
}

fn position(event_id: u16, field: &str) -> Option<usize> {
    tuxmon_event::spec(event_id)?.position(field)
}

/// What the rules drop when this is known of the fields, whatever else the events say. Only events that have all of the
/// fields that are known are meant.
fn unwanted(rules: &Rules, fields: &[(&str, Known<'_>)]) -> Unwanted {
    let dropped = KINDS.into_iter().filter(|(id, _)| {
        let known: Option<Vec<_>> =
            fields.iter().map(|(field, known)| Some((position(*id, field)?, *known))).collect();
        known.is_some_and(|known| rules.drops_all(*id, &known))
    });
    dropped.fold(Unwanted::NOTHING, |all, (_, kind)| all.and(kind))
}

fn printed(address: IpAddr) -> String {
    let mut text = String::new();
    tuxmon_event::Value::Address(address).append_to(&mut text);
    text
}

/// Which deed an event tells of, and of whom.
struct Deed<'e> {
    kind: Unwanted,
    image: &'e Text,
    user: &'e Text,
}

impl<'e> Deed<'e> {
    fn of(event: &'e Event) -> Option<Self> {
        if let Event::NetworkConnect(event) = event {
            return Some(Self { kind: Unwanted::NETWORK, image: &event.image, user: &event.user });
        }
        if let Event::RawAccessRead(event) = event {
            return Some(Self { kind: Unwanted::RAW_DEVICE, image: &event.image, user: &event.user });
        }
        if let Event::FileCreate(event) = event {
            return Some(Self { kind: Unwanted::FILE_CREATE, image: &event.image, user: &event.user });
        }
        if let Event::FileDelete(event) = event {
            return Some(Self { kind: Unwanted::FILE_DELETE, image: &event.image, user: &event.user });
        }
        None
    }
}

#[cfg(test)]
mod agree;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tuxmon_config::Config;
    use tuxmon_event::{FileDelete, Guid, Timestamp};
    use tuxmon_wire::BootTime;

    use super::*;

    const RULES: &str = "<Sysmon schemaversion='4.90'><EventFiltering>\
        <RuleGroup groupRelation='or'><FileDelete onmatch='exclude'><Image condition='is'>/usr/bin/noisy</Image><User>daemon</User>\
        <TargetFilename condition='begin with'>/var/spool/</TargetFilename>\
        <TargetFilename condition='end with'>.swp</TargetFilename></FileDelete></RuleGroup>\
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

    fn actor(pid: u32) -> Task {
        let identity = Identity { pid, start: BootTime(1), exec_id: 2 };
        Task { identity, uid: 7, ..Task::default() }
    }

    fn process(pid: u32, unwanted: Unwanted) -> FilterEntry {
        FilterEntry::Process(actor(pid).identity, 7, unwanted)
    }

    #[test]
    fn an_image_is_told_once_and_a_process_with_its_second_event() {
        let (rules, mut filter) = (rules(), Filter::default());
        let noisy = delete("/usr/bin/noisy");
        // RawAccessRead is dropped too, because no block speaks about it; NetworkConnect is not, for most users.
        let unwanted = Unwanted::FILE_DELETE.and(Unwanted::FILE_CREATE).and(Unwanted::RAW_DEVICE);
        filter.dropped(&rules, &actor(7), &noisy);
        assert_eq!(filter.take(), [FilterEntry::Image(Text::from("/usr/bin/noisy"), unwanted)]);
        filter.dropped(&rules, &actor(8), &noisy);
        assert_eq!(filter.take(), []);
        filter.dropped(&rules, &actor(7), &noisy);
        assert_eq!(filter.take(), [process(7, unwanted)]);
        for _ in 2..AGAIN {
            assert_eq!(filter.take(), []);
            filter.dropped(&rules, &actor(7), &noisy);
        }
        assert_eq!(filter.take(), [process(7, unwanted)]);
    }

    #[test]
    fn a_user_is_told_with_a_process_and_not_with_an_image() {
        let (rules, mut filter) = (rules(), Filter::default());
        let mut event = delete("/opt/x");
        if let Event::FileDelete(delete) = &mut event {
            delete.user = Text::from("daemon");
        }
        for _ in 0..2 {
            filter.dropped(&rules, &actor(7), &event);
        }
        // Raw devices nobody wants, whoever opens them.
        let of_image = Unwanted::RAW_DEVICE.and(Unwanted::FILE_CREATE.of_unnamed());
        let image = FilterEntry::Image(Text::from("/opt/x"), of_image);
        assert_eq!(filter.take(), [image, process(7, of_image.and(Unwanted::FILE_DELETE))]);
        filter.follow(1);
        assert_eq!(filter.take(), []);
        filter.follow(2);
        assert_eq!(filter.take(), [FilterEntry::Nothing]);
    }

    #[test]
    fn a_folder_and_an_ending_are_told_with_the_second_event() {
        let (rules, mut filter) = (rules(), Filter::default());
        for name in ["/var/spool/a", "/var/spool/b", "/srv/x.swp", "/home/y.swp", "/srv/z"] {
            let mut event = delete("/opt/x");
            if let Event::FileDelete(delete) = &mut event {
                delete.target_filename = Text::from(name);
            }
            filter.dropped(&rules, &actor(7), &event);
        }
        let of_image = Unwanted::RAW_DEVICE.and(Unwanted::FILE_CREATE.of_unnamed());
        let deletes = Unwanted::FILE_DELETE.and(Unwanted::FILE_DELETE.of_unnamed());
        let folder = NameKey::folder("/var/spool").expect("a plain folder");
        let ending = NameKey::ending(".swp").expect("a plain ending");
        assert_eq!(
            filter.take(),
            [
                FilterEntry::Image(Text::from("/opt/x"), of_image),
                FilterEntry::Name(folder, deletes),
                process(7, of_image.and(Unwanted::FILE_DELETE.of_unnamed())),
                FilterEntry::Name(ending, deletes)
            ]
        );
    }

    #[test]
    fn a_folder_is_told_for_those_whom_no_rule_names() {
        let text = "<Sysmon schemaversion='4.90'><EventFiltering><RuleGroup groupRelation='or'>\
            <FileDelete onmatch='include'><Image condition='end with'>wget</Image>\
            <TargetFilename condition='begin with'>/etc/</TargetFilename></FileDelete>\
            </RuleGroup></EventFiltering></Sysmon>";
        let (config, diagnostics) = Config::parse(text.as_bytes(), "filter.xml");
        let rules = Rules::compile(&config.unwrap_or_else(|| panic!("{diagnostics:?}")));
        let (mut filter, deletes) = (Filter::default(), Unwanted::FILE_DELETE.of_unnamed());
        for name in ["/srv/x", "/srv/y"] {
            let mut event = delete("/opt/x");
            if let Event::FileDelete(delete) = &mut event {
                delete.target_filename = Text::from(name);
            }
            filter.dropped(&rules, &actor(7), &event);
        }
        let told = filter.take();
        let folder = NameKey::folder("/srv").expect("a plain folder");
        let of_folder = |entry: &FilterEntry| match entry {
            FilterEntry::Name(key, unwanted) if *key == folder => Some(*unwanted),
            _ => None,
        };
        let of_process = |entry: &FilterEntry| match entry {
            FilterEntry::Process(_, _, unwanted) => Some(*unwanted),
            _ => None,
        };
        for unwanted in [told.iter().find_map(of_folder), told.iter().find_map(of_process)] {
            let unwanted = unwanted.expect("it is told");
            assert!(unwanted.contains(deletes) && !unwanted.contains(Unwanted::FILE_DELETE), "{unwanted:?}");
        }
        assert!(!unnamed(&rules, &Text::from("/usr/bin/wget"), None).contains(deletes));
    }

    #[test]
    fn what_may_be_wanted_is_not_told() {
        let rules = rules();
        let mut filter = Filter::paused(Instant::now() + Duration::from_hours(1));
        for _ in 0..3 {
            filter.dropped(&rules, &actor(7), &delete("/usr/bin/noisy"));
            assert_eq!(filter.take(), []);
        }
        assert_eq!(unwanted(&rules, &[("Image", Known::Is("/opt/x"))]), Unwanted::RAW_DEVICE);
    }
}

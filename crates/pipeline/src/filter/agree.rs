//! The kernel side never leaves out what the rules would keep.
//!
//! The kernel is a model here: its maps, filled with what it is told, and asked with the keys that
//! `tuxmon_wire::filter` makes of a record as the C code does. The live tests ask the real one.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tuxmon_config::{Config, Item};
use tuxmon_event::{CONDITIONS, EVENTS, FileCreate, FileDelete, Guid, Timestamp};
use tuxmon_host::hash::{Algorithms, Hasher, Limits};
use tuxmon_rules::{Scratch, Verdict};
use tuxmon_testing::{Dice, corpus, files_below};
use tuxmon_wire::filter::{EndKey, NameKey, asked_of_name, asked_of_network, asked_of_open};
use tuxmon_wire::{
    BootTime, Direction, File, FileName, FileOpen, NameDeed, Network, OpenDeed, Path, Place, Protocol,
};

use super::*;
use crate::assemble::network_connect;
use crate::machine::Machine;

/// What the kernel side was told.
#[derive(Default)]
struct Kernel {
    images: HashMap<Text, Unwanted>,
    processes: HashMap<(Identity, u32), Unwanted>,
    names: HashMap<NameKey, Unwanted>,
    ends: HashMap<EndKey, Unwanted>,
}

impl Kernel {
    fn take(&mut self, entries: Vec<FilterEntry>) {
        for entry in entries {
            match entry {
                FilterEntry::Nothing => *self = Self::default(),
                FilterEntry::Image(image, unwanted) => drop(self.images.insert(image, unwanted)),
                FilterEntry::Process(process, uid, unwanted) => {
                    self.processes.insert((process, uid), unwanted);
                }
                FilterEntry::Name(key, unwanted) => drop(self.names.insert(key, unwanted)),
                FilterEntry::End(key, unwanted) => drop(self.ends.insert(key, unwanted)),
            }
        }
    }

    /// Whether it would not send the deed.
    fn leaves_out(&self, deed: &Made) -> bool {
        let (task, image) = (&deed.task, &deed.image);
        let has = |found: Option<&Unwanted>| found.is_some_and(|unwanted| unwanted.contains(deed.deeds));
        let of = |found: Option<&Unwanted>| found.copied().unwrap_or_default();
        let who = of(self.images.get(image)).and(of(self.processes.get(&(task.identity, task.uid))));
        who.contains(deed.deeds)
            || deed.names.iter().any(|key| of(self.names.get(key)).by(who).contains(deed.deeds))
            || deed.ends.iter().any(|key| has(self.ends.get(key)))
    }
}

/// A deed as both sides see it.
struct Made {
    task: Task,
    image: Text,
    deeds: Unwanted,
    names: Vec<NameKey>,
    ends: Vec<EndKey>,
    event: Event,
}

const IMAGES: [&str; 4] = ["/usr/bin/make", "/usr/bin/cc1", "/opt/Tool", "/bin/sh"];
const USERS: [&str; 3] = ["root", "daemon", "1000"];
const COMPONENTS: [&str; 9] =
    ["tmp", "Build", "log", "var", "a.o", "B.SWP", "x", "archive.tar.gz", "n\u{e4}me.txt"];
const ADDRESSES: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)),
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1)),
];
const PORTS: [u16; 5] = [22, 53, 80, 443, 40001];

/// A path of a file by its components from the root, as the kernel side writes it.
fn leaf_first(path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for component in path.split('/').filter(|component| !component.is_empty()).rev() {
        bytes.extend_from_slice(component.as_bytes());
        bytes.push(0);
    }
    bytes
}

fn random_path(dice: &mut Dice) -> String {
    let components: Vec<&str> = (0..=dice.below(4)).map(|_| dice.of(&COMPONENTS)).collect();
    format!("/{}", components.join("/"))
}

fn made(machine: &mut Machine, paths: &[String], dice: &mut Dice) -> Made {
    let who = dice.below(IMAGES.len());
    let identity = Identity { pid: who as u32 + 10, start: BootTime(1), exec_id: 1 };
    let uid = dice.below(USERS.len());
    let task = Task { identity, uid: uid as u32, ..Task::default() };
    let (image, user) = (Text::from(IMAGES[who]), Text::from(USERS[uid]));
    if dice.below(3) == 0 {
        return connection(machine, task, image, user, dice);
    }
    let path = if dice.below(2) == 0 { dice.of(paths) } else { random_path(dice) };
    let components = leaf_first(&path);
    let walked = Path { leaf_first: &components, ..Path::default() };
    let mut text = Vec::new();
    walked.append_to(&mut text);
    let target = Text::from(String::from_utf8(text).expect("it was text"));
    let ends = Vec::new();
    if dice.below(2) == 0 {
        let file = File::default();
        let open = FileOpen { task, file, deed: OpenDeed::Created, open_flags: 0, path: walked };
        let (deeds, names) = asked_of_open(&open);
        return Made { task, image: image.clone(), deeds, names, ends, event: created(image, user, target) };
    }
    let place = Place { base: walked, name: b"", exact: true };
    let unlinks = dice.below(2) == 0;
    let deed = if unlinks { NameDeed::Unlink } else { NameDeed::Link };
    let name = FileName { task, deed, call_flags: 0, from: place, to: place, touched: None };
    let (deeds, names) = asked_of_name(&name);
    let event =
        if unlinks { deleted(image.clone(), user, target) } else { created(image.clone(), user, target) };
    Made { task, image, deeds, names, ends, event }
}

fn created(image: Text, user: Text, target_filename: Text) -> Event {
    Event::FileCreate(FileCreate {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: Guid::NIL,
        process_id: 1,
        image,
        target_filename,
        creation_utc_time: Timestamp(0),
        user,
    })
}

fn deleted(image: Text, user: Text, target_filename: Text) -> Event {
    Event::FileDelete(FileDelete {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: Guid::NIL,
        process_id: 1,
        user,
        image,
        target_filename,
        hashes: Text::EMPTY,
        is_executable: None,
        archived: Text::EMPTY,
    })
}

fn connection(machine: &mut Machine, task: Task, image: Text, user: Text, dice: &mut Dice) -> Made {
    let mut end = || SocketAddr::new(dice.of(&ADDRESSES), dice.of(&PORTS));
    let (local, remote) = (end(), end());
    let direction = if dice.below(2) == 0 { Direction::In } else { Direction::Out };
    let network = Network { task, protocol: Protocol::Tcp, direction, local, remote, network_namespace: 1 };
    let (deeds, ends) = asked_of_network(&network);
    let mut event = network_connect(Timestamp(0), machine, &network);
    if let Event::NetworkConnect(event) = &mut event {
        event.image = image.clone();
        event.user = user;
    }
    Made { task, image, deeds, names: Vec::new(), ends, event }
}

/// Deeds that were left out, and deeds that were kept.
#[derive(Default)]
struct Counts {
    left_out: u32,
    kept: u32,
}

/// So many deeds under each configuration.
const DEEDS: usize = 200;

fn check(config: &Config, paths: &[String], machine: &mut Machine, dice: &mut Dice, counts: &mut Counts) {
    let rules = Rules::compile(config);
    let (mut filter, mut kernel, mut scratch) = (Filter::default(), Kernel::default(), Scratch::new());
    for _ in 0..DEEDS {
        let deed = made(machine, paths, dice);
        let left_out = kernel.leaves_out(&deed);
        match rules.verdict(deed.event.spec().id, &deed.event, &mut scratch) {
            Verdict::Keep { .. } => {
                assert!(
                    !left_out,
                    "left out, though it is kept: {:?}\n{}",
                    deed.event,
                    tuxmon_config::dump(config)
                );
                counts.kept += 1;
            }
            Verdict::Drop => {
                counts.left_out += u32::from(left_out);
                if !left_out {
                    filter.dropped(&rules, &deed.task, &deed.event);
                    kernel.take(filter.take());
                }
            }
        }
    }
}

fn machine() -> Machine {
    let hasher = Hasher::start(Algorithms::default(), Limits::default()).expect("threads can be started");
    Machine::of_a_recording(hasher)
}

fn random_value(field: &str, dice: &mut Dice) -> String {
    let whole = match field {
        "Image" => dice.of(&IMAGES).to_owned(),
        "User" => dice.of(&USERS).to_owned(),
        "TargetFilename" => random_path(dice),
        "SourcePort" | "DestinationPort" => dice.of(&PORTS).to_string(),
        _ => printed(dice.of(&ADDRESSES)),
    };
    // A part of it, at either end, so that comparisons of all kinds often succeed.
    let cut = whole.char_indices().map(|(at, _)| at).nth(dice.below(whole.chars().count())).unwrap_or(0);
    match dice.below(6) {
        0 => whole[cut..].to_owned(),
        1 => whole[..cut].to_owned(),
        2 => format!("{whole};{}", &whole[cut..]),
        3 => format!("{}/", whole.rsplit_once('/').map_or("", |(folder, _)| folder)),
        4 => whole.to_ascii_uppercase(),
        _ => whole,
    }
}

fn random_filters(tag: &str, dice: &mut Dice) -> String {
    let fields: &[&str] = if tag == "NetworkConnect" {
        &["Image", "User", "SourcePort", "DestinationPort", "SourceIp", "DestinationIp"]
    } else {
        &["Image", "User", "TargetFilename", "TargetFilename", "TargetFilename"]
    };
    let filters = (0..=dice.below(3)).map(|_| {
        let (field, condition) = (dice.of(fields), dice.of(CONDITIONS));
        format!("<{field} condition='{condition}'>{}</{field}>", random_value(field, dice))
    });
    let filters = filters.collect::<String>();
    if dice.below(3) == 0 { format!("<Rule groupRelation='and'>{filters}</Rule>") } else { filters }
}

fn random_config(dice: &mut Dice) -> Config {
    let mut text = "<Sysmon schemaversion='4.90'><EventFiltering>".to_owned();
    for tag in ["FileCreate", "FileDelete", "NetworkConnect"] {
        for _ in 0..dice.below(3) {
            let onmatch = dice.of(&["exclude", "exclude", "include"]);
            let relation = dice.of(&["or", "or", "and"]);
            let items: String = (0..dice.below(4)).map(|_| random_filters(tag, dice)).collect();
            let _ = write!(
                text,
                "<RuleGroup groupRelation='{relation}'><{tag} onmatch='{onmatch}'>{items}</{tag}></RuleGroup>"
            );
        }
    }
    text.push_str("</EventFiltering></Sysmon>");
    let (config, diagnostics) = Config::parse(text.as_bytes(), "made.xml");
    config.unwrap_or_else(|| panic!("{text}: {diagnostics:?}"))
}

#[test]
fn nothing_is_left_out_that_random_rules_keep() {
    let (mut dice, mut counts, mut machine) =
        (Dice::new(0x9E37_79B9_7F4A_7C15), Counts::default(), machine());
    for _ in 0..600 {
        let config = random_config(&mut dice);
        let paths: Vec<String> = (0..4).map(|_| random_path(&mut dice)).collect();
        check(&config, &paths, &mut machine, &mut dice, &mut counts);
    }
    let Counts { left_out, kept } = counts;
    assert!(left_out > 5000 && kept > 5000, "{left_out} left out, {kept} kept: too few of one of them");
}

#[test]
fn nothing_is_left_out_that_published_configurations_keep() {
    let Some(folder) = corpus("configs") else { return };
    let (mut dice, mut counts, mut machine) =
        (Dice::new(0x2545_F491_4F6C_DD1D), Counts::default(), machine());
    for file in files_below(&folder, ".xml") {
        let bytes = std::fs::read(&file).expect("a readable configuration");
        let (Some(config), _) = Config::parse(&bytes, "real.xml") else { continue };
        let paths = paths_of(&config);
        if !paths.is_empty() {
            check(&config, &paths, &mut machine, &mut dice, &mut counts);
        }
    }
    let Counts { left_out, kept } = counts;
    assert!(left_out > 1000 && kept > 100, "{left_out} left out, {kept} kept: too few of one of them");
}

/// Paths made of what the configuration compares the names of files with.
fn paths_of(config: &Config) -> Vec<String> {
    let mut values = Vec::new();
    for event in EVENTS.iter().filter(|event| event.id == 11 || event.id == 23) {
        for item in config.blocks_of(event).flat_map(|block| &block.items) {
            let filters = match item {
                Item::Filter(filter) => std::slice::from_ref(filter),
                Item::Rule(rule) => &rule.filters,
            };
            let of_names = filters.iter().filter(|filter| filter.field == "TargetFilename");
            values.extend(of_names.flat_map(|filter| filter.value.split(';').map(str::to_owned)));
        }
    }
    let made = values.iter().flat_map(|value| {
        [format!("/{value}"), format!("/{value}/x.tmp"), format!("/srv/x{value}"), format!("/srv/x/{value}y")]
    });
    made.filter(|path| !path.ends_with('/') && !path.contains('\0')).collect()
}

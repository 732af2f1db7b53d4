//! Which indicators an event has.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use tuxmon_event::Network;

use crate::indicator::{Indicator, Kind, domain, host_of, url};
use crate::list::List;

/// Lists made ready to be looked up in.
#[derive(Debug, Default)]
pub struct Indicators {
    lists: Vec<List>,
    /// Hashes, domains and URLs, which cannot be mistaken for each other.
    texts: HashMap<Box<str>, Place>,
    addresses: HashMap<IpAddr, Place>,
    networks: HashMap<Network, Place>,
    /// Each length of networks that there is, the longest first: of networks within each other the smallest speaks.
    lengths: BTreeSet<Reverse<u8>>,
}

/// Where an indicator stands: in which list, and where there.
#[derive(Debug, Clone, Copy)]
struct Place {
    list: u32,
    at: u32,
}

/// An indicator that an event has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The place of the list.
    pub list: usize,
    /// Its name.
    pub source: &'a str,
    /// The indicator.
    pub indicator: &'a Indicator,
    /// The field that has it.
    pub field: &'a str,
    /// What of the field's value it is.
    pub value: String,
}

/// Where to look for what.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Hashes,
    Address,
    Name,
    Words,
}

/// Fields whose values lists speak of. The parent's command line is that of another event.
const FIELDS: &[(&str, Shape)] = &[
    ("Hashes", Shape::Hashes),
    ("Hash", Shape::Hashes),
    ("DestinationIp", Shape::Address),
    ("SourceIp", Shape::Address),
    ("DestinationHostname", Shape::Name),
    ("SourceHostname", Shape::Name),
    ("QueryName", Shape::Name),
    ("CommandLine", Shape::Words),
];

/// Longest text that can be a hash, a name or a word of a command line.
const MAX_WORD: usize = 2048;
/// Most words of a command line that are looked up: those with a dot or a colon in them.
const MAX_WORDS: usize = 512;

impl Indicators {
    /// Makes lists ready. Of a value that several lists have, the first one speaks.
    pub fn new(lists: Vec<List>) -> Self {
        let mut indicators = Self { lists, ..Self::default() };
        let lists = std::mem::take(&mut indicators.lists);
        for (list, at, indicator) in lists.iter().enumerate().flat_map(|(list, own)| {
            own.indicators.iter().enumerate().map(move |(at, indicator)| (list, at, indicator))
        }) {
            let place = Place { list: list as u32, at: at as u32 };
            indicators.add(indicator, place, &lists);
        }
        indicators.lists = lists;
        indicators
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lists.iter().map(|list| list.indicators.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lists.iter().all(|list| list.indicators.is_empty())
    }

    /// The lists.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// The indicators that an event has at this time, in milliseconds since 1970.
    pub fn of_event<'a>(&'a self, fields: &[(&'a str, &str)], now: i64) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        if self.is_empty() {
            return hits;
        }
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            let Some((_, shape)) = FIELDS.iter().find(|(known, _)| known == name) else { continue };
            let mut found = |place: Option<Place>, value: &str| {
                if let Some(hit) = place.and_then(|place| self.hit(place, name, value, now))
                    && !hits.contains(&hit)
                {
                    hits.push(hit);
                }
            };
            match shape {
                Shape::Hashes => {
                    for hash in value.split(',') {
                        let digits = hash.split_once('=').map_or(hash, |(_, digits)| digits);
                        found(self.text(digits), digits);
                    }
                }
                Shape::Address => found(self.address(value), value),
                Shape::Name => found(self.domain(value), value),
                Shape::Words => self.words(value, &mut found),
            }
        }
        hits
    }

    fn hit<'a>(&'a self, place: Place, field: &'a str, value: &str, now: i64) -> Option<Hit<'a>> {
        let list = &self.lists[place.list as usize];
        let indicator = &list.indicators[place.at as usize];
        let list_number = place.list as usize;
        indicator.holds(now).then(|| Hit {
            list: list_number,
            source: &list.source,
            indicator,
            field,
            value: value.to_owned(),
        })
    }

    fn add(&mut self, indicator: &Indicator, place: Place, lists: &[List]) {
        // One that lasts longer speaks for the same value.
        let later = |old: &mut Place| {
            let before = &lists[old.list as usize].indicators[old.at as usize];
            if before.expires.is_some_and(|until| indicator.expires.is_none_or(|new| new > until)) {
                *old = place;
            }
        };
        match indicator.kind {
            Kind::Hash | Kind::Domain | Kind::Url => {
                self.texts.entry(indicator.value.as_str().into()).and_modify(later).or_insert(place);
            }
            Kind::Ip => {
                let Ok(address) = indicator.value.parse() else { return };
                self.addresses.entry(address).and_modify(later).or_insert(place);
            }
            Kind::Cidr => {
                let Ok(network) = indicator.value.parse::<Network>() else { return };
                self.lengths.insert(Reverse(network.length()));
                self.networks.entry(network).and_modify(later).or_insert(place);
            }
        }
    }

    fn text(&self, text: &str) -> Option<Place> {
        if text.len() > MAX_WORD || self.texts.is_empty() {
            return None;
        }
        self.texts.get(text.to_ascii_lowercase().as_str()).copied()
    }

    fn address(&self, text: &str) -> Option<Place> {
        if self.addresses.is_empty() && self.networks.is_empty() {
            return None;
        }
        let address = text.parse::<IpAddr>().ok()?.to_canonical();
        let in_network = || {
            let around = |length: &Reverse<u8>| Network::around(address, length.0);
            self.lengths.iter().filter_map(around).find_map(|network| self.networks.get(&network))
        };
        self.addresses.get(&address).or_else(in_network).copied()
    }

    /// The name, or the nearest one above it.
    fn domain(&self, text: &str) -> Option<Place> {
        if self.texts.is_empty() || text.len() > MAX_WORD {
            return None;
        }
        let name = domain(text)?;
        let mut rest = name.as_str();
        loop {
            if let Some(place) = self.texts.get(rest) {
                return Some(*place);
            }
            rest = rest.split_once('.').map(|(_, above)| above).filter(|above| above.contains('.'))?;
        }
    }

    /// URLs, names and addresses among the words of a command line.
    fn words(&self, line: &str, found: &mut dyn FnMut(Option<Place>, &str)) {
        let is_end = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '|' | ';' | '=' | ',' | '$' | '{' | '}'
                )
        };
        let words = line.split(is_end).filter(|word| word.contains(['.', ':']) && word.len() <= MAX_WORD);
        for word in words.take(MAX_WORDS) {
            if let Some(whole) = url(word) {
                found(self.text_of_url(&whole), word);
                if let Some(host) = host_of(&whole) {
                    found(self.address(host).or_else(|| self.domain(host)), host);
                }
                continue;
            }
            // `user@host:path`, `host:port` and `/dev/tcp/host/port`.
            for part in word.split(['/', '@']) {
                let part = part.trim_matches(['[', ']']);
                let place = self.address(part).or_else(|| {
                    let host = part.split(':').next().unwrap_or_default();
                    self.address(host).or_else(|| self.domain(host))
                });
                found(place, part);
            }
        }
    }

    /// Paths know capitals, so this is not made small.
    fn text_of_url(&self, url: &str) -> Option<Place> {
        self.texts.get(url).copied()
    }
}

impl Hit<'_> {
    /// What it is about, for people.
    pub fn title(&self) -> String {
        let what = match self.indicator.kind {
            Kind::Hash => "Hash",
            Kind::Ip => "Address",
            Kind::Cidr => "Network",
            Kind::Domain => "Domain",
            Kind::Url => "URL",
        };
        match self.indicator.note.as_str() {
            "" => format!("{what} Named by {}", self.source),
            note => format!("{what} Named by {}: {note}", self.source),
        }
    }
}

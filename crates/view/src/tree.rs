//! The forest as text: the whole of it, or the story of one process.

use anstyle::{AnsiColor, Style};
use tuxmon_render::Colour;

use crate::forest::{Forest, Process, Subject};
use crate::safe::append_cut;
use crate::table::styled;
use crate::times::{Zone, append_written_time};

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const EVENT: Style = AnsiColor::Cyan.on_default();
/// Below this depth lines are not indented any further: nobody can read it, and a chain can be very long.
const DEEPEST: usize = 40;
/// Longer command lines are cut, in characters.
const LONGEST_COMMAND: usize = 2000;
/// Width of the names of facts.
const NAME_WIDTH: usize = 17;
/// Length of `YYYY-MM-DD `.
const DATE: usize = 11;

/// Prints a forest.
pub struct Tree<'f> {
    forest: &'f Forest,
    zone: &'f Zone,
    colour: Colour,
    /// Whether all happened on one day, so that the time of day is enough.
    one_day: bool,
}

/// What stands under a process: something it did, or a process it started.
enum Under {
    Row(usize),
    Child(usize),
}

/// A process whose lines are being printed.
struct Level {
    place: usize,
    under: std::vec::IntoIter<Under>,
    /// Stands before each of its lines.
    indent: String,
}

impl<'f> Tree<'f> {
    /// A printer for `forest`.
    pub fn new(forest: &'f Forest, zone: &'f Zone, colour: Colour) -> Self {
        let mut tree = Self { forest, zone, colour, one_day: false };
        let times = forest
            .processes
            .iter()
            .flat_map(|process| process.rows.iter().map(|row| row.time.as_str()).chain([process.since()]));
        let first = times.clone().min().unwrap_or_default();
        let last = times.max().unwrap_or_default();
        tree.one_day = tree.day(first) == tree.day(last);
        tree
    }

    fn day(&self, time: &str) -> String {
        let mut text = String::new();
        append_written_time(time, self.zone, &mut text);
        text.truncate(text.floor_char_boundary(DATE));
        text
    }

    /// Every process, each under the one that started it. `flush` may take what has
    /// been written so far, from time to time.
    pub fn append_all<E>(
        &self,
        out: &mut String,
        mut flush: impl FnMut(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        let processes = &self.forest.processes;
        let mut seen = vec![false; processes.len()];
        let mut order: Vec<usize> = (0..processes.len()).collect();
        // Forged identities can make a circle, in which nobody is without a parent; so all others come after the roots.
        order.sort_by_key(|&place| (processes[place].parent.is_some(), processes[place].since(), place));
        for root in order {
            if !seen[root] {
                self.append_below(root, "", &mut seen, out, &mut flush)?;
            }
        }
        Ok(())
    }

    /// The processes that are meant, each with its ancestors, its facts, what it did and its descendants. `false` when
    /// there is none.
    pub fn append_story<E>(
        &self,
        subject: Subject,
        out: &mut String,
        mut flush: impl FnMut(&mut String) -> Result<(), E>,
    ) -> Result<bool, E> {
        let places = self.forest.find(subject);
        for (number, &place) in places.iter().enumerate() {
            if number > 0 {
                out.push('\n');
            }
            self.append_ancestors(place, out);
            self.append_facts(place, out);
            self.heading("What it did, and what it started", out);
            let mut seen = vec![false; self.forest.processes.len()];
            self.append_below(place, "  ", &mut seen, out, &mut flush)?;
        }
        Ok(!places.is_empty())
    }

    fn append_ancestors(&self, place: usize, out: &mut String) {
        let mut chain = Vec::new();
        let mut at = self.forest.processes[place].parent;
        while let Some(parent) = at.filter(|parent| *parent != place && !chain.contains(parent)) {
            if chain.len() == DEEPEST {
                break;
            }
            chain.push(parent);
            at = self.forest.processes[parent].parent;
        }
        if chain.is_empty() {
            return;
        }
        self.heading("Ancestors", out);
        for (depth, &ancestor) in chain.iter().rev().enumerate() {
            out.push_str("  ");
            (1..depth).for_each(|_| out.push_str("   "));
            out.push_str(if depth > 0 { "└─ " } else { "" });
            self.append_process(&self.forest.processes[ancestor], out);
        }
    }

    fn append_facts(&self, place: usize, out: &mut String) {
        let process = &self.forest.processes[place];
        let time = |time: &str| {
            let mut text = String::new();
            if !time.is_empty() {
                append_written_time(time, self.zone, &mut text);
            }
            text
        };
        self.heading("Process", out);
        let facts = [
            ("Image", process.image.clone()),
            ("ProcessGuid", process.guid.map(|guid| guid.to_string()).unwrap_or_default()),
            ("ProcessId", process.pid.map(|pid| pid.to_string()).unwrap_or_default()),
            ("User", process.user.clone()),
            ("CommandLine", process.command_line.clone()),
            ("CurrentDirectory", process.directory.clone()),
            ("Hashes", process.hashes.clone()),
            ("RuleName", process.rule.clone()),
            ("Started", time(&process.started)),
            ("Ended", time(&process.ended)),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            out.push_str("  ");
            out.push_str(name);
            (name.len()..=NAME_WIDTH).for_each(|_| out.push(' '));
            append_cut(value, usize::MAX, out);
            out.push('\n');
        }
    }

    fn heading(&self, text: &str, out: &mut String) {
        styled(BOLD, self.colour, out, |out| out.push_str(text));
        out.push('\n');
    }

    /// A process and all that is under it, without recursion: a chain of processes can be longer than our stack.
    fn append_below<E>(
        &self,
        root: usize,
        indent: &str,
        seen: &mut [bool],
        out: &mut String,
        flush: &mut impl FnMut(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        seen[root] = true;
        out.push_str(indent);
        self.append_process(&self.forest.processes[root], out);
        let mut levels = vec![self.level(root, indent.to_owned(), seen)];
        while let Some(level) = levels.last_mut() {
            let Some(under) = level.under.next() else {
                levels.pop();
                continue;
            };
            let last = level.under.len() == 0;
            let shallow = level.indent.chars().count() < 3 * DEEPEST;
            out.push_str(&level.indent);
            styled(DIM, self.colour, out, |out| out.push_str(if last { "└─ " } else { "├─ " }));
            match under {
                Under::Row(row) => self.append_row(level.place, row, out),
                Under::Child(child) => {
                    let more = if last { "   " } else { "│  " };
                    let indent =
                        if shallow { format!("{}{more}", level.indent) } else { level.indent.clone() };
                    self.append_process(&self.forest.processes[child], out);
                    levels.push(self.level(child, indent, seen));
                }
            }
            flush(out)?;
        }
        Ok(())
    }

    /// What stands under a process, by time. Children that were printed elsewhere are not printed again.
    fn level(&self, place: usize, indent: String, seen: &mut [bool]) -> Level {
        let process = &self.forest.processes[place];
        let rows = process.rows.iter().enumerate();
        let mut under: Vec<(&str, Under)> =
            rows.map(|(row, what)| (what.time.as_str(), Under::Row(row))).collect();
        for &child in &process.children {
            if !std::mem::replace(&mut seen[child], true) {
                under.push((self.forest.processes[child].since(), Under::Child(child)));
            }
        }
        under.sort_by_key(|(time, _)| *time);
        let under: Vec<Under> = under.into_iter().map(|(_, under)| under).collect();
        Level { place, under: under.into_iter(), indent }
    }

    fn append_process(&self, process: &Process, out: &mut String) {
        self.append_time(process.since(), out);
        let image = if process.image.is_empty() { "?" } else { &process.image };
        styled(BOLD, self.colour, out, |out| append_cut(image, LONGEST_COMMAND, out));
        if let Some(pid) = process.pid {
            out.push('[');
            out.push_str(&pid.to_string());
            out.push(']');
        }
        if !process.user.is_empty() {
            out.push(' ');
            styled(DIM, self.colour, out, |out| append_cut(&process.user, LONGEST_COMMAND, out));
        }
        if !process.command_line.is_empty() {
            out.push_str("  ");
            append_cut(&process.command_line, LONGEST_COMMAND, out);
        }
        if !process.rule.is_empty() {
            out.push_str("  [");
            append_cut(&process.rule, LONGEST_COMMAND, out);
            out.push(']');
        }
        out.push('\n');
    }

    fn append_row(&self, place: usize, row: usize, out: &mut String) {
        let row = &self.forest.processes[place].rows[row];
        self.append_time(&row.time, out);
        let (name, about) = row.text.split_once(' ').unwrap_or((&row.text, ""));
        styled(EVENT, self.colour, out, |out| out.push_str(name));
        if !about.is_empty() {
            out.push(' ');
            out.push_str(about);
        }
        out.push('\n');
    }

    fn append_time(&self, time: &str, out: &mut String) {
        styled(DIM, self.colour, out, |out| {
            let start = out.len();
            append_written_time(time, self.zone, out);
            if self.one_day && out.len() - start > DATE {
                out.drain(start..start + DATE);
            }
        });
        out.push(' ');
    }
}

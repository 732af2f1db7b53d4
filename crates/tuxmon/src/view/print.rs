//! From events to what is shown.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use tuxmon_render::Colour;
use tuxmon_view::{
    Event, Events, FieldFilter, Forest, Format, Item, Printer, Problem, Reason, Shown, Sieve, Stats, Subject,
    Tree, Zone,
};

use super::screen::{Screen, is_watched};

/// What is printed is handed on in pieces of this size.
const PIECE: usize = 64 * 1024;
/// So many problems of an input are told one by one; the others are counted.
const TOLD: u64 = 3;

/// What is asked for.
pub(super) struct View {
    pub(super) sieve: Sieve,
    pub(super) filters: Vec<FieldFilter>,
    pub(super) what: What,
    /// Only so many events, the last ones.
    pub(super) last: Option<usize>,
    pub(super) follow: bool,
    pub(super) format: Format,
    pub(super) shown: Shown,
    pub(super) colour: Colour,
    pub(super) zone: Zone,
}

/// What becomes of the events.
pub(super) enum What {
    /// Each is printed.
    Events,
    /// The tree of processes.
    Tree,
    /// The story of a process.
    Story(Subject),
    /// Counts by these fields.
    Stats(Vec<Vec<&'static str>>),
}

/// Where events end.
enum Gathered {
    Nothing,
    Forest(Forest),
    Stats(Stats),
}

/// The output of one call.
pub(super) struct Output {
    view: View,
    screen: Screen,
    printer: Printer,
    out: String,
    gathered: Gathered,
    /// The last events, printed, where only they are asked for.
    last: Option<VecDeque<String>>,
    /// What there is to say on the standard error at the end.
    remarks: Vec<String>,
}

impl Output {
    pub(super) fn new(view: View, screen: Screen) -> Self {
        let printer =
            Printer::new(view.format, view.shown.clone(), view.sieve.ids, view.colour, view.zone.clone());
        let printer = if is_watched() { printer.narrow() } else { printer };
        let gathered = match &view.what {
            What::Events => Gathered::Nothing,
            What::Tree | What::Story(_) => Gathered::Forest(Forest::new()),
            What::Stats(fields) => Gathered::Stats(Stats::new(fields.clone())),
        };
        let last = view.last.map(|_| VecDeque::new());
        Self { view, screen, printer, out: String::new(), gathered, last, remarks: Vec::new() }
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    /// Prints what stands above events. In a pipe a table has no heading: every line is an event.
    pub(super) fn heading(&mut self) {
        let wanted = match self.view.format {
            Format::Csv => true,
            Format::Table => is_watched(),
            Format::Text | Format::Json | Format::Xml => false,
        };
        if wanted && matches!(self.gathered, Gathered::Nothing) {
            self.printer.append_heading(&mut self.out);
        }
    }

    /// Takes the events of one input. `caught_up` tells of a growing file that all of it was read.
    pub(super) fn read(
        &mut self,
        name: &str,
        input: Box<dyn Read>,
        caught_up: &Cell<bool>,
    ) -> io::Result<()> {
        let mut events = Events::new(input, self.view.sieve.clone());
        let mut told = 0;
        loop {
            match events.next() {
                Item::Event(event) => self.take(&event)?,
                Item::Problem(problem) => {
                    told += 1;
                    if told <= TOLD || matches!(problem.reason, Reason::Input(_)) {
                        self.remark(name, &problem);
                    }
                }
                Item::Pause => {
                    if caught_up.get() {
                        self.release_last();
                    }
                    if self.view.follow {
                        self.write_out()?;
                    }
                }
                Item::End => break,
            }
        }
        let counts = events.counts();
        if told > TOLD {
            self.remarks.push(format!(
                "{name}: {} pieces of events were skipped, {} of them cut off before </Event>",
                counts.problems, counts.truncated
            ));
        }
        Ok(())
    }

    fn remark(&mut self, name: &str, problem: &Problem) {
        let remark = format!("{name}: {problem}");
        if self.view.follow { eprintln!("tuxmon view: {remark}") } else { self.remarks.push(remark) }
    }

    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        if !self.view.filters.iter_mut().all(|filter| filter.passes(event)) {
            return Ok(());
        }
        match (&mut self.gathered, &mut self.last, self.view.last) {
            (Gathered::Forest(forest), ..) => forest.add(event),
            (Gathered::Stats(stats), ..) => stats.add(event),
            (Gathered::Nothing, Some(last), Some(most)) => {
                let mut printed =
                    if last.len() >= most { last.pop_front().unwrap_or_default() } else { String::new() };
                printed.clear();
                self.printer.append(event, &mut printed);
                if most > 0 {
                    last.push_back(printed);
                }
            }
            (Gathered::Nothing, ..) => {
                self.printer.append(event, &mut self.out);
                if self.out.len() >= PIECE {
                    self.write_out()?;
                }
            }
        }
        Ok(())
    }

    /// The last events are known: they are printed, and from now on every event.
    fn release_last(&mut self) {
        for printed in self.last.take().into_iter().flatten() {
            self.out.push_str(&printed);
        }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.screen.write_all(self.out.as_bytes())?;
        self.out.clear();
        self.screen.flush()
    }

    /// Prints what was gathered, and what there is to say about the input.
    pub(super) fn finish(mut self, read: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
        self.release_last();
        let shown = self.show_gathered();
        let written = shown.and_then(|code| self.write_out().map(|()| code));
        let closed = self.screen.finish();
        for remark in &self.remarks {
            eprintln!("tuxmon view: {remark}");
        }
        read?;
        let code = written?;
        closed?;
        Ok(code)
    }

    fn show_gathered(&mut self) -> io::Result<ExitCode> {
        let Self { view, screen, out, gathered, remarks, .. } = self;
        let mut flush = |out: &mut String| {
            if out.len() >= PIECE {
                screen.write_all(out.as_bytes())?;
                out.clear();
            }
            Ok::<(), io::Error>(())
        };
        match gathered {
            Gathered::Nothing => {}
            Gathered::Stats(stats) => {
                stats.append(view.format, &view.zone, view.colour, out);
                if stats.left_out() > 0 {
                    remarks.push(format!(
                        "{} events are in no line: there are too many combinations",
                        stats.left_out()
                    ));
                }
            }
            Gathered::Forest(forest) => {
                let tree = Tree::new(forest, &view.zone, view.colour);
                if forest.left_out() > 0 {
                    remarks.push(format!(
                        "{} events are left out: there are too many; use --since",
                        forest.left_out()
                    ));
                }
                if let What::Story(subject) = view.what {
                    if !tree.append_story(subject, out, &mut flush)? {
                        remarks.push("no event speaks about this process".to_owned());
                        return Ok(ExitCode::FAILURE);
                    }
                } else {
                    tree.append_all(out, &mut flush)?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

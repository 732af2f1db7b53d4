//! A story as a page that needs nothing else, and runs nothing: branches fold without a script.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::show::{time, word};
use super::{Process, Role, Story};
use crate::answer::visible;

/// How it looks; light or dark, as its reader has it.
const STYLE: &str = include_str!("page.css");

/// The story as a page.
pub fn html(story: &Story) -> String {
    let children = story.children();
    let title = escaped(&title(story));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style></head><body>\n\
         <h1>{title}</h1>\n<p>{}</p>\n",
        escaped(&summary(story))
    );
    // Those that only took up what the story left, and of whose own beginning nothing is known.
    let is_elsewhere =
        |root: &usize| story.processes[*root].role == Role::Consequence && children[*root].is_empty();
    let (elsewhere, here): (Vec<usize>, Vec<usize>) = story.roots().partition(is_elsewhere);
    trees(story, &children, &here, &mut out);
    if !elsewhere.is_empty() {
        out.push_str("<h2>Where it went on</h2>\n");
        trees(story, &children, &elsewhere, &mut out);
    }
    if story.left_out > 0 {
        let _ = writeln!(out, "<p>{} more processes were left out</p>", story.left_out);
    }
    out.push_str("</body></html>\n");
    out
}

/// What it is the story of.
fn title(story: &Story) -> String {
    let mut subjects = story.processes.iter().filter(|process| process.role == Role::Subject);
    let Some(first) = subjects.next() else { return "Nothing is known".to_owned() };
    let more = subjects.count();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("Story of {} {}{more}", visible(&first.image), who(first))
}

/// How much it tells of, and from when to when.
fn summary(story: &Story) -> String {
    let machines: BTreeSet<&str> = story.processes.iter().map(|process| process.computer.as_str()).collect();
    let times = || {
        let deeds = story.processes.iter().flat_map(|process| process.deeds.iter().map(|deed| deed.time));
        story.processes.iter().filter_map(|process| process.started).chain(deeds)
    };
    let counted =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut text = format!(
        "{} on {}",
        counted(story.processes.len(), "process", "processes"),
        counted(machines.len(), "machine", "machines")
    );
    if let (Some(first), Some(last)) = (times().min(), times().max()) {
        let _ = write!(text, ", {} to {} UTC", time(Some(first)), time(Some(last)));
    }
    text
}

/// Processes with what descends from them.
fn trees(story: &Story, children: &[Vec<usize>], roots: &[usize], out: &mut String) {
    out.push_str("<ul>\n");
    // What is still to be written, in an own stack: a chain of processes may be longer than ours is deep.
    let mut waiting: Vec<Step> = roots.iter().rev().map(|root| Step::Process(*root)).collect();
    while let Some(step) = waiting.pop() {
        match step {
            Step::Process(place) => {
                let is_leaf = children[place].is_empty();
                let folds =
                    if is_leaf && !did_anything(&story.processes[place]) { " class=\"leaf\"" } else { "" };
                append_process(story, place, folds, out);
                if is_leaf {
                    out.push_str("</details></li>\n");
                } else {
                    out.push_str("<ul>\n");
                    waiting.push(Step::EndOfChildren);
                    waiting.extend(children[place].iter().rev().map(|child| Step::Process(*child)));
                }
            }
            Step::EndOfChildren => out.push_str("</ul></details></li>\n"),
        }
    }
    out.push_str("</ul>\n");
}

enum Step {
    Process(usize),
    EndOfChildren,
}

/// One process with its deeds; `folds` is what is to be said of an entry with nothing below it.
fn append_process(story: &Story, place: usize, folds: &str, out: &mut String) {
    let process = &story.processes[place];
    let known = format!("{} {}", process.guid, process.hashes);
    let _ = write!(
        out,
        "<li id=\"p{place}\" class=\"{}\"><details open{folds}><summary><time>{}</time> <b title=\"{}\">{}</b>",
        word(process.role),
        time(process.started),
        escaped(&visible(known.trim())),
        escaped(&visible(&process.image))
    );
    if !process.command.is_empty() && process.command != process.image {
        let _ = write!(out, " <code>{}</code>", escaped(&visible(&process.command)));
    }
    let _ = write!(out, " <span class=\"who\">{}</span>", escaped(&who(process)));
    if let Some(entry) = &process.entry {
        let _ = write!(out, " <span class=\"entry\">◀ {}</span>", escaped(&visible(entry)));
    }
    out.push_str("</summary>\n");
    append_deeds(story, process, out);
}

fn append_deeds(story: &Story, process: &Process, out: &mut String) {
    if !did_anything(process) {
        return;
    }
    out.push_str("<div class=\"deeds\">");
    for deed in &process.deeds {
        let (at, about) = (time(Some(deed.time)), escaped(&visible(&deed.about)));
        let _ = write!(
            out,
            "<div class=\"deed\"><time>{at}</time> <b>{}</b> <span class=\"about\">{about}</span>",
            deed.event
        );
        for next in &deed.leads_to {
            let process = &story.processes[*next];
            let _ = write!(
                out,
                " <a href=\"#p{next}\">→ {} {} {}</a>",
                time(process.started),
                escaped(&visible(&process.image)),
                escaped(&who(process))
            );
        }
        out.push_str("</div>\n");
    }
    if process.more_deeds > 0 {
        let _ = write!(out, "<div class=\"deed\">… and {} more deeds</div>", process.more_deeds);
    }
    out.push_str("</div>\n");
}

fn did_anything(process: &Process) -> bool {
    !process.deeds.is_empty() || process.more_deeds > 0
}

/// `PID@HOST`, and the user where he is known.
fn who(process: &Process) -> String {
    let pid = process.pid.map_or("?".to_owned(), |pid| pid.to_string());
    let text = format!("{pid}@{} {}", visible(&process.computer), visible(&process.user));
    text.trim_end().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

//! A story as text, JSON, and a graph for Graphviz.

use std::fmt::Write as _;

use serde_json::{Value, json as object};
use tuxmon_event::Timestamp;

use super::{Process, Role, Story};
use crate::answer::visible;

/// The story as an indented text.
pub fn tree(story: &Story) -> String {
    let children = story.children();
    let mut out = String::new();
    for root in story.roots() {
        if story.processes[root].role != Role::Consequence || !children[root].is_empty() {
            branch(story, &children, root, 0, &mut out);
        }
    }
    if story.left_out > 0 {
        let _ = writeln!(out, "… {} more processes were left out", story.left_out);
    }
    out
}

fn branch(story: &Story, children: &[Vec<usize>], top: usize, depth: usize, out: &mut String) {
    // An own stack: a chain of processes may be longer than ours is deep.
    let mut waiting = vec![(top, depth)];
    while let Some((place, depth)) = waiting.pop() {
        let process = &story.processes[place];
        let indent = "  ".repeat(depth);
        let mark = if process.role == Role::Subject { "▶ " } else { "" };
        let _ = writeln!(out, "{indent}{mark}{}", line(process));
        for deed in &process.deeds {
            let _ = writeln!(
                out,
                "{indent}    {}  {} {}",
                time(Some(deed.time)),
                deed.event,
                visible(&deed.about)
            );
            for next in &deed.leads_to {
                let _ = writeln!(out, "{indent}      → {}", line(&story.processes[*next]));
            }
        }
        if process.more_deeds > 0 {
            let _ = writeln!(out, "{indent}    … and {} more deeds", process.more_deeds);
        }
        waiting.extend(children[place].iter().rev().map(|child| (*child, depth + 1)));
    }
}

/// A process in a line.
fn line(process: &Process) -> String {
    let command = if process.command.is_empty() { &process.image } else { &process.command };
    let pid = process.pid.map_or("?".to_owned(), |pid| pid.to_string());
    let mut text = format!("{}  {}", time(process.started), visible(command));
    let _ = write!(text, "  [{} {pid}@{}", visible(&process.image), visible(&process.computer));
    if !process.user.is_empty() {
        let _ = write!(text, " {}", visible(&process.user));
    }
    text.push(']');
    if let Some(entry) = &process.entry {
        let _ = write!(text, "  ◀ {}", visible(entry));
    }
    text
}

pub(super) fn time(millis: Option<i64>) -> String {
    millis.map_or("(before it was watched)".to_owned(), |millis| {
        Timestamp(millis.saturating_mul(1_000_000)).utc_time()
    })
}

/// The story as one JSON object.
pub fn json(story: &Story) -> Value {
    let processes: Vec<Value> = story.processes.iter().map(|process| value(story, process)).collect();
    object!({ "processes": processes, "left_out": story.left_out })
}

fn value(story: &Story, process: &Process) -> Value {
    let guid = |place: &usize| story.processes[*place].guid.clone();
    let known = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let deeds: Vec<Value> = process
        .deeds
        .iter()
        .map(|deed| {
            let leads_to: Vec<String> = deed.leads_to.iter().map(guid).collect();
            object!({ "UtcTime": time(Some(deed.time)), "EventName": deed.event, "about": deed.about, "leads_to": leads_to })
        })
        .collect();
    object!({
        "ProcessGuid": process.guid,
        "Computer": process.computer,
        "ProcessId": process.pid,
        "Image": known(&process.image),
        "CommandLine": known(&process.command),
        "User": known(&process.user),
        "Hashes": known(&process.hashes),
        "started": process.started.map(|millis| time(Some(millis))),
        "ended": process.ended.map(|millis| time(Some(millis))),
        "ParentProcessGuid": process.parent.as_ref().map(guid),
        "role": word(process.role),
        "entry": process.entry,
        "deeds": deeds,
        "more_deeds": process.more_deeds,
    })
}

pub(super) fn word(role: Role) -> &'static str {
    match role {
        Role::Subject => "subject",
        Role::Ancestor => "ancestor",
        Role::Descendant => "descendant",
        Role::Consequence => "consequence",
    }
}

/// The story as a graph in the language of Graphviz.
pub fn dot(story: &Story) -> String {
    let mut out =
        "digraph story {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\", fontsize=10];\n"
            .to_owned();
    for (place, process) in story.processes.iter().enumerate() {
        let name = process.image.rsplit('/').next().unwrap_or_default();
        let pid = process.pid.map_or("?".to_owned(), |pid| pid.to_string());
        let mut label = format!("{}\n{pid}@{}", visible(name), visible(&process.computer));
        if let Some(entry) = &process.entry {
            let _ = write!(label, "\n{}", visible(entry));
        }
        let style = if process.role == Role::Subject { ", penwidth=3" } else { "" };
        let _ = writeln!(out, "  p{place} [label={}{style}];", quoted(&label));
    }
    for (place, process) in story.processes.iter().enumerate() {
        if let Some(parent) = process.parent {
            let _ = writeln!(out, "  p{parent} -> p{place};");
        }
        for (number, deed) in process.deeds.iter().enumerate() {
            let label = quoted(&format!("{}\n{}", deed.event, visible(&deed.about)));
            let _ = writeln!(
                out,
                "  p{place}d{number} [shape=note, label={label}];\n  p{place} -> p{place}d{number} [style=dotted];"
            );
            for next in &deed.leads_to {
                let _ = writeln!(out, "  p{place}d{number} -> p{next} [style=bold];");
            }
        }
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

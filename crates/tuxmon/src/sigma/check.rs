//! `tuxmon sigma check`: what became of every rule.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use tuxmon_sigma::{Outcome, Report};

use super::rules;

/// Say of every rule: compiled, not applicable and why, or broken with file, line and reason
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0 when no rule is broken, 1 when one is; with --strict also when one is not applicable or has a remark.

Examples:
  tuxmon sigma check rules/linux                           every rule below a folder
  tuxmon sigma check --json rules/linux > answer.json      the same for machines
  tuxmon sigma check --placeholders site.yml rules         with the values that %name% stands for")]
pub(crate) struct Args {
    /// Files of rules, or folders
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,

    /// YAML with a list of values for each placeholder
    #[arg(long, value_name = "FILE")]
    placeholders: Option<PathBuf>,

    /// A rule that is not applicable, or has a remark, also makes the exit code 1
    #[arg(long)]
    strict: bool,

    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Checks the rules.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let placeholders = rules::placeholders(args.placeholders.as_deref())?;
    let (_, reports) = rules::read(&args.rules)?.compile(&placeholders);
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        print_json(&reports, &mut out)?;
    } else {
        print_text(&reports, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::from(exit_code(&reports, args.strict)))
}

fn exit_code(reports: &[Report], strict: bool) -> u8 {
    let fails = |report: &Report| match &report.outcome {
        Outcome::Broken(_) => true,
        Outcome::NotApplicable(_) => strict,
        Outcome::Compiled { remarks, .. } => strict && !remarks.is_empty(),
    };
    u8::from(reports.iter().any(fails))
}

fn print_text(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let mut counts = [0usize; 3];
    for report in reports {
        let place = format!("{}:{}", report.file, report.line);
        let title = shown(&report.about.title);
        match &report.outcome {
            Outcome::Compiled { events, remarks } => {
                counts[0] += 1;
                let events: Vec<String> = events.iter().map(u16::to_string).collect();
                let events =
                    if events.is_empty() { String::new() } else { format!(", events {}", events.join(" ")) };
                writeln!(out, "{}: compiled{events}: {title}", shown(&place))?;
                for remark in remarks {
                    writeln!(out, "  remark: {}", shown(remark))?;
                }
            }
            Outcome::NotApplicable(reason) => {
                counts[1] += 1;
                writeln!(out, "{}: not applicable: {title}\n  {}", shown(&place), shown(reason))?;
            }
            Outcome::Broken(fault) => {
                counts[2] += 1;
                writeln!(out, "{fault}")?;
            }
        }
    }
    let [compiled, not_applicable, broken] = counts;
    writeln!(out, "{compiled} compiled, {not_applicable} not applicable, {broken} broken")
}

fn print_json(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    for (place, report) in reports.iter().enumerate() {
        let (outcome, events, remarks, reason, line) = match &report.outcome {
            Outcome::Compiled { events, remarks } => {
                ("compiled", events.as_slice(), remarks.as_slice(), None, report.line)
            }
            Outcome::NotApplicable(reason) => {
                ("not applicable", &[][..], &[][..], Some(reason.as_str()), report.line)
            }
            Outcome::Broken(fault) => {
                ("broken", &[][..], &[][..], Some(fault.message.as_str()), fault.line as usize)
            }
        };
        let one = json!({
            "file": report.file,
            "line": line,
            "id": report.about.id,
            "title": report.about.title,
            "author": report.about.author,
            "level": report.about.level.map(tuxmon_sigma::Level::word),
            "techniques": report.about.techniques(),
            "outcome": outcome,
            "events": events,
            "remarks": remarks,
            "reason": reason,
        });
        write!(out, "{}{one}", if place == 0 { "[\n" } else { ",\n" })?;
    }
    writeln!(out, "{}", if reports.is_empty() { "[]" } else { "\n]" })
}

/// Text of a rule, which must not command a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    tuxmon_render::escape::TERMINAL.append(text, &mut shown);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(text: &str) -> Vec<Report> {
        let mut files = tuxmon_sigma::RuleFiles::default();
        files.add("r.yml", text);
        files.compile(&tuxmon_sigma::Placeholders::new()).1
    }

    const RULE: &str = "title: T\nlogsource: {product: linux, category: process_creation}\ndetection: {a: {Image: x}, condition: a}\n";

    #[test]
    fn exit_codes_are_those_of_the_help() {
        assert_eq!(exit_code(&reports(RULE), true), 0);
        let elsewhere = RULE.replace("linux", "windows");
        assert_eq!(exit_code(&reports(&elsewhere), false), 0);
        assert_eq!(exit_code(&reports(&elsewhere), true), 1);
        assert_eq!(exit_code(&reports("title: T"), false), 1);
    }

    #[test]
    fn every_rule_has_a_line_for_people_and_an_object_for_machines() {
        let text = format!("{RULE}---\n{}---\nno: rule\n", RULE.replace("linux", "windows"));
        let reports = reports(&text);
        let mut out = Vec::new();
        print_text(&reports, &mut out).expect("a Vec takes everything");
        expect_test::expect![[r#"
            r.yml:1: compiled, events 1: T
            r.yml:5: not applicable: T
              its events are of product windows, ours of product linux
            r.yml:9:1: error: this is no Sigma rule: it has no detection, correlation or filter [not-a-rule]
            1 compiled, 1 not applicable, 1 broken
        "#]]
        .assert_eq(&String::from_utf8(out).expect("it is text"));
        let mut out = Vec::new();
        print_json(&reports, &mut out).expect("a Vec takes everything");
        let read: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
        let outcomes: Vec<_> =
            read.as_array().expect("an array").iter().map(|one| one["outcome"].as_str()).collect();
        assert_eq!(outcomes, [Some("compiled"), Some("not applicable"), Some("broken")]);
    }
}

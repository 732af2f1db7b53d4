//! `tuxmon attack-map`: which ATT&CK techniques a configuration and Sigma rules can see.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};
use tuxmon_config::{Config, Item, OnMatch};
use tuxmon_event::{EVENTS, EventSpec, RuleDefault};
use tuxmon_sigma::{Engine, Level, Outcome, Placeholders, Report};

use crate::check;
use crate::service::layout::{Layout, ServiceName};
use crate::sigma::{rules, shown};

/// Show which ATT&CK techniques the configuration and Sigma rules can see
///
/// A technique is seen by the rules of the configuration that name it, and by the Sigma rules that have it as
/// a tag and whose events the configuration lets through. Seeing one way of doing it is not seeing all.
#[derive(clap::Args)]
#[command(after_help = "\
Exit code: 0, 1 when a Sigma rule is broken, 87 when the configuration is refused.

Examples:
  tuxmon attack-map                                        the installed agent's configuration
  tuxmon attack-map --config my.xml rules/linux            a configuration with Sigma rules
  tuxmon attack-map --navigator rules > layer.json         a layer for the ATT&CK Navigator")]
pub(crate) struct Args {
    /// Files of Sigma rules, or folders
    #[arg(value_name = "RULES")]
    rules: Vec<PathBuf>,

    /// The configuration; without it that of the installed agent
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print a layer for the ATT&CK Navigator
    #[arg(long, conflicts_with = "json")]
    navigator: bool,

    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// What sees a technique.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sight {
    /// What the configuration calls it.
    name: Option<String>,
    /// Rules of the configuration that name it.
    config_rules: usize,
    /// Titles of Sigma rules with their level.
    sigma_rules: BTreeSet<(String, Option<Level>)>,
    /// Titles of Sigma rules whose events the configuration drops.
    blind_rules: BTreeSet<String>,
    /// Names of the event types by which it is seen.
    events: BTreeSet<&'static str>,
}

impl Sight {
    fn is_seen(&self) -> bool {
        self.config_rules > 0 || !self.sigma_rules.is_empty()
    }
}

type Map = BTreeMap<String, Sight>;

/// Shows the map.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let installed = || Layout::new(Path::new("/"), ServiceName::original()).configuration();
    let file = args.config.clone().unwrap_or_else(installed);
    if args.config.is_none() && !file.exists() {
        bail!("{}: no agent is installed here; name a configuration with --config", file.display());
    }
    let (config, diagnostics) = check::read(&file);
    let Some(config) = config else {
        check::print(&diagnostics)?;
        return Ok(ExitCode::from(check::REFUSED));
    };
    let mut map = Map::new();
    add_config(&config, &mut map);
    let mut broken = false;
    if !args.rules.is_empty() {
        let (engine, reports) = rules::read(&args.rules)?.compile(&Placeholders::new());
        broken = tell_broken(&reports);
        add_rules(&config, &engine, &reports, &mut map);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if args.navigator {
        writeln!(out, "{:#}", layer(&map))?;
    } else if args.json {
        writeln!(out, "{:#}", json_of(&map))?;
    } else {
        print(&map, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(broken)))
}

fn tell_broken(reports: &[Report]) -> bool {
    let mut broken = false;
    for report in reports {
        if let Outcome::Broken(fault) = &report.outcome {
            eprintln!("{fault}");
            broken = true;
        }
    }
    broken
}

/// Adds what the names of the configuration's rules say. What is excluded is not seen.
fn add_config(config: &Config, map: &mut Map) {
    for block in config.blocks.iter().filter(|block| block.onmatch == OnMatch::Include) {
        let event = tuxmon_event::spec(block.event_id);
        let Some(event) = event.filter(|event| event.emitted) else { continue };
        for item in &block.items {
            let names: BTreeSet<&str> = match item {
                Item::Filter(filter) => filter.rule_name.iter().map(AsRef::as_ref).collect(),
                Item::Rule(rule) => {
                    let of_filters = rule.filters.iter().filter_map(|filter| filter.rule_name.as_deref());
                    of_filters.chain(rule.name.as_deref()).collect()
                }
            };
            for name in names {
                for technique in techniques(name) {
                    let sight = map.entry(technique).or_default();
                    sight.config_rules += 1;
                    sight.events.insert(event.name);
                    if sight.name.is_none() {
                        sight.name = technique_name(name);
                    }
                }
            }
        }
    }
}

/// Adds Sigma rules, those apart whose events are never written.
fn add_rules(config: &Config, engine: &Engine, reports: &[Report], map: &mut Map) {
    for report in reports {
        let Outcome::Compiled { events, .. } = &report.outcome else { continue };
        let written: Vec<&EventSpec> = EVENTS
            .iter()
            .filter(|event| events.contains(&event.id) && can_be_written(config, event))
            .collect();
        // Correlations are seen through the rules that they refer to.
        let is_correlation =
            engine.correlations().iter().any(|rule| rule.file == report.file && rule.line == report.line);
        for technique in report.about.techniques() {
            let sight = map.entry(technique).or_default();
            if written.is_empty() && !is_correlation {
                sight.blind_rules.insert(report.about.title.clone());
            } else {
                sight.sigma_rules.insert((report.about.title.clone(), report.about.level));
                // A rule for every event is about whichever its fields belong to.
                if written.len() <= 3 {
                    sight.events.extend(written.iter().map(|event| event.name));
                }
            }
        }
    }
}

/// Whether a configuration lets any event of this type through.
fn can_be_written(config: &Config, event: &EventSpec) -> bool {
    let has = |onmatch| config.blocks_of(event).any(|block| block.onmatch == onmatch);
    match event.rule_default {
        RuleDefault::Never => true,
        RuleDefault::Include | RuleDefault::Exclude if has(OnMatch::Include) => {
            config.has_include_rules(event)
        }
        RuleDefault::Include | RuleDefault::Exclude if has(OnMatch::Exclude) => true,
        RuleDefault::Include => true,
        RuleDefault::Exclude => false,
    }
}

/// The ids of techniques in a rule's name, in whichever form its author writes them.
fn techniques(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let mut found: Vec<String> = Vec::new();
    for (start, _) in name.match_indices('T') {
        let follows_word = start > 0 && bytes[start - 1].is_ascii_alphanumeric();
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        if follows_word || digits(start + 1) != 4 {
            continue;
        }
        let has_part = bytes.get(start + 5) == Some(&b'.') && digits(start + 6) == 3;
        let id = &name[start..start + if has_part { 9 } else { 5 }];
        if !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    found
}

/// What stands behind `technique_name=`.
fn technique_name(name: &str) -> Option<String> {
    let (_, behind) = name.split_once("technique_name=").or_else(|| name.split_once("TechniqueName="))?;
    let name = behind.split(",technique_").next().unwrap_or(behind).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn print(map: &Map, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:<10} {:>6} {:>5} {:<13} {:<36} EVENTS",
        "TECHNIQUE", "CONFIG", "SIGMA", "LEVEL", "NAME"
    )?;
    for (technique, sight) in map {
        let level = sight.sigma_rules.iter().filter_map(|(_, level)| *level).max();
        let events: Vec<&str> = sight.events.iter().copied().collect();
        let blind = match sight.blind_rules.len() {
            0 => String::new(),
            count => format!("  ({count} Sigma rules are blind: the configuration drops their events)"),
        };
        let line = format!(
            "{technique:<10} {:>6} {:>5} {:<13} {:<36} {}{blind}",
            sight.config_rules,
            sight.sigma_rules.len(),
            level.map_or("-", Level::word),
            shown(sight.name.as_deref().unwrap_or("-")),
            events.join(" ")
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    let seen = map.values().filter(|sight| sight.is_seen()).count();
    writeln!(out, "{seen} techniques are seen, {} only by rules that are blind", map.len() - seen)
}

fn json_of(map: &Map) -> Value {
    let one = |(technique, sight): (&String, &Sight)| {
        let rules: Vec<Value> = sight
            .sigma_rules
            .iter()
            .map(|(title, level)| json!({"title": title, "level": level.map(Level::word)}))
            .collect();
        json!({
            "technique": technique,
            "name": sight.name,
            "config_rules": sight.config_rules,
            "sigma_rules": rules,
            "blind_sigma_rules": sight.blind_rules,
            "events": sight.events,
        })
    };
    map.iter().map(one).collect()
}

/// A layer of the Navigator, format 4.5: the score is how many rules see a technique.
fn layer(map: &Map) -> Value {
    let count = |sight: &Sight| sight.config_rules + sight.sigma_rules.len();
    let techniques: Vec<Value> = map
        .iter()
        .map(|(technique, sight)| {
            let seen = sight.sigma_rules.iter().map(|(title, _)| format!("Sigma: {title}"));
            let blind = sight.blind_rules.iter().map(|title| format!("Sigma, blind: {title}"));
            let of_config = format!("{} rules of the configuration", sight.config_rules);
            let comment = std::iter::once(of_config).chain(seen).chain(blind).collect::<Vec<_>>().join("\n");
            json!({
                "techniqueID": technique,
                "score": count(sight),
                "comment": comment,
                "enabled": true,
                "showSubtechniques": technique.contains('.'),
            })
        })
        .collect();
    json!({
        "name": "tuxmon",
        "description": "What the configuration and the Sigma rules can see",
        "domain": "enterprise-attack",
        "versions": {"layer": "4.5", "navigator": "5.1.0"},
        "filters": {"platforms": ["Linux"]},
        "gradient": {
            "colors": ["#ffffff", "#8ec843"],
            "minValue": 0,
            "maxValue": map.values().map(count).max().unwrap_or(1).max(1),
        },
        "techniques": techniques,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_found_in_every_form() {
        for (name, ids) in [
            ("technique_id=T1059.004,technique_name=Unix Shell", vec!["T1059.004"]),
            ("MitreRef='T1218','Technique=''", vec!["T1218"]),
            ("T1060,RunKey", vec!["T1060"]),
            ("T1003.001 and T1003, T1003.001", vec!["T1003.001", "T1003"]),
            ("technique_id=1086", vec![]),
            ("AT1003", vec![]),
            ("T10035", vec![]),
            ("T1003.1", vec!["T1003"]),
        ] {
            assert_eq!(techniques(name), ids, "{name}");
        }
    }

    #[test]
    fn the_corpus_of_rule_names_is_read_as_expected() {
        let Some(corpus) = tuxmon_testing::corpus("attack/rulename_corpus.json") else { return };
        let text = std::fs::read_to_string(corpus).expect("it is text");
        let cases: Value = serde_json::from_str(&text).expect("it is JSON");
        for case in cases.as_array().expect("a list of names") {
            let name = case["rule_name"].as_str().expect("text");
            assert_eq!(json!(techniques(name)), case["technique_ids"], "{name}");
        }
    }

    const RULES: &str = "title: A\ntags: [attack.t1059]\nlevel: high\nlogsource: {product: linux, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n---\n\
        title: B\ntags: [attack.t1071.001]\nlogsource: {product: linux, category: network_connection}\ndetection: {s: {Image: x}, condition: s}\n";

    fn map() -> Map {
        let xml = "<Sysmon schemaversion='4.90'><EventFiltering>\
            <ProcessCreate onmatch='include'><Image name='technique_id=T1059,technique_name=Interpreter' condition='is'>x</Image></ProcessCreate>\
            <NetworkConnect onmatch='include'/></EventFiltering></Sysmon>";
        let config = Config::parse(xml.as_bytes(), "c.xml").0.expect("it loads");
        let mut files = tuxmon_sigma::RuleFiles::default();
        files.add("r.yml", RULES);
        let (engine, reports) = files.compile(&Placeholders::new());
        let mut map = Map::new();
        add_config(&config, &mut map);
        add_rules(&config, &engine, &reports, &mut map);
        map
    }

    #[test]
    fn rules_whose_events_are_dropped_are_blind() {
        let mut out = Vec::new();
        print(&map(), &mut out).expect("a Vec takes everything");
        expect_test::expect![[r#"
            TECHNIQUE  CONFIG SIGMA LEVEL         NAME                                 EVENTS
            T1059           1     1 high          Interpreter                          ProcessCreate
            T1071.001       0     0 -             -                                      (1 Sigma rules are blind: the configuration drops their events)
            1 techniques are seen, 1 only by rules that are blind
        "#]]
        .assert_eq(&String::from_utf8(out).expect("it is text"));
    }

    #[test]
    fn a_layer_has_what_the_navigator_asks_for() {
        let layer = layer(&map());
        assert_eq!(layer["domain"], "enterprise-attack");
        assert_eq!(layer["versions"]["layer"], "4.5");
        let scores: Vec<_> =
            layer["techniques"].as_array().expect("a list").iter().map(|one| &one["score"]).collect();
        assert_eq!(scores, [2, 0]);
    }
}

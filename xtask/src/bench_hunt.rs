//! `cargo xtask bench-hunt`: questions to `tuxmon-hunt` and rules of Sigma, beside what somebody without it would do with
//! the same events on the same machine in the same run: grep with sort and uniq, jq, DuckDB, and for Sigma what sigma-cli
//! makes of the rules for SQLite. Each answer is compared; docs/hunting.md has a table of a run.
//!
//! `--prepare` makes the events and everything else that is not measured.

mod contest;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};

use self::contest::{Contest, Contestant};

/// Measure tuxmon-hunt beside grep, jq, DuckDB and sigma-cli with SQLite
#[derive(clap::Args)]
pub struct Args {
    /// How many events the log has
    #[arg(long, default_value_t = 500_000)]
    events: u64,
    /// How many of them the Sigma rules are shown: SQLite holds them in memory
    #[arg(long, default_value_t = 100_000)]
    sigma_events: u64,
    /// The folder with the programs tuxmon and tuxmon-hunt
    #[arg(long, value_name = "FOLDER")]
    programs: PathBuf,
    /// The folder with the programs of DuckDB and sigma-cli: a virtual environment of Python's
    #[arg(long, value_name = "FOLDER")]
    environment: PathBuf,
    /// Make what is needed, and measure nothing
    #[arg(long)]
    prepare: bool,
    /// How often each is measured: the best counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

/// What all of them work on.
struct Field<'a> {
    args: &'a Args,
    /// Where it lies.
    folder: PathBuf,
    /// Rules for Linux of the test data, where it is here.
    rules: Option<PathBuf>,
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> Result<ExitCode> {
    let folder = crate::guest::folder("bench-hunt");
    fs::create_dir_all(&folder)?;
    let rules = tuxmon_testing::corpus("sigma/rules/rules/linux");
    let field = Field { args, folder, rules };
    field.prepare()?;
    if args.prepare {
        return Ok(ExitCode::SUCCESS);
    }
    let mut contests = Vec::new();
    if field.rules.is_some() {
        // First, while no child of ours has been large.
        let sigma = field.sigma();
        shell(&sigma.contestants[0].script)?;
        println!("{}: {:.0} MB at most\n", sigma.contestants[0].name, contest::most_memory()?);
        contests.push(sigma);
    } else {
        println!("SKIP sigma: the test data is not here (TUXMON_CORPORA names its folder)");
    }
    contests.extend([field.import(), field.images()]);
    let (address, hash) = (field.address()?, field.hash()?);
    contests.extend([field.address_of(&address), field.spread_of(&hash)]);
    let mut good = true;
    for contest in &contests {
        let (text, same) = contest.hold(args.rounds)?;
        println!("{text}");
        good &= same;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Field<'_> {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn program(&self, name: &str) -> String {
        self.args.programs.join(name).display().to_string()
    }

    fn hunt(&self) -> String {
        format!("{} --store {}", self.program("tuxmon-hunt"), self.path("store.sqlite"))
    }

    fn duck(&self, sql: &str) -> String {
        let python = self.args.environment.join("bin/python3");
        let script = crate::root().join("tests/contenders/duck.py");
        format!("{} {} {} \"{sql}\"", python.display(), script.display(), self.path("events.duckdb"))
    }

    /// The log, the same as JSON lines, and the rules as SQL.
    fn prepare(&self) -> Result<()> {
        let made_of = self.folder.join("made-of");
        let recipe = format!("{} {}", self.args.events, self.args.sigma_events);
        if fs::read_to_string(&made_of).is_ok_and(|text| text == recipe) {
            return Ok(());
        }
        let xtask = std::env::current_exe()?.display().to_string();
        let (log, json) = (self.path("events.xml"), self.path("events.json"));
        let (few, few_log) = (self.path("few.json"), self.path("few.xml"));
        let events = self.args.events;
        shell(&format!("{xtask} log --events {events} --to {log}"))?;
        shell(&format!("{} view --format json {log} >{json}", self.program("tuxmon")))?;
        let real = tuxmon_testing::corpus("logs/upstream_real_1.3.3.log");
        let real = real.map(|path| path.display().to_string()).unwrap_or_default();
        shell(&format!("{{ head -n {} {log}; cat {real} </dev/null; }} >{few_log}", self.args.sigma_events))?;
        shell(&format!("{} view --format json {few_log} >{few} 2>{few}.said", self.program("tuxmon")))?;
        if let Some(rules) = &self.rules {
            self.convert(rules)?;
        }
        fs::write(made_of, recipe)?;
        Ok(())
    }

    /// The rules that sigma-cli can convert, as SQL and as they are.
    fn convert(&self, rules: &Path) -> Result<()> {
        let sigma = self.args.environment.join("bin/sigma").display().to_string();
        let converted = self.path("rules.json");
        shell(&format!(
            "{sigma} convert --target sqlite --format zircolite --pipeline sysmon --skip-unsupported {} --output {converted} 2>&1",
            rules.display()
        ))?;
        let converted: serde_json::Value = serde_json::from_str(&fs::read_to_string(converted)?)?;
        let ids = converted.as_array().context("an array of rules")?.iter();
        let ids: Vec<&str> = ids.filter_map(|rule| rule["id"].as_str()).collect();
        let same = self.folder.join("rules");
        if same.exists() {
            fs::remove_dir_all(&same)?;
        }
        fs::create_dir(&same)?;
        for id in ids {
            let (folder, to) = (rules.display(), same.display());
            shell(&format!("cp $(grep -rlF 'id: {id}' {folder}) {to}"))?;
        }
        Ok(())
    }

    /// Making ready what is asked later.
    fn import(&self) -> Contest {
        let (log, json, store) =
            (self.path("events.xml"), self.path("events.json"), self.path("store.sqlite"));
        let sql = format!("CREATE OR REPLACE TABLE events AS SELECT * FROM '{json}'");
        Contest {
            question: format!("make ready, {} events", self.args.events),
            contestants: vec![
                Contestant::new(
                    "tuxmon-hunt ingest",
                    format!("rm -f {store}*; {} ingest --quiet {log}", self.hunt()),
                ),
                Contestant::new("DuckDB, a table of the JSON", self.duck(&sql)),
            ],
        }
    }

    /// Count by Image and Hashes.
    fn images(&self) -> Contest {
        let json = self.path("events.json");
        let counted = "sort | uniq -c | awk '{ n = $1; sub(/^ *[0-9]+ /, \"\"); print n \"\\t\" $0 }' | sort";
        let sql = |from: &str| {
            format!("SELECT count(*), Image, Hashes FROM {from} WHERE EventID = 1 GROUP BY Image, Hashes")
        };
        let ours = "SELECT sum(count), Image, Hashes FROM image_days GROUP BY Image, Hashes";
        Contest {
            question: "count by Image and Hashes".to_owned(),
            contestants: vec![
                Contestant::new(
                    "tuxmon-hunt",
                    format!("{} sql --format csv '{ours}' | tail -n +2 | {COMMAS} | sort", self.hunt()),
                ),
                Contestant::new(
                    "grep, sed, sort, uniq",
                    format!(
                        "grep -F '\"EventID\":1,' {json} | \
                         sed 's/.*\"Image\":\"\\([^\"]*\\)\".*\"Hashes\":\"\\([^\"]*\\)\".*/\\1\\t\\2/' | {counted}"
                    ),
                ),
                Contestant::new(
                    "jq, sort, uniq",
                    format!("jq -r 'select(.EventID == 1) | [.Image, .Hashes] | @tsv' {json} | {counted}"),
                ),
                Contestant::new("DuckDB on the JSON", self.duck(&sql(&format!("'{json}'"))) + " | sort"),
                Contestant::new("DuckDB on its table", self.duck(&sql("events")) + " | sort"),
            ],
        }
    }

    /// How many connections an address has.
    fn address_of(&self, address: &str) -> Contest {
        let json = self.path("events.json");
        let sql = |from: &str| {
            format!(
                "SELECT count(*) FROM {from} WHERE EventID = 3 AND (DestinationIp = '{address}' AND Initiated OR SourceIp = '{address}' AND NOT Initiated)"
            )
        };
        let chosen = format!(
            "select(.EventID == 3 and (if .Initiated then .DestinationIp else .SourceIp end) == \"{address}\")"
        );
        Contest {
            question: format!("connections with {address}"),
            contestants: vec![
                Contestant::new(
                    "tuxmon-hunt run address",
                    format!(
                        "{} run address --param address={address} --format csv | awk -F, 'NR > 1 {{ n += $(NF-2) }} END {{ print n }}'",
                        self.hunt()
                    ),
                ),
                Contestant::new(
                    "grep",
                    format!(
                        "grep -F '\"EventID\":3,' {json} | grep -cE '\"Initiated\":true,.*\"DestinationIp\":\"{address}\"|\"Initiated\":false,.*\"SourceIp\":\"{address}\"'"
                    ),
                ),
                Contestant::new("jq", format!("jq -c '{chosen}' {json} | wc -l")),
                Contestant::new("DuckDB on the JSON", self.duck(&sql(&format!("'{json}'")))),
                Contestant::new("DuckDB on its table", self.duck(&sql("events"))),
            ],
        }
    }

    /// Where and when a hash was seen first, machine after machine.
    fn spread_of(&self, hash: &str) -> Contest {
        let json = self.path("events.json");
        let sql = |from: &str| {
            format!(
                "SELECT Computer, count(*) FROM {from} WHERE Hashes LIKE '%{hash}%' GROUP BY Computer ORDER BY min(SystemTime), Computer"
            )
        };
        let counted = "sort | uniq -c | awk '{ print $2 \"\\t\" $1 }' | sort";
        Contest {
            question: "machines that saw a hash".to_owned(),
            contestants: vec![
                Contestant::new(
                    "tuxmon-hunt run spread",
                    format!(
                        "{} run spread --param hash={hash} --format csv | awk -F, 'NR > 1 {{ print $2 \"\\t\" $NF }}' | sort",
                        self.hunt()
                    ),
                ),
                Contestant::new(
                    "grep, sed, sort, uniq",
                    format!(
                        "grep -F {hash} {json} | sed 's/.*\"Computer\":\"\\([^\"]*\\)\".*/\\1/' | {counted}"
                    ),
                ),
                Contestant::new(
                    "jq, sort, uniq",
                    format!(
                        "jq -r 'select(.Hashes // \"\" | contains(\"{hash}\")) | .Computer' {json} | {counted}"
                    ),
                ),
                Contestant::new("DuckDB on the JSON", self.duck(&sql(&format!("'{json}'"))) + " | sort"),
                Contestant::new("DuckDB on its table", self.duck(&sql("events")) + " | sort"),
            ],
        }
    }

    /// The same Sigma rules over the same events: how often each matched.
    fn sigma(&self) -> Contest {
        let (few, log, rules) = (self.path("few.json"), self.path("few.xml"), self.path("rules"));
        let python = self.args.environment.join("bin/python3").display().to_string();
        let script = crate::root().join("tests/contenders/sigma.py").display().to_string();
        // The count, the level, the title and its authors in brackets.
        let counts = "sed -n 's/^ *\\([0-9]\\+\\)  [a-z]\\+ *\\(.*\\) (by .*)$/\\1\\t\\2/p' | sort";
        let sql = self.path("rules.json");
        let program = self.program("tuxmon");
        let matched =
            |file: &str| format!("{program} sigma match --count {rules} {file} 2>{file}.said | {counts}");
        Contest {
            question: format!("Sigma, {} events", self.args.sigma_events),
            contestants: vec![
                Contestant::new("tuxmon sigma match on the XML", matched(&log)),
                Contestant::new("tuxmon sigma match on the JSON", matched(&few)),
                Contestant::new(
                    "sigma-cli's SQL on SQLite in memory",
                    format!("{python} {script} {few} {sql} 2>{few}.sql | sort"),
                ),
            ],
        }
    }

    /// An address in the middle of those that were seen.
    fn address(&self) -> Result<String> {
        self.said("SELECT RemoteIp FROM peer_days GROUP BY 1 ORDER BY sum(count), 1 LIMIT 1 OFFSET (SELECT count(DISTINCT RemoteIp) FROM peer_days) / 2")
    }

    /// A hash of a program that most machines have.
    fn hash(&self) -> Result<String> {
        self.said("SELECT hash FROM hashes ORDER BY hosts DESC, hash LIMIT 1")
    }

    /// What the store says, where it exists.
    fn said(&self, sql: &str) -> Result<String> {
        let store = self.folder.join("store.sqlite");
        if !store.exists() {
            shell(&format!("{} ingest --quiet {}", self.hunt(), self.path("events.xml")))?;
        }
        let said = shell(&format!("{} sql --format csv '{sql}'", self.hunt()))?;
        Ok(said.lines().nth(1).context("the store has none")?.trim().to_owned())
    }
}

/// Comma-separated values with two commas at most, of which the last column may have more in quotes, as tab-separated ones.
const COMMAS: &str = "sed 's/^\\([0-9]*\\),\\([^,]*\\),/\\1\\t\\2\\t/; s/\\t\"\\(.*\\)\"$/\\t\\1/'";

/// Runs a script that must succeed, and returns what it printed.
fn shell(script: &str) -> Result<String> {
    let mut command = Command::new("bash");
    command.env("LC_ALL", "C").args(["-euo", "pipefail", "-c", script]);
    let ran = command.output().context("cannot run bash")?;
    if !ran.status.success() {
        bail!("{script}: {}: {}", ran.status, String::from_utf8_lossy(&ran.stderr).trim());
    }
    ensure!(ran.stdout.len() < 64 << 20, "{script} says too much");
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

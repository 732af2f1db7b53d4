//! What a verdict costs: `cargo bench -p tuxmon-rules`.
//!
//! Twelve events as they come about on a server are judged by published configurations and by made ones of
//! growing size: by `verdict`, and by `explain`, which asks the filters one by one. Published configurations
//! are read from the corpora (`TUXMON_CORPORA`, `../shared/corpora` beside the repository otherwise) and left
//! out when they are absent. The table also counts allocations: a verdict must make none.
//!
//! Instructions, which depend on nothing else that runs: `--test` runs everything once, and
//!
//! ```sh
//! valgrind --tool=callgrind --toggle-collect='*judge_round*' PROGRAM --test 'verdict.*sysmon-modular'
//! ```
//!
//! counts those of one round of twelve events, made right after another one.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use tuxmon_config::Config;
use tuxmon_event::spec;
use tuxmon_rules::{FieldSource, Rules, Scratch, Verdict};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Where the rules come from.
const CONFIGS: &[&str] = &[
    "default",
    "published mstic",
    "published swiftonsecurity",
    "published sysmon-modular",
    "made 100",
    "made 1000",
    "made 10000",
];

#[divan::bench(args = CONFIGS)]
fn verdict(bencher: Bencher, name: &str) {
    let Some(rules) = rules(name) else { return };
    let events = events();
    let mut scratch = Scratch::new();
    judge_warm(&rules, &events, &mut scratch);
    bencher
        .counter(ItemsCount::new(events.len()))
        .bench_local(|| judge_round(black_box(&rules), black_box(&events), &mut scratch));
}

#[divan::bench(args = CONFIGS)]
fn explain(bencher: Bencher, name: &str) {
    let Some(rules) = rules(name) else { return };
    let events = events();
    let mut scratch = Scratch::new();
    bencher
        .counter(ItemsCount::new(events.len()))
        .bench_local(|| explain_round(black_box(&rules), black_box(&events), &mut scratch));
}

#[divan::bench(args = CONFIGS)]
fn compile(bencher: Bencher, name: &str) {
    let Some(config) = config(name) else { return };
    bencher.bench_local(|| Rules::compile(black_box(&config)));
}

#[inline(never)]
fn explain_round(rules: &Rules, events: &[Made], scratch: &mut Scratch) -> usize {
    let explained = events.iter().map(|event| rules.explain(event.id, event, scratch));
    explained.filter(|explanation| explanation.keep).count()
}

/// The one whose instructions are counted.
#[inline(never)]
fn judge_round(rules: &Rules, events: &[Made], scratch: &mut Scratch) -> usize {
    count_kept(rules, events, scratch)
}

/// The same in a function that is not counted.
#[inline(never)]
fn judge_warm(rules: &Rules, events: &[Made], scratch: &mut Scratch) -> usize {
    black_box(count_kept(rules, events, scratch))
}

fn count_kept(rules: &Rules, events: &[Made], scratch: &mut Scratch) -> usize {
    let verdicts = events.iter().map(|event| rules.verdict(event.id, event, scratch));
    verdicts.filter(|verdict| *verdict != Verdict::Drop).count()
}

fn rules(name: &str) -> Option<Rules> {
    config(name).map(|config| Rules::compile(&config))
}

fn config(name: &str) -> Option<Config> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: PathBuf| std::fs::read(path).ok();
    let bytes = match name.split_once(' ') {
        Some(("made", count)) => made_config(count.parse().expect("a number of filters")).into_bytes(),
        Some(("published", which)) => {
            let file = match which {
                "mstic" => "linux/mstic/main.xml",
                "swiftonsecurity" => "windows/swiftonsecurity/sysmonconfig-export.xml",
                _ => "windows/sysmon-modular/sysmonconfig.xml",
            };
            read(tuxmon_testing::corpora().join("configs").join(file))?
        }
        Some(_) | None => read(root.join("packaging/config/default.xml"))?,
    };
    let (config, diagnostics) = Config::parse(&bytes, name);
    Some(config.unwrap_or_else(|| panic!("{name}: {diagnostics:?}")))
}

/// So many filters, as often of each kind as in published configurations, spread over four event types.
fn made_config(filters: usize) -> String {
    let mut xml = String::from("<Sysmon schemaversion='4.90'><EventFiltering><RuleGroup groupRelation='or'>");
    let events = [("ProcessCreate", 5), ("FileCreate", 2), ("FileDelete", 1), ("NetworkConnect", 2)].map(
        |(tag, tenths)| {
            let path = if tag.starts_with("File") { "TargetFilename" } else { "Image" };
            let text = if tag == "ProcessCreate" { "CommandLine" } else { path };
            (tag, path, text, filters * tenths / 10)
        },
    );
    for (tag, path, text, count) in events {
        let _ = write!(xml, "<{tag} onmatch='include'>");
        for n in 0..count / 5 {
            let _ = write!(
                xml,
                "<Image name='whole {n}' condition='is'>/usr/lib/vendor{n}/tool{n}</Image>\
                 <{path} name='begin {n}' condition='begin with'>/opt/vendor{n}/</{path}>\
                 <{path} name='end {n}' condition='end with'>/tool{n}.sh</{path}>\
                 <Rule name='two {n}' groupRelation='and'><Image condition='image'>program{n}</Image>\
                 <{text} condition='contains any'>--secret{n};-x{n} </{text}></Rule>"
            );
        }
        let _ = write!(xml, "</{tag}>");
    }
    xml.push_str("</RuleGroup></EventFiltering></Sysmon>");
    xml
}

/// An event with its values by position.
struct Made {
    id: u16,
    values: Vec<&'static str>,
}

impl FieldSource for Made {
    fn text<'a>(&'a self, position: usize, _scratch: &'a mut String) -> &'a str {
        self.values[position]
    }
}

fn made(id: u16, values: &[(&str, &'static str)]) -> Made {
    let spec = spec(id).expect("an event of the schema");
    let mut by_position = vec![""; spec.fields.len()];
    for (name, value) in values {
        by_position[spec.position(name).expect("a field of the event")] = value;
    }
    Made { id, values: by_position }
}

fn events() -> Vec<Made> {
    vec![
        execs("/usr/bin/true", "/bin/true", "/usr/bin/bash", "bash ./run-many.sh"),
        execs("/usr/bin/grep", "grep -rn --color=auto TODO src", "/usr/bin/bash", "-bash"),
        execs(
            "/usr/bin/dash",
            "sh -c 'command -v debian-sa1 > /dev/null && debian-sa1 1 1'",
            CRON,
            "/usr/sbin/CRON -f",
        ),
        execs(
            "/usr/lib/gcc/x86_64-linux-gnu/12/cc1",
            COMPILER,
            "/usr/bin/x86_64-linux-gnu-gcc-12",
            "gcc -O2 -c main.c",
        ),
        execs(
            "/usr/bin/python3.11",
            "python3 -c 'import pty; pty.spawn(\"/bin/sh\")'",
            "/usr/sbin/apache2",
            "apache2 -k start",
        ),
        execs(
            "/usr/bin/curl",
            "curl -fsSL https://example.org/install.sh -o /tmp/install.sh",
            "/usr/bin/bash",
            "-bash",
        ),
        files(
            11,
            "/usr/lib/postgresql/15/bin/postgres",
            "/var/lib/postgresql/15/main/base/pgsql_tmp/pgsql_tmp4021.3",
        ),
        files(11, "/usr/bin/x86_64-linux-gnu-as", "/home/build/project/target/objects/main.o"),
        files(23, "/usr/bin/x86_64-linux-gnu-gcc-12", "/tmp/ccX1v7aR.s"),
        files(23, "/usr/sbin/logrotate", "/var/log/nginx/access.log.14.gz"),
        connects("/usr/sbin/nginx", "10.0.0.5", "443"),
        connects("/usr/lib/postgresql/15/bin/postgres", "127.0.0.1", "5432"),
    ]
}

const CRON: &str = "/usr/sbin/cron";
const COMPILER: &str = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -imultiarch x86_64-linux-gnu main.c -quiet \
                        -dumpbase main.c -dumpbase-ext .c -mtune=generic -march=x86-64 -O2 \
                        -fasynchronous-unwind-tables -o /tmp/ccX1v7aR.s";

fn execs(
    image: &'static str,
    command: &'static str,
    parent: &'static str,
    parent_command: &'static str,
) -> Made {
    let values = [
        ("UtcTime", "2026-01-05 10:00:00.000"),
        ("Image", image),
        ("CommandLine", command),
        ("CurrentDirectory", "/home/build/project"),
        ("User", "build"),
        ("IntegrityLevel", "no level"),
        ("ParentImage", parent),
        ("ParentCommandLine", parent_command),
        ("ParentUser", "root"),
    ];
    made(1, &values)
}

fn files(id: u16, image: &'static str, target: &'static str) -> Made {
    made(id, &[("Image", image), ("TargetFilename", target), ("User", "build")])
}

fn connects(image: &'static str, to: &'static str, port: &'static str) -> Made {
    let values = [
        ("Image", image),
        ("User", "www-data"),
        ("Protocol", "tcp"),
        ("Initiated", "true"),
        ("SourceIsIpv6", "false"),
        ("SourceIp", "10.0.0.7"),
        ("SourcePort", "40312"),
        ("DestinationIsIpv6", "false"),
        ("DestinationIp", to),
        ("DestinationPort", port),
    ];
    made(3, &values)
}

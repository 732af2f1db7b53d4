//! `cargo xtask log`: a long log of events as the agent writes them, always the same one, to measure `tuxmon-hunt` with.
//!
//! `storm` is a machine that compiles: a few programs, thousands of times, with short-lived files. `varied` is a fleet in
//! daily work: many programs, command lines and paths that come once, connections to many places.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

/// Write a long log of events, always the same one, to measure tuxmon-hunt with
#[derive(clap::Args)]
pub struct Args {
    /// How many events
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// What kind of work they tell of
    #[arg(long, value_enum, default_value_t = Work::Varied)]
    work: Work,
    /// Of how many machines
    #[arg(long, default_value_t = 20)]
    hosts: u64,
    /// Over how many days
    #[arg(long, default_value_t = 30)]
    days: u64,
    /// The first event's number: with another one a second log goes on where the first one ended
    #[arg(long, default_value_t = 0)]
    skip: u64,
    /// Where it goes
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Work {
    Storm,
    Varied,
}

/// 2026-10-22 00:00:00 UTC, in milliseconds since 1970.
const BEGIN: u64 = 1_792_627_200_000;
const DAY: u64 = 86_400_000;
/// Services that run all the time, on each machine.
const SERVICES: usize = 40;
/// Short-lived processes that are alive at a time, at most.
const ALIVE: usize = 60;

/// A machine.
struct Machine {
    name: String,
    number: u64,
    record: u64,
    processes: u64,
    alive: Vec<Process>,
}

#[derive(Clone)]
struct Process {
    number: u64,
    pid: u64,
    image: String,
    command: String,
    user: &'static str,
}

/// Numbers that look like chance and are always the same: SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % limit
    }

    /// Few are common and most are rare.
    fn skewed(&mut self, limit: u64) -> u64 {
        let first = self.below(limit) + 1;
        self.below(first)
    }
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(&args.to)?);
    let mut chance = Chance(7);
    let mut machines: Vec<Machine> = (0..args.hosts.max(1)).map(machine).collect();
    let mut line = String::new();
    for number in 0..args.skip + args.events {
        let time = BEGIN + number * (args.days * DAY) / (args.skip + args.events);
        let index = chance.below(machines.len() as u64) as usize;
        let machine = &mut machines[index];
        line.clear();
        one(machine, time, args.work, &mut chance, &mut line);
        if number >= args.skip {
            out.write_all(line.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn machine(number: u64) -> Machine {
    let mut machine =
        Machine { name: format!("node{number:03}"), number, record: 0, processes: 0, alive: Vec::new() };
    for service in 0..SERVICES {
        let image = format!("/usr/sbin/service{service:02}");
        let process = Process {
            number: service as u64,
            pid: 500 + service as u64,
            command: format!("{image} --foreground"),
            image,
            user: "root",
        };
        machine.alive.push(process);
    }
    machine.processes = SERVICES as u64;
    machine
}

fn one(machine: &mut Machine, time: u64, work: Work, chance: &mut Chance, out: &mut String) {
    let full = machine.alive.len() >= SERVICES + ALIVE;
    let starts = if full { 0 } else { 32 };
    let deed = chance.below(100);
    let who = chance.below(machine.alive.len() as u64) as usize;
    if deed < starts || machine.alive.len() == SERVICES {
        return start(machine, time, work, chance, out);
    }
    if deed < starts.max(32) + 30 && machine.alive.len() > SERVICES {
        let last = SERVICES + chance.below((machine.alive.len() - SERVICES) as u64) as usize;
        let process = machine.alive.swap_remove(last);
        return event(machine, time, 5, &process, &[], &[("User", process.user)], out);
    }
    let process = machine.alive[who].clone();
    match (work, deed) {
        (Work::Storm, ..85) | (Work::Varied, ..80) => file(machine, time, 11, &process, work, chance, out),
        (Work::Storm, _) | (Work::Varied, ..84) => file(machine, time, 23, &process, work, chance, out),
        (Work::Varied, ..96) => connection(machine, time, &process, chance, out),
        (Work::Varied, ..99) => {
            let name = format!("h{}.zone{}.example", chance.skewed(500), chance.skewed(200));
            let fields =
                [("QueryName", name.as_str()), ("QueryStatus", "0"), ("QueryResults", "::ffff:192.0.2.7;")];
            event(machine, time, 22, &process, &fields, &[("User", process.user)], out);
        }
        (Work::Varied, _) => {
            event(machine, time, 9, &process, &[("Device", "/dev/sda")], &[("User", process.user)], out);
        }
    }
}

fn start(machine: &mut Machine, time: u64, work: Work, chance: &mut Chance, out: &mut String) {
    let parent = machine.alive[chance.below(machine.alive.len() as u64) as usize].clone();
    let number = machine.processes;
    machine.processes += 1;
    let (image, command) = match work {
        Work::Storm => {
            let tool = ["cc1", "as", "gcc", "ld", "sh", "make"][chance.below(6) as usize];
            (format!("/usr/bin/{tool}"), format!("{tool} -quiet -O2 src/unit{}.c", chance.below(5000)))
        }
        Work::Varied => {
            // A program starts few others.
            let image =
                format!("/usr/bin/program{}", Chance(seed(&parent.image) + chance.skewed(12)).skewed(900));
            let words = match chance.below(10) {
                0..4 => format!("--config /etc/app{}/main.conf", chance.skewed(300)),
                _ => format!(
                    "-v --id {:016x} --out /var/lib/app/{}",
                    chance.below(u64::MAX),
                    chance.below(1 << 40)
                ),
            };
            let command = format!("{image} {words}");
            (image, command)
        }
    };
    let user = ["root", "ada", "www-data", "postgres"][chance.skewed(4) as usize];
    let process = Process { number, pid: 1000 + number % 4_000_000, image, command, user };
    let hash = format!("SHA256={:064x}", u128::from(Chance(seed(&process.image)).below(u64::MAX)));
    let directory = format!("/home/{user}/d{}", chance.skewed(50));
    let parent_guid = guid(machine, parent.number);
    let parent_pid = parent.pid.to_string();
    let fields = [
        ("FileVersion", "-"),
        ("Description", "-"),
        ("Product", "-"),
        ("Company", "-"),
        ("OriginalFileName", "-"),
        ("CommandLine", process.command.as_str()),
        ("CurrentDirectory", &directory),
        ("User", user),
        ("LogonGuid", "{74d9a3a2-d5a0-6a1f-e803-000001000000}"),
        ("LogonId", "1000"),
        ("TerminalSessionId", "3"),
        ("IntegrityLevel", "no level"),
        ("Hashes", &hash),
        ("ParentProcessGuid", &parent_guid),
        ("ParentProcessId", &parent_pid),
        ("ParentImage", &parent.image),
        ("ParentCommandLine", &parent.command),
        ("ParentUser", parent.user),
    ];
    event(machine, time, 1, &process, &fields, &[], out);
    machine.alive.push(process);
}

fn file(
    machine: &mut Machine,
    time: u64,
    id: u16,
    process: &Process,
    work: Work,
    chance: &mut Chance,
    out: &mut String,
) {
    let path = match work {
        Work::Storm => format!("/tmp/cc{:05x}.o", chance.below(1 << 20)),
        Work::Varied if chance.below(5) == 0 => format!("/var/log/app{}.log", chance.skewed(300)),
        Work::Varied => format!("/var/lib/app/{}/{:012x}.dat", chance.skewed(40), chance.below(1 << 48)),
    };
    if id == 11 {
        let created = utc(time);
        let fields = [("TargetFilename", path.as_str()), ("CreationUtcTime", &created)];
        return event(machine, time, id, process, &fields, &[("User", process.user)], out);
    }
    let fields =
        [("TargetFilename", path.as_str()), ("Hashes", "-"), ("IsExecutable", "false"), ("Archived", "-")];
    event(machine, time, id, process, &fields, &[], out);
}

fn connection(machine: &mut Machine, time: u64, process: &Process, chance: &mut Chance, out: &mut String) {
    let far = chance.skewed(20_000);
    let far = format!("198.{}.{}.{}", 18 + far / 65_536, far / 256 % 256, far % 256);
    let near = format!("10.0.0.{}", machine.number % 250 + 1);
    let port = (32_768 + chance.below(28_000)).to_string();
    let service = ["443", "53", "80", "22", "5432"][chance.skewed(5) as usize];
    let fields = [
        ("User", process.user),
        ("Protocol", "tcp"),
        ("Initiated", "true"),
        ("SourceIsIpv6", "false"),
        ("SourceIp", near.as_str()),
        ("SourceHostname", "-"),
        ("SourcePort", &port),
        ("SourcePortName", "-"),
        ("DestinationIsIpv6", "false"),
        ("DestinationIp", &far),
        ("DestinationHostname", "-"),
        ("DestinationPort", service),
        ("DestinationPortName", "-"),
    ];
    event(machine, time, 3, process, &fields, &[], out);
}

fn event(
    machine: &mut Machine,
    time: u64,
    id: u16,
    process: &Process,
    fields: &[(&str, &str)],
    last: &[(&str, &str)],
    out: &mut String,
) {
    let record = machine.record;
    machine.record += 1;
    let utc = utc(time);
    let (day, clock) = utc.split_at(10);
    let _ = write!(
        out,
        "{} {} sysmon: <Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{{ff032593-a8d3-4f13-b0d6-01fc615a0f97}}\"/>\
         <EventID>{id}</EventID><Version>5</Version><Level>4</Level><Task>{id}</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime=\"{day}T{}417000Z\"/>\
         <EventRecordID>{record}</EventRecordID><Correlation/><Execution ProcessID=\"771\" ThreadID=\"771\"/>\
         <Channel>Linux-Sysmon/Operational</Channel><Computer>{}</Computer><Security UserId=\"0\"/></System><EventData>\
         <Data Name=\"RuleName\">-</Data><Data Name=\"UtcTime\">{utc}</Data><Data Name=\"ProcessGuid\">{}</Data>\
         <Data Name=\"ProcessId\">{}</Data><Data Name=\"Image\">{}</Data>",
        &utc[..19],
        machine.name,
        &clock[1..],
        machine.name,
        guid(machine, process.number),
        process.pid,
        process.image
    );
    for (name, value) in fields.iter().chain(last) {
        let _ = write!(out, "<Data Name=\"{name}\">{value}</Data>");
    }
    out.push_str("</EventData></Event>\n");
}

fn guid(machine: &Machine, process: u64) -> String {
    format!("{{{:08x}-{:04x}-6b01-0000-{process:012x}}}", 0x74d9_0000 + machine.number, process / 64 % 65_536)
}

fn seed(text: &str) -> u64 {
    text.bytes().fold(1469, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// The time as events write it. All of it lies between October and December of 2026.
fn utc(millis: u64) -> String {
    const MONTHS: [(u64, u64); 3] = [(10, 31), (11, 30), (12, 31)];
    let mut day = 21 + (millis - BEGIN) / DAY;
    let mut month = 10;
    for (number, length) in MONTHS {
        month = number;
        if day < length {
            break;
        }
        day -= length;
    }
    let seconds = millis / 1000 % 86_400;
    format!(
        "2026-{month:02}-{:02} {:02}:{:02}:{:02}.{:03}",
        day + 1,
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        millis % 1000
    )
}

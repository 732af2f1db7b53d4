//! `tuxmon-hunt lookup`: what others know of hashes, addresses and names.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use tuxmon_event::Timestamp;
use tuxmon_fetch::{Client, Limits, Plain, Settings, Trust};
use tuxmon_hunt::{Clock, LookupError, Opinion, Place, Secret, Service, Store, VIRUSTOTAL, visible};

use super::sigma::now;

/// The variable with the key.
const KEY: &str = "TUXMON_LOOKUP_KEY";
/// Longest answer, and how long it may take.
const LIMITS: Limits = Limits { bytes: 4 << 20, time: Duration::from_mins(1), redirections: 0 };

/// Ask a service such as VirusTotal about hashes, addresses and domains
///
/// Nothing is asked without a description of the service and a key. Answers are kept in the store.
#[derive(clap::Args)]
#[command(after_help = "\
The key is read from --key-file or from the variable TUXMON_LOOKUP_KEY, never from the command line.
Exit code: 0, 1 when somebody calls a value bad, 2 when one could not be asked about.")]
pub(super) struct Args {
    /// The description of the service
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    service: Option<PathBuf>,
    /// A file with the key; only its owner may read it
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Certificates (PEM) to believe instead of those that this system believes
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Print the description of VirusTotal, to begin with
    #[arg(long)]
    example: bool,
    /// Hashes, addresses and domains
    #[arg(value_name = "VALUE", required_unless_present = "example")]
    values: Vec<String>,
}

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<ExitCode> {
    let mut out = stdout().lock();
    let Some(service) = args.service.as_deref().filter(|_| !args.example) else {
        out.write_all(VIRUSTOTAL.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    let Place::File(store) = store else {
        bail!("answers are kept in a store that is a file: --store FILE");
    };
    let service = Service::read(service)?;
    let key = match &args.key_file {
        Some(file) => Secret::of_file(file)?,
        None => Secret::of_environment(KEY)
            .with_context(|| format!("there is no key: name a file with --key-file, or set {KEY}"))?,
    };
    let trust = args.ca.clone().map_or(Trust::System, Trust::File);
    let client = Client::new(&Settings { limits: LIMITS, trust, plain: Plain::Refused })?;
    let store = Store::open(store)?;
    let clock = Clock { now: &now, sleep: &std::thread::sleep };
    let (mut is_bad, mut failed) = (false, false);
    for value in &args.values {
        match service.opinion(value, &client, &key, store.connection(), &clock) {
            Ok(opinion) => {
                is_bad |= opinion.bad > 0;
                writeln!(out, "{}", line(value, &opinion))?;
            }
            Err(error) => {
                eprintln!("tuxmon-hunt lookup: {}", visible(&error.to_string()));
                failed = true;
                if matches!(error, LookupError::Key { .. } | LookupError::TooOften { .. }) {
                    break;
                }
            }
        }
    }
    Ok(ExitCode::from(if failed { 2 } else { u8::from(is_bad) }))
}

fn line(value: &str, opinion: &Opinion) -> String {
    let Opinion { known, bad, total, name, asked } = opinion;
    let verdict = if *known { format!("{bad} of {total}") } else { "unknown".to_owned() };
    let time = Timestamp(asked.saturating_mul(1_000_000)).utc_time();
    visible(format!("{verdict:<10}  {time}  {value}  {name}").trim_end())
}

//! `tuxmon-hunt retain`: removes what is too old, or too much.

use std::path::Path;

use clap::ArgGroup;
use tuxmon_hunt::{Store, remove_before, shrink_to};

/// Remove old events: by age, by the store's size, or both
#[derive(clap::Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(super) struct Args {
    /// Keep so many days, up to the last event of the store
    #[arg(long, group = "what")]
    days: Option<u32>,
    /// Keep at most so many megabytes; whole days go
    #[arg(long, group = "what", value_name = "MB")]
    megabytes: Option<u64>,
}

pub(super) fn run(args: &Args, store: &Path) -> anyhow::Result<()> {
    let store = Store::open(store)?;
    let tell = |removed: tuxmon_hunt::Removed| {
        let tuxmon_hunt::Removed { events, processes, strings, bytes } = removed;
        eprintln!(
            "tuxmon-hunt retain: removed {events} events, {processes} processes, {strings} texts; {bytes} bytes"
        );
    };
    if let (Some(days), Some(last)) = (args.days, store.last_time()?) {
        tell(remove_before(&store, last - i64::from(days) * 86_400_000)?);
    }
    if let Some(megabytes) = args.megabytes {
        tell(shrink_to(&store, megabytes.saturating_mul(1_000_000))?);
    }
    Ok(())
}

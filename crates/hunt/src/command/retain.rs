//! `tuxmon-hunt retain`: removes what is too old, or too much.

use clap::ArgGroup;
use tuxmon_hunt::{
    DAY, Place, Server, Store, is_told_singly, last_time_remotely, remove_before, remove_remotely,
    shrink_remotely, shrink_to,
};

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

pub(super) fn run(args: &Args, store: &Place) -> anyhow::Result<()> {
    let store = match store {
        Place::File(path) => Store::open(path)?,
        Place::Server(address) => return on_server(args, &Server::open(address.clone())?),
    };
    let tell = |removed: tuxmon_hunt::Removed| {
        let tuxmon_hunt::Removed { events, processes, strings, bytes } = removed;
        eprintln!(
            "tuxmon-hunt retain: removed {events} events, {processes} processes, {strings} texts; {bytes} bytes"
        );
    };
    if let (Some(days), Some(last)) = (args.days, store.last_time()?) {
        tell(remove_before(&store, last - i64::from(days) * DAY)?);
    }
    if let Some(megabytes) = args.megabytes {
        tell(shrink_to(&store, megabytes.saturating_mul(1_000_000))?);
    }
    Ok(())
}

fn on_server(args: &Args, server: &Server) -> anyhow::Result<()> {
    let tell = |events| {
        eprintln!("tuxmon-hunt retain: {events} events go, as soon as the server comes to it");
    };
    if let (Some(days), Some(last)) = (args.days, last_time_remotely(server)?) {
        tell(remove_remotely(server, last - i64::from(days) * DAY)?);
    }
    if let Some(megabytes) = args.megabytes {
        tell(shrink_remotely(server, megabytes.saturating_mul(1_000_000))?);
    }
    if is_told_singly(server)? {
        eprintln!(
            "tuxmon-hunt retain: this was about one shard; say it to one server of each other shard too"
        );
    }
    Ok(())
}

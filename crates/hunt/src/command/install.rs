//! `tuxmon-hunt store`: the tables of a store on a server, made, and counted anew.

use std::io::{Write, stdout};

use anyhow::bail;
use tuxmon_hunt::{Address, Place, Plan, Server, install, is_told_singly, recount_remotely};

/// Make a store on a server of ClickHouse, or mend its counts
#[derive(clap::Args)]
pub(super) struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(clap::Subcommand)]
enum StoreCommand {
    Install(Args),
    /// Count all events anew, each once
    ///
    /// For a store into which two imported the log of one machine at the same moment, or whose server died in an insert.
    /// Nobody must import meanwhile, and what is asked misses counts; a recount that was broken off can be begun again.
    Recount,
}

/// Make the tables, the counts and the views that are not there yet; what is there stays
///
/// The user needs the right to create databases, tables and views. The server is the one of --store or TUXMON_STORE.
#[derive(clap::Args)]
struct Args {
    /// Make them on all servers of this cluster, as the servers' configuration names it
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Keep copies of the tables on all replicas of a shard
    #[arg(long, requires = "cluster")]
    replicated: bool,
    /// Spread machines over the shards of the cluster
    #[arg(long, requires = "cluster")]
    sharded: bool,
    /// Only on this server: for clusters that cannot pass statements on. Run it for each server then
    #[arg(long, requires = "cluster")]
    each: bool,
    /// Remove events after so many days; needs ClickHouse 19.6
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Print the statements, and do nothing
    #[arg(long)]
    print: bool,
}

pub(super) fn run(args: &StoreArgs, store: &Place) -> anyhow::Result<()> {
    let Place::Server(address) = store else {
        bail!(
            "{store} is a file, and needs neither installation nor a recount; --store clickhouse://HOST/DATABASE names a server"
        );
    };
    match &args.command {
        StoreCommand::Install(args) => make(args, address),
        StoreCommand::Recount => {
            let server = Server::open(address.clone())?;
            let events = recount_remotely(&server)?;
            eprintln!("tuxmon-hunt store: {events} events are counted");
            if is_told_singly(&server)? {
                eprintln!(
                    "tuxmon-hunt store: this was about one shard; say it to one server of each other shard too"
                );
            }
            Ok(())
        }
    }
}

fn make(args: &Args, address: &Address) -> anyhow::Result<()> {
    if let Some(cluster) = &args.cluster
        && !cluster.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        bail!("'{cluster}' is no name of a cluster: letters, digits and _");
    }
    let server = Server::connect(address.clone())?;
    let plan = Plan {
        cluster: args.cluster.clone(),
        replicated: args.replicated,
        sharded: args.sharded,
        each: args.each,
        days: args.days,
    };
    let statements = install(&server, &plan, !args.print)?;
    if args.print {
        let mut out = stdout().lock();
        for (place, statement) in statements.iter().enumerate() {
            writeln!(out, "{statement};")?;
            if place == 0 {
                writeln!(out, "USE {};", address.database)?;
            }
        }
    } else {
        eprintln!("tuxmon-hunt store: {address} is ready");
    }
    Ok(())
}

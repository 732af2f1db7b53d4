//! Prints each record as it comes from the kernel: to see what a hook sends, before anything is made of it.
//!
//! `cargo run -p tuxmon-sensor --example wiretap -- SECONDS [PID]`, as root.

use std::time::{Duration, Instant};

use tuxmon_sensor::{Options, Sensor};
use tuxmon_wire::decode;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().ok_or("usage: wiretap SECONDS [PID]")?.parse()?;
    let only: Option<u32> = arguments.next().map(|pid| pid.parse()).transpose()?;
    let started = Instant::now();
    let mut sensor = Sensor::start(&Options::default())?;
    eprintln!("ready after {:?}", started.elapsed());
    for hook in sensor.hooks() {
        eprintln!("{hook:?}");
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        sensor.poll(Duration::from_millis(200), &mut |bytes| match decode(bytes) {
            Ok(record) if only.is_none_or(|pid| record.fact.task().identity.pid == pid) => {
                println!("{record:#?}");
            }
            Ok(_) => {}
            Err(error) => println!("undecodable: {error}"),
        })?;
    }
    eprintln!("{:#?}", sensor.losses()?);
    Ok(())
}

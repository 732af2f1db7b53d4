//! Prints what this kernel makes of each program: the instructions that its verifier walked, or why it has or takes no
//! such program. `cargo xtask kernels` runs it in each guest; nothing is attached.
//!
//! `cargo run -p tuxmon-sensor --example survey -- [BTF]`, as root.

use std::time::Instant;

use tuxmon_sensor::{Options, survey};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options { btf: std::env::args_os().nth(1).map(Into::into), ..Options::default() };
    let started = Instant::now();
    let surveyed = survey(&options)?;
    println!("@surveyed {}", started.elapsed().as_millis());
    for program in surveyed {
        match program.verified {
            Ok(count) => println!("@verified {} {count}", program.program),
            Err(reason) => println!("@refused {} {}", program.program, reason.replace('\n', " ")),
        }
    }
    Ok(())
}

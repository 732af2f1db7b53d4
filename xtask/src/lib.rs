//! What the developer's tasks do; one module per task, plus the definition that they read.
//!
//! Must not depend on the crates that it writes code for: a broken output could then not be repaired.

pub mod attack;
pub mod bench;
pub mod bench_hunt;
pub mod codegen;
pub mod coverage;
pub mod definition;
pub mod dist;
mod guest;
pub mod kernels;
pub mod log;
pub mod man;
pub mod manifest;
pub mod vm;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask is a folder of the repository").to_path_buf()
}

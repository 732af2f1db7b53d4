//! The `tuxmon` program.
fn main() {}

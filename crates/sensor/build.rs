//! Compiles `bpf/` into one object that the crate carries.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use libbpf_cargo::SkeletonBuilder;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let source = root.join("../../bpf");
    let arch = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets CARGO_CFG_TARGET_ARCH");

    // clang's bpf target does not look into the folders where Debian keeps the machine's own kernel headers, and those for
    // other machines.
    let headers = format!("-I/usr/include/{arch}-linux-gnu");
    let cross_headers = format!("-idirafter/usr/{arch}-linux-gnu/include");
    let objects: [(&str, &str, &[&str]); 5] = [
        ("tuxmon", "tuxmon", &[]),
        ("tuxmon_before_5_17", "tuxmon", &["-DBEFORE_5_17"]),
        ("tuxmon_without_kernel_btf", "tuxmon", &["-DBEFORE_5_17", "-DWITHOUT_KERNEL_BTF"]),
        ("probe", "probe", &[]),
        ("canary", "canary", &[]),
    ];
    for (object, name, options) in objects {
        SkeletonBuilder::new()
            .source(source.join(format!("{name}.bpf.c")))
            .obj(out.join(format!("{object}.bpf.o")))
            .clang_args(["-mcpu=v3", "-Wall", "-Werror", &headers, &cross_headers].iter().chain(options))
            .build()
            .expect("clang compiles the kernel side; `make deps` installs what it needs");
        compress(&out.join(format!("{object}.bpf.o"))).expect("OUT_DIR can be written");
    }
    println!("cargo:rerun-if-changed={}", source.display());
}

/// Writes a file beside this one, with `.z` behind its name: an eighth of the program's size would be objects, of which a
/// machine needs one.
fn compress(object: &Path) -> io::Result<()> {
    let packed = File::create(object.with_extension("o.z"))?;
    let mut encoder = ZlibEncoder::new(packed, Compression::best());
    encoder.write_all(&fs::read(object)?)?;
    encoder.finish().map(drop)
}

//! Compiles `bpf/` into one object that the crate carries.

use std::env;
use std::path::PathBuf;

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
    }
    println!("cargo:rerun-if-changed={}", source.display());
}

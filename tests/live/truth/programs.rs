//! Programs executed by every route, processes made by every call, and calls by other entries.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::deed;
use crate::raw;
use crate::truth::case::Case;
use crate::truth::script::{Fact, Image, Script};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "exec-routes",
        about: "execution by path, by symbolic link, of a script, by posix_spawn with arguments that are empty",
        act: routes,
    },
    Case {
        name: "exec-format",
        about: "execution of a format that was made known (binfmt_misc)",
        act: format,
    },
    Case { name: "exec-thread", about: "execution by a thread that is not the leader", act: thread },
    Case {
        name: "exec-descriptor",
        about: "execution by descriptor: of a file, of a deleted one, of one in memory",
        act: descriptors,
    },
    Case {
        name: "process-calls",
        about: "processes made by fork, vfork, clone3, and clone3 with a pidfd",
        act: calls,
    },
    Case { name: "ia32-program", about: "a 32-bit program", act: ia32 },
    Case { name: "compat-calls", about: "32-bit system calls of a 64-bit program (int 0x80)", act: compat },
    Case { name: "x32-calls", about: "x32 system calls", act: x32 },
];

fn text(path: &Path) -> String {
    path.to_str().expect("our paths are text").to_owned()
}

fn image(path: &Path, words: &[&str]) -> Fact {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Fact::Exec(Image { path: path.to_owned(), file: Some(path.to_owned()), words })
}

/// Runs a command to its end; of its process these facts are true.
fn runs(script: &mut Script, deed: &str, mut command: Command, life: Vec<Fact>) -> anyhow::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let run = || {
        let mut child = command.spawn()?;
        let status = child.wait()?;
        if status.success() { Ok(child.id()) } else { Err(io::Error::other(status.to_string())) }
    };
    script.process(deed, run, life)
}

fn program(script: &mut Script) -> anyhow::Result<PathBuf> {
    let path = script.at("program");
    script.does("copy a program", vec![Fact::created(&path)], || fs::copy("/bin/true", &path))?;
    Ok(path)
}

fn routes(script: &mut Script) -> anyhow::Result<()> {
    let program = program(script)?;
    let name = text(&program);
    runs(script, "execute a file", Command::new(&program), vec![image(&program, &[&name])])?;
    let link = script.at("link");
    script.does("symlink", vec![Fact::created(&link)], || symlink(&program, &link))?;
    runs(script, "execute a symbolic link", Command::new(&link), vec![image(&program, &[&text(&link)])])?;
    let lines = script.at("script");
    script.does("write a script", vec![Fact::created(&lines)], || {
        fs::write(&lines, format!("#!{name} -option\n"))?;
        fs::set_permissions(&lines, fs::Permissions::from_mode(0o755))
    })?;
    let words = [name.as_str(), "-option", &text(&lines)];
    runs(script, "execute a script", Command::new(&lines), vec![image(&program, &words)])?;
    let mut command = Command::new(&program);
    command.args(["", "between", ""]);
    runs(script, "execute with empty arguments", command, vec![image(&program, &[&name, "", "between", ""])])
}

/// What is made known holds for the whole machine, so this is done where nobody else is.
fn format(script: &mut Script) -> anyhow::Result<()> {
    let formats = Path::new("/proc/sys/fs/binfmt_misc");
    if std::env::var_os("TUXMON_SLOW").is_none() {
        return script
            .skip("it changes what the whole machine executes: make test-kernels does it in a guest");
    }
    if !formats.join("register").exists() {
        return script.skip("binfmt_misc is not mounted");
    }
    let (program, foreign) = (program(script)?, script.at("foreign"));
    let name = text(&program);
    let tell = |file: &str, words: &str| {
        fs::File::options().write(true).open(formats.join(file))?.write_all(words.as_bytes())
    };
    script.does("make a format known", vec![], || {
        tell("register", &format!(":tuxmon:M::tuxmon-live::{name}:"))
    })?;
    script.does("write a file of it", vec![Fact::created(&foreign)], || {
        fs::write(&foreign, "tuxmon-live")?;
        fs::set_permissions(&foreign, fs::Permissions::from_mode(0o755))
    })?;
    let words = [name.as_str(), &text(&foreign)];
    runs(script, "execute it", Command::new(&foreign), vec![image(&program, &words)])?;
    script.does("make it unknown", vec![], || tell("tuxmon", "-1"))
}

/// A process that does a deed of another module, which ends with another execution in place.
fn twice(
    script: &mut Script,
    deed: &str,
    arguments: &[&str],
    between: Vec<Fact>,
    last: Fact,
) -> anyhow::Result<()> {
    let words: Vec<&std::ffi::OsStr> = arguments.iter().map(std::ffi::OsStr::new).collect();
    let command = deed::command(deed, &words);
    let own = std::env::current_exe()?;
    let own_name = text(&own);
    let mut all = vec![own_name.as_str(), "deed", deed];
    all.extend(arguments);
    let mut life = vec![image(&own, &all)];
    life.extend(between);
    life.push(last);
    runs(script, deed, command, life)
}

fn thread(script: &mut Script) -> anyhow::Result<()> {
    let program = program(script)?;
    let name = text(&program);
    twice(script, "exec-from-thread", &[&name, "argument"], vec![], image(&program, &[&name, "argument"]))
}

fn descriptors(script: &mut Script) -> anyhow::Result<()> {
    let words = vec!["own name".to_owned(), "-".to_owned()];
    for how in ["file", "memory", "deleted"] {
        let program = script.at(how);
        script.does("copy a program", vec![Fact::created(&program)], || fs::copy("/bin/true", &program))?;
        let (path, file, between) = match how {
            "file" => (program.clone(), Some(program.clone()), vec![]),
            "memory" => (PathBuf::from("/memfd:a program in memory"), None, vec![]),
            _ => (program.clone(), None, vec![Fact::FileDelete { path: program.clone(), executable: true }]),
        };
        let last = Fact::Exec(Image { path, file, words: words.clone() });
        twice(script, "exec-descriptor", &[how, &text(&program)], between, last)?;
    }
    Ok(())
}

fn calls(script: &mut Script) -> anyhow::Result<()> {
    let made = script.at("by a fork");
    script.process(
        "fork",
        || {
            let path = made.clone();
            let pid = raw::fork(move || u8::from(fs::File::create_new(path).is_err()))?;
            raw::wait_for(pid)
        },
        vec![Fact::created(&made)],
    )?;
    let program = program(script)?;
    let name = text(&program);
    let path = crate::truth::files::c(&program);
    for (deed, how) in [
        ("posix_spawn, which is vfork", raw::Making::Spawn),
        ("clone3 and execute", raw::Making::Clone3),
        ("clone3 with a pidfd and execute", raw::Making::Clone3WithPidfd),
    ] {
        let run = || raw::wait_for(raw::make_and_execute(how, &path)?);
        script.process(deed, run, vec![image(&program, &[&name])])?;
    }
    Ok(())
}

/// A static program for i386 that creates the file that its argument names, removes it, and ends.
const IA32: &[u8] = &[
    // ELF header: 32 bits, little endian, executable, i386; entry at 0x8048054, one program header at 52.
    0x7f, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 0x54, 0x80, 0x04,
    0x08, 52, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 52, 0, 32, 0, 1, 0, 40, 0, 0, 0, 0, 0, //
    // Load everything at 0x8048000, readable and executable.
    1, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x80, 0x04, 0x08, 0x00, 0x80, 0x04, 0x08, 130, 0, 0, 0, 130, 0, 0, 0, 5, 0,
    0, 0, 0, 0x10, 0, 0, //
    // pop eax; pop ebx; pop ebx: the number of arguments, the first, the second.
    0x58, 0x5b, 0x5b, //
    // open(ebx, O_CREAT | O_WRONLY, 0644)
    0xb8, 5, 0, 0, 0, 0xb9, 0x41, 0, 0, 0, 0xba, 0xa4, 0x01, 0, 0, 0xcd, 0x80, //
    // unlink(ebx)
    0xb8, 10, 0, 0, 0, 0xcd, 0x80, //
    // exit(eax), which is 0 when the file is gone
    0x89, 0xc3, 0xb8, 1, 0, 0, 0, 0xcd, 0x80, //
    // room to round numbers
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

fn ia32(script: &mut Script) -> anyhow::Result<()> {
    if !cfg!(target_arch = "x86_64") {
        return script.skip("only x86 has two kinds of programs here");
    }
    let (program, made) = (script.at("program"), script.at("made"));
    script.does("write a program", vec![Fact::created(&program)], || {
        fs::write(&program, IA32)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
    })?;
    let mut command = Command::new(&program);
    command.arg(&made);
    let life =
        vec![image(&program, &[&text(&program), &text(&made)]), Fact::created(&made), Fact::deleted(&made)];
    match runs(script, "execute it", command, life) {
        Err(error) if error.to_string().contains("Exec format error") => {
            script.skip("this kernel runs no 32-bit programs")
        }
        other => other,
    }
}

#[cfg(target_arch = "x86_64")]
fn compat(script: &mut Script) -> anyhow::Result<()> {
    use crate::raw::compat::{self, LowPath};
    use crate::truth::files::c;
    use std::os::fd::AsFd;

    let (first, second) = (script.at("first"), script.at("second"));
    let (low_first, low_second) = (LowPath::new(&c(&first))?, LowPath::new(&c(&second))?);
    let made = vec![Fact::created(&first)];
    if let Err(error) = script.does("open", made, || compat::create(low_first)) {
        return script.skip(&format!("this kernel has no 32-bit calls: {error}"));
    }
    script.does("rename", vec![Fact::created(&second)], || compat::rename(low_first, low_second))?;
    script.does("unlink", vec![Fact::deleted(&second)], || compat::unlink(low_second))?;
    for (name, entry) in [("bound", compat::Entry::Own), ("bound by socketcall", compat::Entry::Shared)] {
        let path = script.at(name);
        let socket =
            rustix::net::socket(rustix::net::AddressFamily::UNIX, rustix::net::SocketType::STREAM, None)?;
        script.does("bind", vec![Fact::created(&path)], || compat::bind(entry, socket.as_fd(), &c(&path)))?;
    }
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
fn compat(script: &mut Script) -> anyhow::Result<()> {
    script.skip("only x86 has int 0x80")
}

fn x32(script: &mut Script) -> anyhow::Result<()> {
    let (first, second) = (script.at("first"), script.at("second"));
    let (old, new) = (crate::truth::files::c(&first), crate::truth::files::c(&second));
    match raw::x32::unlink(&old) {
        Err(error) if error.raw_os_error() == Some(38) => {
            return script.skip("this kernel has no x32 calls");
        }
        Ok(()) | Err(_) => {} // there is no such file yet
    }
    script.does("creat", vec![Fact::created(&first)], || raw::x32::create(&old))?;
    script.does("rename", vec![Fact::created(&second)], || raw::x32::rename(&old, &new))?;
    script.does("unlink", vec![Fact::deleted(&second)], || raw::x32::unlink(&new))
}

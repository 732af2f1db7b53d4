//! What libbpf says while it loads: the only place where a refused program and the verifier's counts are named.

use std::sync::{Mutex, MutexGuard, PoisonError};

use libbpf_rs::PrintLevel;

/// How much is kept: verifier logs are long, and what counts stands at their end.
const MOST: usize = 64 * 1024;

static WORDS: Mutex<Words> = Mutex::new(Words { complaints: String::new(), verified: Vec::new() });

/// What was said since [`listen`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// Warnings, the verifier's log among them.
    pub(crate) complaints: String,
    /// Programs that were loaded, with the instructions that the verifier walked; only where statistics were asked for.
    pub(crate) verified: Vec<(String, u64)>,
}

/// Forgets what was said, and listens from now on; to statistics too, where they are wanted.
pub(crate) fn listen(statistics: bool) {
    *words() = Words::default();
    let level = if statistics { PrintLevel::Debug } else { PrintLevel::Warn };
    libbpf_rs::set_print(Some((level, keep)));
}

/// What was said.
pub(crate) fn heard() -> Words {
    words().clone()
}

fn words() -> MutexGuard<'static, Words> {
    WORDS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[allow(clippy::needless_pass_by_value)] // libbpf-rs prescribes the signature
fn keep(level: PrintLevel, said: String) {
    match level {
        PrintLevel::Warn => {
            let kept = &mut words().complaints;
            if kept.len() < MOST {
                let room = MOST - kept.len();
                kept.extend(said.chars().take(room));
            } else if said.contains("failed to load") {
                kept.push_str(&said);
            }
        }
        PrintLevel::Debug => words().verified.extend(statistics(&said)),
        PrintLevel::Info => {}
    }
}

/// The program and the count in `libbpf: prog 'NAME': -- BEGIN PROG LOAD LOG -- … processed N insns …`.
fn statistics(said: &str) -> Option<(String, u64)> {
    let (_, after) = said.split_once("prog '")?;
    let (name, log) = after.split_once('\'')?;
    let (_, after) = log.rsplit_once("processed ")?;
    let (count, _) = after.split_once(" insns")?;
    Some((name.to_owned(), count.parse().ok()?))
}

impl Words {
    /// The program in `libbpf: prog 'NAME': failed to load: …`.
    pub(crate) fn refused_program(&self) -> Option<&str> {
        self.complaints.lines().rev().find_map(|line| {
            let (before, after) = line.split_once("prog '")?;
            let (name, rest) = after.split_once('\'')?;
            (before.contains("libbpf") && rest.contains("failed to load")).then_some(name)
        })
    }

    /// The verifier's last words: the lines before its statistics, or the last lines where it had none.
    pub(crate) fn last_lines(&self) -> String {
        let lines: Vec<&str> =
            self.complaints.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let end = lines.iter().rposition(|line| line.starts_with("processed ")).unwrap_or(lines.len());
        lines[end.saturating_sub(3)..end].join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, statistics};

    fn complaining(words: &str) -> Words {
        Words { complaints: words.to_owned(), verified: Vec::new() }
    }

    #[test]
    fn the_refused_program_is_named() {
        let words = "libbpf: prog 'tcp_state': BPF program load failed: -EACCES\n\
                     libbpf: prog 'tcp_state': failed to load: -13\nlibbpf: failed to load object 'x'\n";
        assert_eq!(complaining(words).refused_program(), Some("tcp_state"));
        assert_eq!(complaining("libbpf: elf: cannot read\n").refused_program(), None);
    }

    #[test]
    fn the_reason_stands_before_the_verifiers_statistics() {
        // As a 5.10 kernel said it of a helper that came with 5.11.
        let words = "libbpf: prog 'compat_exit': BPF program load failed: -EINVAL\n\
                     libbpf: prog 'compat_exit': -- BEGIN PROG LOAD LOG --\n\
                     ; struct task_struct *task = bpf_get_current_task_btf();\n1: (85) call unknown#158\n\
                     invalid func unknown#158\nprocessed 2 insns (limit 1000000) max_states_per_insn 0\n\
                     -- END PROG LOAD LOG --\nlibbpf: prog 'compat_exit': failed to load: -22\n";
        let words = complaining(words);
        assert_eq!(words.refused_program(), Some("compat_exit"));
        assert!(words.last_lines().ends_with("invalid func unknown#158"), "{}", words.last_lines());
    }

    #[test]
    fn the_verifiers_count_stands_with_its_program() {
        let said = "libbpf: prog 'exit_open': -- BEGIN PROG LOAD LOG --\nverification time 2 usec\n\
                    processed 1234 insns (limit 1000000) max_states_per_insn 1\n-- END PROG LOAD LOG --\n";
        assert_eq!(statistics(said), Some(("exit_open".to_owned(), 1234)));
        assert_eq!(statistics("libbpf: map 'ring': created successfully\n"), None);
    }
}

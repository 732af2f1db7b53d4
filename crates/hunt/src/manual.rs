//! The manual pages in `packaging/man` and the shell completions in `packaging/completions`, made from the definitions of
//! our own commands. `cargo xtask man` writes them; these tests say when they are stale.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use expect_test::expect_file;

use crate::command::Arguments;

#[test]
fn pages_are_fresh() {
    let mut command = Arguments::command().name("tuxmon-hunt");
    // Gives the parts their full names.
    command.build();
    for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
        is_fresh(&format!("man/tuxmon-hunt-{}.1", part.get_name()), &rendered(part.clone()));
    }
    is_fresh("man/tuxmon-hunt.1", &rendered(command));
}

#[test]
fn completions_are_fresh() {
    let shells = [
        (Shell::Bash, "completions/tuxmon-hunt.bash"),
        (Shell::Zsh, "completions/_tuxmon-hunt"),
        (Shell::Fish, "completions/tuxmon-hunt.fish"),
    ];
    for (shell, name) in shells {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "tuxmon-hunt", &mut text);
        is_fresh(name, &text);
    }
}

/// A file below `packaging` says this.
fn is_fresh(name: &str, text: &[u8]) {
    let text = std::str::from_utf8(text).expect("our own words are UTF-8");
    expect_file![format!("{}/../../packaging/{name}", env!("CARGO_MANIFEST_DIR"))].assert_eq(text);
}

fn rendered(command: clap::Command) -> Vec<u8> {
    let mut page = Vec::new();
    // Without a date: the same sources make the same page.
    let page_of = Man::new(command.version(env!("CARGO_PKG_VERSION"))).date("");
    page_of.render(&mut page).expect("writing to memory does not fail");
    page
}

//! The shell completions in `packaging/completions`, made from the definitions of our own commands as the manual pages
//! are. `cargo xtask man` writes both; this test says when they are stale.

use clap::CommandFactory;
use clap_complete::Shell;
use expect_test::expect_file;

use crate::Arguments;

#[test]
fn completions_are_fresh() {
    for (shell, name) in [(Shell::Bash, "tuxmon.bash"), (Shell::Zsh, "_tuxmon"), (Shell::Fish, "tuxmon.fish")]
    {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "tuxmon", &mut text);
        let text = String::from_utf8(text).expect("our own words are UTF-8");
        let path = format!("{}/../../packaging/completions/{name}", env!("CARGO_MANIFEST_DIR"));
        expect_file![path].assert_eq(&text);
    }
}

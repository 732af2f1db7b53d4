//! The grammar of the command line: words to switches with their values.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use tuxmon_event::Argument;

use super::table::{SWITCHES, Switch, SwitchSpec};

/// A command line that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    given: Vec<(Switch, Option<OsString>)>,
}

/// The command line is none of ours; usage is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUnderstood;

impl Switches {
    /// Reads the words after the program's name.
    ///
    /// Compat: parsecommandline.c — switches begin with `-`, in any case; in the text after it the first row of the
    /// table that begins it wins, so that one-letter switches can be run together; longer ones only stand directly
    /// after the dash.
    pub(crate) fn parse(words: &[OsString]) -> Result<Self, NotUnderstood> {
        let mut switches = Self::default();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let letters = word.as_bytes().strip_prefix(b"-").filter(|rest| !rest.is_empty());
            let mut rest = letters.ok_or(NotUnderstood)?;
            let mut first = true;
            while !rest.is_empty() {
                let row = find(rest, first).ok_or(NotUnderstood)?;
                rest = &rest[row.word.len()..];
                first = false;
                let follows = words.next_if(|next| row.argument != Argument::None && is_value(next));
                switches.add(row, follows.cloned())?;
            }
        }
        Ok(switches)
    }

    fn add(&mut self, row: &SwitchSpec, value: Option<OsString>) -> Result<(), NotUnderstood> {
        let missing = row.argument == Argument::Required && value.is_none();
        let repeated = value.is_some() && self.value(row.switch).is_some();
        let second =
            row.exclusive && self.given.iter().any(|(other, _)| super::table::spec(*other).exclusive);
        if missing || repeated || second {
            return Err(NotUnderstood);
        }
        self.given.push((row.switch, value));
        Ok(())
    }

    /// Whether a switch was given.
    pub(crate) fn has(&self, switch: Switch) -> bool {
        self.given.iter().any(|(given, _)| *given == switch)
    }

    /// The value of a switch, if it has one.
    pub(crate) fn value(&self, switch: Switch) -> Option<&OsStr> {
        self.given.iter().filter(|(given, _)| *given == switch).find_map(|(_, value)| value.as_deref())
    }

    /// The switches that were given, in their order.
    pub(crate) fn given(&self) -> impl Iterator<Item = Switch> {
        self.given.iter().map(|(switch, _)| *switch)
    }
}

fn find(text: &[u8], first: bool) -> Option<&'static SwitchSpec> {
    SWITCHES.iter().find(|row| {
        let word = row.word.as_bytes();
        (first || word.len() == 1)
            && text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
    })
}

fn is_value(word: &OsStr) -> bool {
    !word.as_bytes().starts_with(b"-")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::Switch::{
        Btf, ConfigDefault, Configuration, DriverName, HashAlgorithms, Install, NetworkConnect, NoLogo,
        PrintSchema, Service, UnInstall,
    };
    use super::{NotUnderstood, Switch, Switches};

    fn parse(line: &str) -> Result<Switches, NotUnderstood> {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        Switches::parse(&words)
    }

    fn check(line: &str, expected: &[(Switch, Option<&str>)]) {
        let expected: Vec<_> =
            expected.iter().map(|(switch, value)| (*switch, value.map(OsString::from))).collect();
        assert_eq!(parse(line).map(|switches| switches.given), Ok(expected), "{line}");
    }

    #[test]
    fn words_are_switches_with_values() {
        check("", &[]);
        check("-i", &[(Install, None)]);
        check("-i x.xml -service", &[(Install, Some("x.xml")), (Service, None)]);
        check("-C X.xml -NoLogo", &[(Configuration, Some("X.xml")), (NoLogo, None)]);
        check("-c --", &[(Configuration, None), (ConfigDefault, None)]);
        check("-u force", &[(UnInstall, Some("force"))]);
        check("-c -h md5", &[(Configuration, None), (HashAlgorithms, Some("md5"))]);
    }

    #[test]
    fn the_first_row_that_begins_the_text_wins() {
        check("-s", &[(PrintSchema, None)]);
        check("-service", &[(Service, None)]);
        check("-btf", &[(Btf, None)]);
        check("-nologo", &[(NoLogo, None)]);
        check("-cn", &[(Configuration, None), (NetworkConnect, None)]);
        check("-cn curl", &[(Configuration, Some("curl")), (NetworkConnect, None)]);
        assert_eq!(parse("-dns x"), parse("-d x -n -s"), "-dns is -d, -n and -s");
        check("-d x -i", &[(DriverName, Some("x")), (Install, None)]);
    }

    #[test]
    fn what_is_no_switch_is_not_understood() {
        let wrong = "x|-|-e|/i|-i x y|-c -i|-c -c|-i -s|-h|-h -c|-n a -n b|-cbtf|--help|-i x -u force|-q|-d";
        for line in wrong.split('|') {
            assert_eq!(parse(line), Err(NotUnderstood), "{line}");
        }
    }
}

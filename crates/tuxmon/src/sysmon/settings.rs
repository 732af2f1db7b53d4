//! What switches set beside the configuration file: hashes and lists of programs.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use tuxmon_config::{Block, Condition, Config, Filter, HashAlgorithms, Item, OnMatch};
use tuxmon_event::specs_with_tag;

use super::switches::Switches;
use super::table::{Switch, spec};

/// The settings of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `-h`.
    hashes: Option<HashAlgorithms>,
    /// `-l` and `-n` with their lists.
    programs: Vec<(Switch, Vec<String>)>,
    /// `-btf`.
    pub(crate) btf: Option<OsString>,
    /// `-t`.
    pub(crate) debug: bool,
    /// The file of `-i` or `-c`.
    pub(crate) file: Option<OsString>,
}

impl Settings {
    /// Reads them from switches; the error is the original's message.
    pub(crate) fn of(switches: &Switches) -> Result<Self, String> {
        let text = |switch| switches.value(switch).map(OsStr::to_string_lossy);
        let hashes = text(Switch::HashAlgorithms).map(|list| HashAlgorithms::parse(&list)).transpose()?;
        let mut programs = Vec::new();
        for switch in [Switch::ImageLoad, Switch::NetworkConnect] {
            if let Some(list) = text(switch) {
                programs.push((switch, list.split(',').map(str::to_owned).collect()));
            }
        }
        let file = switches.value(Switch::Install).or_else(|| switches.value(Switch::Configuration));
        Ok(Self {
            hashes,
            programs,
            btf: switches.value(Switch::Btf).map(OsStr::to_owned),
            debug: switches.has(Switch::DebugMode),
            file: file.map(OsStr::to_owned),
        })
    }

    /// Reads them from the words that an installation has stored. What cannot be read sets nothing: it was refused
    /// when it was stored, or the original stored it.
    pub(crate) fn of_stored(words: &[OsString]) -> Self {
        let switches = Switches::parse(words.get(1..).unwrap_or_default()).unwrap_or_default();
        Self::of(&switches).unwrap_or_default()
    }

    /// Puts them into a configuration. What the file says about hashes wins.
    ///
    /// Compat: parsecommandline.c — the rules of `-l` and `-n` stand first in the node of their event.
    pub(crate) fn apply(&self, config: &mut Config) {
        if let Some(hashes) = self.hashes.filter(|_| !config.names_hashes) {
            config.hash_algorithms = hashes;
        }
        for (switch, programs) in &self.programs {
            add_programs(config, spec(*switch).name, programs);
        }
    }
}

fn add_programs(config: &mut Config, tag: &str, programs: &[String]) {
    let Some(event) = specs_with_tag(tag).next() else { return };
    let items: Vec<Item> = programs.iter().map(|program| Item::Filter(image(program))).collect();
    let existing = config
        .blocks
        .iter_mut()
        .find(|block| block.event_id == event.id && block.onmatch == OnMatch::Include);
    if let Some(block) = existing {
        block.items.splice(..0, items);
        return;
    }
    let Some(tag) = event.tag else { return };
    let relation = config.schema_version.default_relation();
    let block = Block { tag, event_id: event.id, onmatch: OnMatch::Include, relation, items, line: 0 };
    let order = |id: u16| tuxmon_event::EVENTS.iter().position(|spec| spec.id == id);
    let place = config.blocks.partition_point(|other| order(other.event_id) < order(event.id));
    config.blocks.insert(place, block);
}

fn image(program: &str) -> Filter {
    Filter {
        field: "Image",
        condition: Condition::Image,
        value: Arc::from(program),
        rule_name: None,
        line: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use expect_test::expect;
    use tuxmon_config::{Config, HashAlgorithm, dump};

    use super::Settings;

    fn settings(line: &str) -> Settings {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        Settings::of_stored(&words)
    }

    fn config(text: &str) -> Config {
        Config::parse(text.as_bytes(), "x.xml").0.expect("the test's configuration is sound")
    }

    #[test]
    fn hashes_of_the_file_win() {
        let settings = settings("sysmon -c x.xml -h md5");
        let mut silent = config(r#"<Sysmon schemaversion="4.90"/>"#);
        settings.apply(&mut silent);
        assert!(silent.hash_algorithms.contains(HashAlgorithm::Md5));
        let mut named =
            config(r#"<Sysmon schemaversion="4.90"><HashAlgorithms>sha1</HashAlgorithms></Sysmon>"#);
        settings.apply(&mut named);
        assert!(!named.hash_algorithms.contains(HashAlgorithm::Md5));
    }

    #[test]
    fn programs_of_the_command_line_stand_first() {
        let mut config = config(
            r#"<Sysmon schemaversion="4.90"><EventFiltering>
                 <ProcessCreate onmatch="exclude"/>
                 <NetworkConnect onmatch="include"><Image>/usr/bin/ssh</Image></NetworkConnect>
                 <FileCreate onmatch="exclude"/>
               </EventFiltering></Sysmon>"#,
        );
        settings("sysmon -c x.xml -n curl,wget -l perl").apply(&mut config);
        expect![[r"
            Rule configuration (version 4.90):
             - ProcessCreate                      onmatch: exclude   combine rules using 'And'
             - NetworkConnect                     onmatch: include   combine rules using 'And'
            	Image                          filter: image        value: 'curl'
            	Image                          filter: image        value: 'wget'
            	Image                          filter: is           value: '/usr/bin/ssh'
             - ImageLoad                          onmatch: include   combine rules using 'And'
            	Image                          filter: image        value: 'perl'
             - FileCreate                         onmatch: exclude   combine rules using 'And'
        "]]
        .assert_eq(&dump(&config));
    }

    #[test]
    fn words_that_the_original_stored_are_understood() {
        let settings = settings("/usr/bin/sysmon -accepteula -i /root/rules.xml -t verbose -btf /b");
        assert_eq!(settings.file, Some("/root/rules.xml".into()));
        assert_eq!(settings.btf, Some("/b".into()));
        assert!(settings.debug);
    }
}

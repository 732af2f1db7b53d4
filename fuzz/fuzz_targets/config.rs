//! Any configuration: loaded or refused with a reason, in bounded time; what was loaded can be printed
//! and judges events, and says the same about one event with and without an explanation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tuxmon_config::{Config, dump};
use tuxmon_event::EVENTS;
use tuxmon_rules::{FieldSource, Rules, Scratch, Verdict};

/// An event whose every field has the same value.
struct Same<'v>(&'v str);

impl FieldSource for Same<'_> {
    fn text<'a>(&'a self, _position: usize, _scratch: &'a mut String) -> &'a str {
        self.0
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (config, diagnostics) = Config::parse(bytes, "fuzz.xml");
    assert_eq!(
        config.is_none(),
        tuxmon_diag::refuses(&diagnostics),
        "only an error refuses, and it always does"
    );
    let Some(config) = config else { return };
    drop(dump(&config));
    let rules = Rules::compile(&config);
    let mut scratch = Scratch::new();
    for (event, value) in EVENTS.iter().zip(["/usr/bin/curl", "", "-"].into_iter().cycle()) {
        let verdict = rules.verdict(event.id, &Same(value), &mut scratch);
        let explained = rules.explain(event.id, &Same(value), &mut scratch);
        assert_eq!(verdict != Verdict::Drop, explained.keep, "{explained}");
    }
});

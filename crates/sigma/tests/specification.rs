//! Each word of the specification, with events that fit it and events that do not.

use tuxmon_sigma::{
    Correlator, Engine, Event, Origin, Outcome, Placeholders, Product, Report, RuleFiles, Scratch,
    placeholders,
};

fn compile(text: &str) -> (Engine, Vec<Report>) {
    compile_with(text, &Placeholders::new())
}

fn compile_with(text: &str, placeholders: &Placeholders) -> (Engine, Vec<Report>) {
    let mut files = RuleFiles::default();
    files.add("rules.yml", text);
    files.compile(placeholders)
}

/// A rule whose detection is `detection`, indented by four.
fn rule(detection: &str) -> String {
    format!("title: T\nlogsource:\n    product: linux\ndetection:\n{detection}\n")
}

/// A rule with one selection of one item.
fn item(item: &str) -> String {
    rule(&format!("    selection:\n        {item}\n    condition: selection"))
}

fn usable(text: &str) -> Engine {
    let (engine, reports) = compile(text);
    for report in &reports {
        assert!(matches!(report.outcome, Outcome::Compiled { .. }), "{text}\n{report:?}");
    }
    engine
}

fn hits(engine: &Engine, fields: &[(&str, &str)]) -> usize {
    let event = Event { origin: Origin::Sysmon(Product::Linux, 1), time: 0, fields };
    engine.matches(&event, &mut Scratch::default()).len()
}

/// Checks one item against values of the field `F`.
fn check(text: &str, fits: &[&str], fits_not: &[&str]) {
    let engine = usable(&item(text));
    for value in fits {
        assert_eq!(hits(&engine, &[("F", value)]), 1, "{text} has to fit {value:?}");
    }
    for value in fits_not {
        assert_eq!(hits(&engine, &[("F", value)]), 0, "{text} must not fit {value:?}");
    }
}

fn broken(text: &str) -> (&'static str, u32) {
    let (_, reports) = compile(text);
    match &reports[0].outcome {
        Outcome::Broken(fault) => (fault.code, fault.line),
        other => panic!("{text}\n{other:?}"),
    }
}

#[test]
fn values_are_compared_whole_and_without_case() {
    check("F: /bin/Sh", &["/bin/sh", "/BIN/SH"], &["/bin/sh ", "x/bin/sh", ""]);
    check("F: ''", &[""], &["x"]);
    check("F: 'a*c'", &["ac", "aXXc", "A\nC"], &["acd"]);
    check("F: 'a?c'", &["abc", "aéc"], &["ac", "abbc"]);
    check(r"F: 'a\*c'", &["a*c"], &["abc"]);
    check("F: 'ÄB'", &["äb", "ÄB"], &["ab"]);
    check("F: '*'", &["", "x"], &[]);
    check("F: [a, b]", &["a", "B"], &["c"]);
}

#[test]
fn numbers_and_truth_need_no_quotes() {
    check("F: 22", &["22"], &["2", "220", "-"]);
    check("F: 0x1f", &["0x1F", "31"], &["30"]);
    check("F: 1.5", &["1.5", "1.50"], &["15"]);
    check("F: true", &["true", "True"], &["false", "1"]);
    check("F: '22'", &["22"], &["22.0"]);
}

#[test]
fn null_is_a_field_that_is_not_there() {
    let engine = usable(&item("F: null"));
    assert_eq!(hits(&engine, &[("G", "x")]), 1);
    assert_eq!(hits(&engine, &[("F", "")]), 0);
    let engine = usable(&item("F|exists: true"));
    assert_eq!((hits(&engine, &[("F", "")]), hits(&engine, &[("G", "x")])), (1, 0));
    let engine = usable(&item("F|exists: false"));
    assert_eq!((hits(&engine, &[("F", "")]), hits(&engine, &[("G", "x")])), (0, 1));
}

#[test]
fn text_modifiers() {
    check("F|contains: bc", &["abcd", "BC"], &["b c"]);
    check("F|startswith: ab", &["ABc"], &["xab"]);
    check("F|endswith: bc", &["aBC"], &["bcx"]);
    check("F|contains|all: [a, b]", &["xbya"], &["a", "b"]);
    check("F|contains: 'a*b'", &["xaYbz"], &["ba"]);
    check("F|cased: Ab", &["Ab"], &["ab", "AB"]);
    check("F|contains|cased: Ab", &["xAbx"], &["xabx"]);
    check("F|startswith|cased: Ab", &["Abx"], &["abx", "xAb"]);
    check("F|neq: a", &["b", ""], &["a", "A"]);
    check("F|neq: [a, b]", &["c"], &["a", "b"]);
    check("F|contains|windash: ' -f'", &["x -f", "x /f", "x –f", "x —f", "x ―f"], &["x +f", "xf"]);
}

#[test]
fn encodings() {
    check("F|base64: foobar", &["Zm9vYmFy"], &["foobar"]);
    check("F|base64offset|contains: foobar", &["xxZm9vYmFy", "IGZvb2Jhcg==", "ICBmb29iYXI="], &["foobar"]);
    check("F|wide|base64: ab", &["YQBiAA=="], &["YWI="]);
    check("F|utf16le|base64: ab", &["YQBiAA=="], &["YWI="]);
    check("F|utf16be|base64: ab", &["AGEAYg=="], &["YQBiAA=="]);
    check("F|utf16|base64: ab", &["//5hAGIA"], &["YQBiAA=="]);
    check("F|wide|base64offset|contains: ab", &["xYQBiAx"], &["YWI="]);
    check("F|wide|contains: ab", &["xa\0b\0"], &["ab"]);
}

#[test]
fn regular_expressions() {
    check("F|re: 'a.c$'", &["xabc"], &["ABC", "abcd", "a\nc"]);
    check("F|re|i: 'a.c'", &["xABC"], &["ac"]);
    check("F|re|s: 'a.c'", &["a\nc"], &["A\nc"]);
    check("F|re|m: '^b$'", &["a\nb\nc"], &["abc"]);
    check(r"F|re: '[0-9]{3,}\-x'", &["1234-x"], &["12-x"]);
    check("F|re|neq: a", &["b"], &["xax"]);
}

#[test]
fn numbers_can_be_compared() {
    check("F|lt: 10", &["9", "-3"], &["10", "x", ""]);
    check("F|lte: 10", &["10"], &["11"]);
    check("F|gt: 10", &["10.5"], &["10", "x"]);
    check("F|gte: 10", &["10"], &["9"]);
    check("F|neq: 10", &["9", "x"], &["10"]);
}

#[test]
fn parts_of_times() {
    let time = "2026-11-21 22:05:00.000";
    for (modifier, value) in
        [("minute", 5), ("hour", 22), ("day", 21), ("week", 47), ("month", 11), ("year", 2026)]
    {
        check(&format!("F|{modifier}: {value}"), &[time], &["2025-01-02 03:04:00.000", "x"]);
    }
    check("F|hour|gte: 20", &[time], &["2026-11-21 19:05:00.000"]);
}

#[test]
fn networks() {
    check("F|cidr: 10.0.0.0/8", &["10.1.2.3"], &["11.1.2.3", "x"]);
    check("F|cidr: [fe80::/10, 127.0.0.0/8]", &["fe80:0:0:0:1:2:3:4", "127.0.0.1"], &["::1"]);
    check("F|cidr|neq: 10.0.0.0/8", &["11.1.2.3"], &["10.1.2.3"]);
}

#[test]
fn fields_can_be_compared_with_each_other() {
    for (key, value, other, fits) in [
        ("F|fieldref", "Ab", "aB", 1),
        ("F|fieldref", "a", "b", 0),
        ("F|fieldref|neq", "a", "b", 1),
        ("F|fieldref|neq", "a", "A", 0),
        ("F|fieldref|startswith", "abc", "AB", 1),
        ("F|fieldref|endswith", "abc", "ab", 0),
        ("F|fieldref|contains", "xaby", "ab", 1),
        ("F|fieldref|cased", "a", "A", 0),
    ] {
        let engine = usable(&item(&format!("{key}: G")));
        assert_eq!(hits(&engine, &[("F", value), ("G", other)]), fits, "{key} {value} {other}");
        assert_eq!(
            hits(&engine, &[("F", value)]),
            usize::from(key.ends_with("neq")),
            "{key} without the other"
        );
    }
}

#[test]
fn placeholders_stand_for_values() {
    let text = item("F|contains|expand: 'x%Names%y'");
    let (_, reports) = compile(&text);
    assert!(
        matches!(&reports[0].outcome, Outcome::NotApplicable(reason) if reason.contains("%Names%")),
        "{reports:?}"
    );
    let values =
        placeholders("p.yml", "vars:\n    Names: [a, 'b*']\n    Nets: [10.0.0.0/8]").expect("it is right");
    let (engine, _) = compile_with(&text, &values);
    assert_eq!((hits(&engine, &[("F", "..xAy..")]), hits(&engine, &[("F", "xb--y")])), (1, 1));
    assert_eq!(hits(&engine, &[("F", "xcy")]), 0);
    let (engine, _) = compile_with(&item("F|cidr|expand: '%Nets%'"), &values);
    assert_eq!(hits(&engine, &[("F", "10.2.3.4")]), 1);
    let (engine, _) = compile_with(&item("F|re|expand: '^%Names%$'"), &values);
    assert_eq!((hits(&engine, &[("F", "b*")]), hits(&engine, &[("F", "bb")])), (1, 0));
}

#[test]
fn identifiers_are_maps_lists_and_keywords() {
    let both = usable(&rule("    s:\n        F: a\n        G: b\n    condition: s"));
    assert_eq!((hits(&both, &[("F", "a"), ("G", "b")]), hits(&both, &[("F", "a")])), (1, 0));
    let either = usable(&rule("    s:\n        - F: a\n        - G: b\n    condition: s"));
    assert_eq!((hits(&either, &[("G", "b")]), hits(&either, &[("G", "a")])), (1, 0));
    let of_events = |text: &str| text.replace("product: linux", "category: process_creation");
    let words = usable(&of_events(&rule("    k:\n        - one*two\n        - three\n    condition: k")));
    assert_eq!((hits(&words, &[("X", "a ONE b two c")]), hits(&words, &[("X", "thre")])), (1, 0));
    let all = usable(&of_events(&rule(
        "    k:\n        '|all':\n            - one\n            - two\n    condition: k",
    )));
    assert_eq!((hits(&all, &[("X", "two"), ("Y", "one")]), hits(&all, &[("X", "one")])), (1, 0));
}

#[test]
fn conditions() {
    let parts = "    a_1: {F: x}\n    a_2: {G: x}\n    b: {H: x}\n    _hidden: {I: x}\n";
    for (condition, fields, fits) in [
        ("1 of a_*", "F", 1),
        ("all of a_*", "F", 0),
        ("all of a_*", "FG", 1),
        ("2 of them", "FH", 1),
        ("2 of them", "FI", 0),
        ("1 of them", "I", 0),
        ("any of them", "H", 1),
        ("b and not 1 of a_*", "H", 1),
        ("b and not 1 of a_*", "HG", 0),
        ("not (b or a_1)", "G", 1),
        ("NOT b AND a_1", "F", 1),
        ("_hidden", "I", 1),
    ] {
        let engine = usable(&rule(&format!("{parts}    condition: {condition}")));
        let names: Vec<String> = fields.chars().map(String::from).collect();
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(hits(&engine, &fields), fits, "{condition}");
    }
    let list = usable(&rule(&format!("{parts}    condition:\n        - b\n        - a_1")));
    assert_eq!((hits(&list, &[("F", "x")]), hits(&list, &[("G", "x")])), (1, 0));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, code, line) in [
        (item("F|containz: x"), "unknown-modifier", 6),
        (item("F|i: x"), "misplaced-modifier", 6),
        (item("F|re: '(?=x)'"), "broken-regex", 6),
        (item("F|re: '('"), "broken-regex", 6),
        (item("F|cidr: 10.0.0.0/40"), "broken-value", 6),
        (item("F|gt: many"), "broken-value", 6),
        (item("F|base64: 'a*'"), "broken-value", 6),
        (item("F|exists: maybe"), "broken-value", 6),
        (item("F: []"), "broken-detection", 6),
        (item("F: {a: b}"), "broken-detection", 6),
        (rule("    s: {F: a}\n    s: {F: b}\n    condition: s"), "twice", 6),
        (rule("    s: {F: a}\n    condition: t"), "unknown-identifier", 6),
        (rule("    s: {F: a}\n    condition: 1 of t*"), "unknown-identifier", 6),
        (rule("    s: {F: a}\n    condition: s | count() > 3"), "old-aggregation", 6),
        (rule("    s: {F: a}"), "broken-condition", 5),
        ("title: T\ndetection: {s: {F: a}, condition: s}".to_owned(), "broken-logsource", 1),
        (rule("    s: {F: a}\n    condition: s") + "level: terrible", "unknown-level", 7),
        ("title: [".to_owned(), "broken-yaml", 2),
        ("just text".to_owned(), "not-a-rule", 1),
        (String::new(), "not-a-rule", 1),
        ("logsource: {}\ndetection: {s: {F: a}, condition: s}".to_owned(), "not-a-rule", 1),
    ] {
        let (found, place) = broken(&text);
        assert_eq!(found, code, "{text}");
        assert!(place.abs_diff(line) <= 1, "{text}: line {place}, not {line}");
    }
}

#[test]
fn a_rule_is_not_applicable_for_a_reason() {
    for (source, reason) in [
        ("product: windows\n    category: process_creation", "product windows"),
        ("product: linux\n    service: auditd", "service auditd"),
        ("product: linux\n    category: dns_query", "Linux has no events"),
        ("category: webserver", "category webserver"),
    ] {
        let text = rule("    s: {F: a}\n    condition: s").replace("product: linux", source);
        let (_, reports) = compile(&text);
        assert!(
            matches!(&reports[0].outcome, Outcome::NotApplicable(told) if told.contains(reason)),
            "{reports:?}"
        );
    }
    let (_, reports) = compile(&rule("    k: [word]\n    condition: k"));
    assert!(
        matches!(&reports[0].outcome, Outcome::NotApplicable(told) if told.contains("lines")),
        "{reports:?}"
    );
    let (_, reports) = compile(&(item("F: a") + "taxonomy: ecs"));
    assert!(
        matches!(&reports[0].outcome, Outcome::NotApplicable(told) if told.contains("ecs")),
        "{reports:?}"
    );
}

#[test]
fn fields_that_no_event_has_are_remarked() {
    let text = item("Commandline|contains: x").replace("product: linux", "category: process_creation");
    let (_, reports) = compile(&text);
    let Outcome::Compiled { events, remarks } = &reports[0].outcome else { panic!("{reports:?}") };
    assert_eq!(events, &[1]);
    assert_eq!(remarks, &["none of its events has a field Commandline"]);
}

/// A rule for process creation that matches where `F` is `x`, with a filter for it.
fn filtered(condition: &str, target: &str) -> Engine {
    let rule = "title: R\nid: r1\nlogsource: {product: linux, category: process_creation}\ndetection: {s: {F: x}, condition: s}\n";
    let filter = format!(
        "---\ntitle: Without admins\nlogsource: {{category: process_creation}}\nfilter:\n    rules: {target}\n    selection: {{User|startswith: adm_}}\n    condition: {condition}\n"
    );
    compile(&format!("{rule}{filter}")).0
}

#[test]
fn filters_suppress_however_they_are_written() {
    for condition in ["selection", "not selection"] {
        for target in ["[r1]", "any"] {
            let engine = filtered(condition, target);
            assert_eq!(hits(&engine, &[("F", "x"), ("User", "bob")]), 1, "{condition} {target}");
            assert_eq!(hits(&engine, &[("F", "x"), ("User", "adm_bob")]), 0, "{condition} {target}");
            assert_eq!(hits(&engine, &[("F", "y"), ("User", "bob")]), 0, "{condition} {target}");
        }
        let elsewhere = filtered(condition, "[other]");
        assert_eq!(hits(&elsewhere, &[("F", "x"), ("User", "adm_bob")]), 1);
    }
}

/// Feeds events of one host: seconds, user, and the value of `F`; gives when each correlation matched.
fn correlate(correlation: &str, events: &[(i64, &str, &str)]) -> Vec<(i64, f64)> {
    let rule = |name: &str| {
        format!(
            "title: {name}\nname: {name}\nlogsource: {{product: linux}}\ndetection: {{s: {{F|startswith: {name}}}, condition: s}}\n---\n"
        )
    };
    let text: String = ["a", "b", "c"].map(rule).concat();
    let engine = usable(&format!("{text}title: C\ncorrelation:\n{correlation}\n"));
    let mut correlator = Correlator::new(&engine);
    let mut scratch = Scratch::default();
    let mut hits = Vec::new();
    for (second, user, value) in events {
        let number = value.trim_start_matches(char::is_alphabetic);
        let fields = [("F", *value), ("User", *user), ("N", number), ("Who", user)];
        let event = Event { origin: Origin::Sysmon(Product::Linux, 1), time: second * 1000, fields: &fields };
        let matched = engine.matches(&event, &mut scratch).to_vec();
        hits.extend(correlator.take(&engine, &event, &matched));
    }
    hits.extend(correlator.finish(&engine));
    hits.iter().map(|hit| (hit.last / 1000, hit.measured)).collect()
}

const TEN: &str = "    group-by: [User]\n    timespan: 10s\n";

#[test]
fn events_are_counted_in_groups() {
    let count = format!("    type: event_count\n    rules: [a]\n{TEN}    condition: {{gte: 3}}");
    let events = [(0, "u", "a"), (1, "v", "a"), (2, "u", "a"), (3, "u", "b"), (4, "u", "a"), (5, "u", "a")];
    assert_eq!(correlate(&count, &events), [(4, 3.0)], "told once, when it is reached");
    let slow = [(0, "u", "a"), (6, "u", "a"), (12, "u", "a"), (18, "u", "a")];
    assert_eq!(correlate(&count, &slow), [], "never three within ten seconds");
    let few = format!("    type: event_count\n    rules: [a]\n{TEN}    condition: {{lt: 3}}");
    assert_eq!(correlate(&few, &events), [(1, 1.0)], "judged when the time is over: user v");
    let range = format!("    type: event_count\n    rules: [a, b]\n{TEN}    condition: {{gt: 1, lte: 5}}");
    assert_eq!(correlate(&range, &events), [(5, 5.0)]);
}

#[test]
fn values_are_counted_and_computed() {
    let of = |kind: &str, condition: &str| {
        format!("    type: {kind}\n    rules: [a]\n{TEN}    condition: {{field: N, {condition}}}")
    };
    let events = [(0, "u", "a1"), (1, "u", "a1"), (2, "u", "a4"), (3, "u", "a10")];
    assert_eq!(correlate(&of("value_count", "gte: 3"), &events), [(3, 3.0)]);
    assert_eq!(correlate(&of("value_sum", "gt: 5"), &events), [(2, 6.0)]);
    assert_eq!(correlate(&of("value_avg", "gte: 4"), &events), [(3, 4.0)]);
    assert_eq!(correlate(&of("value_median", "lt: 3"), &events), [(3, 2.5)]);
    assert_eq!(correlate(&of("value_percentile", "percentile: 100, gte: 10"), &events), [(3, 10.0)]);
    assert_eq!(
        correlate(&of("value_percentile", "lte: 30"), &events),
        [(3, 25.0), (3, 25.0)],
        "the rare values"
    );
}

#[test]
fn rules_come_together_in_time() {
    let temporal = format!("    type: temporal\n    rules: [a, b, c]\n{TEN}");
    let ordered = format!("    type: temporal_ordered\n    rules: [a, b, c]\n{TEN}");
    let right = [(0, "u", "a"), (1, "v", "b"), (2, "u", "b"), (9, "u", "c")];
    let wrong = [(0, "u", "b"), (2, "u", "a"), (9, "u", "c")];
    let late = [(0, "u", "a"), (5, "u", "b"), (11, "u", "c")];
    assert_eq!(correlate(&temporal, &right), [(9, 3.0)]);
    assert_eq!(correlate(&temporal, &wrong), [(9, 3.0)]);
    assert_eq!(correlate(&temporal, &late), []);
    assert_eq!(correlate(&ordered, &right), [(9, 3.0)]);
    assert_eq!(correlate(&ordered, &wrong), []);
    assert_eq!(correlate(&ordered, &late), []);
}

#[test]
fn aliases_name_fields_that_are_called_differently() {
    let aliased = "    type: temporal\n    rules: [a, b]\n    group-by: [who]\n    timespan: 10s\n    aliases:\n        who: {a: User, b: Who}\n";
    assert_eq!(correlate(aliased, &[(0, "u", "a"), (1, "u", "b")]), [(1, 2.0)]);
    assert_eq!(correlate(aliased, &[(0, "u", "a"), (1, "v", "b")]), []);
}

#[test]
fn correlations_can_be_chained() {
    let text = "title: Chain\ncorrelation:\n    type: temporal_ordered\n    rules: [many, good]\n    group-by: [User]\n    timespan: 1m\n---\n\
        title: Many\nname: many\ncorrelation:\n    type: event_count\n    rules: [bad]\n    group-by: [User]\n    timespan: 1m\n    condition: {gte: 2}\n---\n\
        title: Bad\nname: bad\nlogsource: {product: linux}\ndetection: {s: {F: bad}, condition: s}\n---\n\
        title: Good\nname: good\nlogsource: {product: linux}\ndetection: {s: {F: good}, condition: s}\n";
    let engine = usable(text);
    let mut correlator = Correlator::new(&engine);
    let mut titles = Vec::new();
    for (time, value) in [(0, "bad"), (1000, "bad"), (2000, "good")] {
        let fields = [("F", value), ("User", "u")];
        let event = Event { origin: Origin::Sysmon(Product::Linux, 1), time, fields: &fields };
        let matched = engine.matches(&event, &mut Scratch::default()).to_vec();
        for hit in correlator.take(&engine, &event, &matched) {
            let rule = &engine.correlations()[hit.rule];
            titles.push((rule.about.title.clone(), rule.silent));
        }
    }
    assert!(engine.rules().iter().all(|rule| rule.silent), "they speak through the correlations");
    assert_eq!(titles, [("Many".to_owned(), true), ("Chain".to_owned(), false)]);
}

#[test]
fn correlations_refer_to_rules_that_exist() {
    let (_, reports) = compile(
        "title: C\ncorrelation: {type: event_count, rules: [x], group-by: [U], timespan: 1h, condition: {gte: 1}}",
    );
    assert!(matches!(&reports[0].outcome, Outcome::Broken(why) if why.code == "unknown-rule"), "{reports:?}");
    for text in [
        "{rules: [x], timespan: 1h}",
        "{type: other, rules: [x], timespan: 1h}",
        "{type: event_count, rules: [x], timespan: soon, condition: {gte: 1}}",
        "{type: event_count, rules: [x], timespan: 1h}",
        "{type: value_count, rules: [x], timespan: 1h, condition: {gte: 1}}",
        "{type: event_count, rules: [x], timespan: 1h, condition: {about: 1}}",
    ] {
        assert_eq!(broken(&format!("title: C\ncorrelation: {text}")).0, "broken-correlation", "{text}");
    }
}

#[test]
fn hostile_rules_are_answered() {
    let deep = format!("title: T\ndetection: {}", "[".repeat(100_000));
    let laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    let stars = item(&format!("F: '{}b'", "*a".repeat(2000)));
    for text in
        [deep.as_str(), laughs, "\u{0}", "%", "- - - -", "? :", "{{", "&a *a", "title: T\ndetection: 1"]
    {
        let (_, reports) = compile(text);
        assert!(matches!(&reports[0].outcome, Outcome::Broken(_)), "{reports:?}");
    }
    let engine = usable(&stars);
    assert_eq!(hits(&engine, &[("F", &"a".repeat(4000))]), 0);
    let bytes = item("F|re: '(a*)*b'");
    assert_eq!(hits(&usable(&bytes), &[("F", &"a".repeat(4000))]), 0);
}

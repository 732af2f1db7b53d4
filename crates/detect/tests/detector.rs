//! Events in, alerts out: each kind of alert with its line.

use expect_test::{Expect, expect};
use tuxmon_detect::{Alert, Ancestor, Detector, Envelope, Limits, Rules};
use tuxmon_intel::{Indicators, List, Origin as ListOrigin};
use tuxmon_sigma::{Event, Level, Origin, Placeholders, Product, RuleFiles};

const RULES: &str = "
title: Shell Started
id: 00000000-0000-4000-8000-000000000001
name: shell
level: low
author: somebody
tags: [attack.t1059.004]
logsource: {category: process_creation, product: linux}
detection: {selection: {Image|endswith: /sh}, condition: selection}
---
title: Many Shells
id: 00000000-0000-4000-8000-000000000002
level: high
correlation: {type: event_count, rules: [shell], group-by: [User], timespan: 1m, condition: {gte: 3}, generate: true}
";

fn detector(level: Option<Level>, limits: Limits) -> Detector {
    let mut files = RuleFiles::default();
    files.add("rules.yml", RULES);
    let (engine, reports) = files.compile(&Placeholders::new());
    assert_eq!(reports.len(), 2);
    let origin = ListOrigin { file: "bad.txt", source: "bad.txt", expires: Some(100_000) };
    let (list, _) = List::read(origin, "192.0.2.0/24 a network\n");
    Detector::new(Rules::new(engine, Indicators::new(vec![list]), level), limits)
}

/// The alerts of shells that this user starts at these seconds, and of what is still to tell at the end.
fn shells(detector: &mut Detector, times: &[i64]) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for (number, second) in times.iter().enumerate() {
        let pid = number.to_string();
        let fields = [
            ("UtcTime", "2026-11-21 00:00:00.000"),
            ("ProcessGuid", "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}"),
            ("ProcessId", pid.as_str()),
            ("Image", "/bin/sh"),
            ("User", "alice"),
        ];
        let time = second * 1000;
        let event = Event { origin: Origin::Sysmon(Product::Linux, 1), time, fields: &fields };
        detector.look(&event, time, &mut |alert| alerts.push(alert));
    }
    detector.finish(0, &mut |alert| alerts.push(alert));
    alerts
}

#[track_caller]
fn check(alert: &Alert, expected: &Expect) {
    let ancestors = [Ancestor { guid: "{guid}".to_owned(), pid: 7, image: "/usr/sbin/sshd".to_owned() }];
    let envelope = Envelope { written: "now", computer: "vm", ancestors: &ancestors };
    let line = alert.to_json(&envelope);
    assert_eq!(line.lines().count(), 1);
    let value: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
    expected.assert_eq(&format!("{value:#}\n"));
}

#[test]
fn alerts_are_lines_of_json() {
    let limits = Limits { same_again: 60_000, per_minute: 60 };
    let alerts = shells(&mut detector(None, limits), &[1, 2, 3]);
    assert_eq!(alerts.len(), 3, "{alerts:#?}");
    check(
        &alerts[0],
        &expect![[r#"
        {
          "Alert": "sigma",
          "Time": "1970-01-01 00:00:01.000",
          "Written": "now",
          "Computer": "vm",
          "Rule": {
            "Id": "00000000-0000-4000-8000-000000000001",
            "Title": "Shell Started",
            "Level": "low",
            "Author": "somebody",
            "Techniques": [
              "T1059.004"
            ],
            "Source": "rules.yml"
          },
          "Count": 1,
          "Matched": [
            {
              "Field": "Image",
              "Value": "/bin/sh",
              "Asked": "*/sh"
            }
          ],
          "ProcessGuid": "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
          "Ancestors": [
            {
              "ProcessGuid": "{guid}",
              "ProcessId": 7,
              "Image": "/usr/sbin/sshd"
            }
          ],
          "Event": {
            "UtcTime": "2026-11-21 00:00:00.000",
            "ProcessGuid": "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
            "ProcessId": "0",
            "Image": "/bin/sh",
            "User": "alice"
          }
        }
    "#]],
    );
    check(
        &alerts[1],
        &expect![[r#"
        {
          "Alert": "correlation",
          "Time": "1970-01-01 00:00:03.000",
          "Written": "now",
          "Computer": "vm",
          "Rule": {
            "Id": "00000000-0000-4000-8000-000000000002",
            "Title": "Many Shells",
            "Level": "high",
            "Author": "",
            "Techniques": [],
            "Source": "rules.yml"
          },
          "Count": 3,
          "First": "1970-01-01 00:00:01.000",
          "Correlation": {
            "Group": {
              "User": "alice"
            },
            "Measured": 3.0
          },
          "ProcessGuid": "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
          "Ancestors": [
            {
              "ProcessGuid": "{guid}",
              "ProcessId": 7,
              "Image": "/usr/sbin/sshd"
            }
          ],
          "Event": {
            "UtcTime": "2026-11-21 00:00:00.000",
            "ProcessGuid": "{74d9a3a2-d5b6-6a1f-7d2a-5b1c55550000}",
            "ProcessId": "2",
            "Image": "/bin/sh",
            "User": "alice"
          }
        }
    "#]],
    );
    check(
        &alerts[2],
        &expect![[r#"
        {
          "Alert": "repeated",
          "Time": "1970-01-01 00:00:03.000",
          "Written": "now",
          "Computer": "vm",
          "Rule": {
            "Id": "00000000-0000-4000-8000-000000000001",
            "Title": "Shell Started",
            "Level": "low",
            "Author": "somebody",
            "Techniques": [
              "T1059.004"
            ],
            "Source": "rules.yml"
          },
          "Count": 2,
          "First": "1970-01-01 00:00:02.000",
          "Matched": [
            {
              "Field": "Image",
              "Value": "/bin/sh",
              "Asked": "*/sh"
            }
          ]
        }
    "#]],
    );
}

#[test]
fn a_level_leaves_out_what_is_lower_but_not_what_counts_it() {
    let alerts = shells(&mut detector(Some(Level::High), Limits::default()), &[1, 2, 3]);
    let titles: Vec<&str> = alerts.iter().map(|alert| alert.heading.title.as_str()).collect();
    assert_eq!(titles, ["Many Shells"]);
}

#[test]
fn every_match_is_told_or_counted() {
    let limits = Limits { same_again: 10_000, per_minute: 2 };
    let times: Vec<i64> = (0..1000).collect();
    let mut detector = detector(None, limits);
    let alerts = shells(&mut detector, &times);
    let of_rule = |alert: &&Alert| alert.heading.title == "Shell Started";
    assert_eq!(alerts.iter().filter(of_rule).map(|alert| alert.count).sum::<u64>(), 1000);
    let counts = detector.counts();
    assert_eq!(counts.events, 1000);
    assert_eq!(counts.alerts, alerts.len() as u64);
}

#[test]
fn indicators_hold_until_they_expire() {
    let mut detector = detector(None, Limits { same_again: 0, per_minute: 60 });
    let fields = [("DestinationIp", "192.0.2.7"), ("Image", "/usr/bin/curl")];
    let mut found = Vec::new();
    for now in [99_999, 100_000] {
        let event = Event { origin: Origin::Sysmon(Product::Linux, 3), time: now, fields: &fields };
        detector.look(&event, now, &mut |alert| found.push((alert.heading.title.clone(), now)));
    }
    assert_eq!(found, [("Network Named by bad.txt: a network".to_owned(), 99_999)]);
}

#[test]
fn lines_are_cut_and_stay_json() {
    let long = "x".repeat(64 * 1024);
    let fields: Vec<(String, String)> = (0..40).map(|number| (format!("F{number}"), long.clone())).collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("Image", "/bin/sh")])
        .collect();
    let event = Event { origin: Origin::Sysmon(Product::Linux, 1), time: 0, fields: &fields };
    let mut lines = Vec::new();
    let envelope = Envelope { written: "now", computer: "vm", ancestors: &[] };
    detector(None, Limits::default()).look(&event, 0, &mut |alert| lines.push(alert.to_json(&envelope)));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].len() <= 60 * 1024, "{} bytes", lines[0].len());
    serde_json::from_str::<serde_json::Value>(&lines[0]).expect("it is JSON");
}

#[test]
fn other_lists_leave_what_correlations_remember() {
    let limits = Limits { same_again: 60_000, per_minute: 60 };
    let mut detector = detector(None, limits);
    let mut alerts = Vec::new();
    for second in 1..=3 {
        let fields = [("Image", "/bin/sh"), ("User", "alice"), ("DestinationIp", "192.0.2.7")];
        let origin = Origin::Sysmon(Product::Linux, 1);
        let event = Event { origin, time: second * 1000, fields: &fields };
        detector.look(&event, second * 1000, &mut |alert| alerts.push(alert));
        if second == 2 {
            let origin = ListOrigin { file: "new.txt", source: "new.txt", expires: None };
            let (list, _) = List::read(origin, "192.0.2.7\n");
            detector.take_indicators(Indicators::new(vec![list]), &mut |alert| alerts.push(alert));
        }
    }
    let told: Vec<_> =
        alerts.iter().map(|one| (one.kind.word(), one.heading.title.as_str(), one.count)).collect();
    let expected = [
        ("sigma", "Shell Started", 1),
        ("indicator", "Network Named by bad.txt: a network", 1),
        // What was counted when the lists changed.
        ("repeated", "Shell Started", 1),
        ("repeated", "Network Named by bad.txt: a network", 1),
        ("sigma", "Shell Started", 1),
        // It counts the shells from before the change.
        ("correlation", "Many Shells", 3),
        ("indicator", "Address Named by new.txt", 1),
    ];
    assert_eq!(told, expected);
}

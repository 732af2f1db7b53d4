//! Streams, messages and exit codes of what needs no installation.

use super::call::{Sysmon, is_root, skip};

#[test]
fn the_banner_comes_first_whatever_is_asked() {
    let sysmon = Sysmon::new();
    for line in ["", "-nologo", "-?", "-s 9", "-c --", "nonsense"] {
        let answer = sysmon.call_as_nobody(line);
        let banner: Vec<_> = answer.stdout.lines().take(8).collect();
        assert_eq!(banner[0], "", "{line}");
        assert_eq!(banner[1], "Sysmon v1.5.2 - Monitors system events", "{line}");
        assert!(
            banner[2].starts_with("tuxmon v")
                && banner[2].ends_with("compatible with Sysmon for Linux v1.5.2")
        );
        assert_eq!(banner[7], "", "{line}");
    }
}

#[test]
fn help_is_usage_and_success() {
    let sysmon = Sysmon::new();
    for line in ["-?", "-?x", "-h", "-H", "-help", "--help"] {
        let answer = sysmon.call_as_nobody(line);
        assert_eq!((answer.code, answer.said().as_str()), (Some(0), ""), "{line}");
        assert!(answer.has_usage(), "{line}: {answer:?}");
    }
    for line in ["-? config", "-? configuration", "-h Config"] {
        let answer = sysmon.call_as_nobody(line);
        assert_eq!(answer.code, Some(0), "{line}");
        let page = &answer.stderr;
        assert!(page.contains("current schema is version: 4.90"), "{line}: {page}");
        assert!(page.contains("\n1      ProcessCreate        Process Create\n"), "{line}: {page}");
    }
}

#[test]
fn what_is_not_understood_is_answered_by_usage() {
    let sysmon = Sysmon::new();
    let wrong = [
        "x",
        "-q",
        "-",
        "-i -c",
        "-i -i",
        "-s -u",
        "-h",
        "-i x y",
        "-c -h",
        "-btf a -btf b",
        "-e",
        "/i",
        "-cbtf",
        "-i --x",
        "-a",
        "-d",
        "-z",
        "-x",
        "-y",
    ];
    for line in wrong.into_iter().filter(|line| *line != "-h") {
        let answer = sysmon.call_as_nobody(line);
        assert_eq!((answer.code, answer.said().as_str()), (Some(87), ""), "{line}");
        assert!(answer.has_usage(), "{line}: {answer:?}");
    }
}

#[test]
fn parameters_are_judged_before_privileges() {
    let sysmon = Sysmon::new();
    let check = |line: &str, code: i32, said: &str| {
        let answer = sysmon.call_as_nobody(line);
        assert_eq!((answer.code, answer.said().as_str()), (Some(code), said), "{line}");
    };
    check("--", 87, "The '--' switch must be used with -c switch (config update) to set defaults.\n");
    check("-i --", 87, "The '--' switch must be used with -c switch (config update) to set defaults.\n");
    for line in ["-a /x", "-i -r", "-z x", "-x x", "-c -r on"] {
        check(line, 87, "Option not implemented on Linux.\n");
    }
    check("-t loud", 87, "Possible options for DebugMode: verbose\n");
    check("-c -h md5,foo", 87, "Invalid hashing algorithm: foo\n");
    check(
        "-i -d ../x",
        87,
        "Invalid name for -d: 1 to 15 letters, digits, '-' and '_', and no '-' at the beginning.\n",
    );
    check("-s 9.9", 0, "There is no schema that matches that version.\n");
}

#[test]
fn the_rest_is_for_root() {
    let sysmon = Sysmon::new();
    for line in [
        "",
        "-i",
        "-c",
        "-u",
        "-c --",
        "-c -- -h md5",
        "-u nonsense",
        "-m",
        "-n",
        "-t verbose",
        "-btf /x",
        "-i -service",
    ] {
        let answer = sysmon.call_as_nobody(line);
        assert_eq!(
            (answer.code, answer.said().as_str()),
            (Some(228), "You need to run Sysmon as root.\n"),
            "{line}"
        );
    }
}

#[test]
fn root_is_told_what_does_not_go_together() {
    if !is_root() {
        return skip("not root");
    }
    let sysmon = Sysmon::new();
    for line in ["-c -- -h md5", "-c x.xml --", "-c -h md5 --"] {
        sysmon.file("x.xml", r#"<Sysmon schemaversion="4.90"/>"#);
        let answer = sysmon.call(line);
        assert_eq!(answer.code, Some(87), "{line}");
        assert!(answer.said().ends_with("Cannot use specific settings with enforcing defaults.\n"), "{line}");
    }
    let answer = sysmon.call("-u nonsense");
    assert_eq!((answer.code, answer.said().as_str()), (Some(87), "Invalid option for -u.\n"));
    assert!(answer.has_usage());
    // Switches that do nothing of themselves on Linux.
    for line in
        ["", "-nologo", "-accepteula", "-m", "-n", "-l x", "-t", "-g x", "-k x", "-service", "-d quiet"]
    {
        let answer = sysmon.call(line);
        assert_eq!((answer.code, answer.said().as_str()), (Some(87), ""), "{line}");
        assert!(answer.has_usage(), "{line}");
    }
}

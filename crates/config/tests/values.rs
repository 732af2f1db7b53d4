//! What counts as the value of a field, and as a filter.

use tuxmon_config::{Config, Item};

/// The value of a filter whose element has this content.
fn value(content: &str) -> String {
    let text = format!(
        "<Sysmon schemaversion='4.90'><EventFiltering><ProcessCreate onmatch='include'>\
         <CommandLine>{content}</CommandLine></ProcessCreate></EventFiltering></Sysmon>"
    );
    let (config, diagnostics) = Config::parse(text.as_bytes(), "value.xml");
    let config = config.unwrap_or_else(|| panic!("{diagnostics:?}"));
    match &config.blocks[0].items[..] {
        [Item::Filter(filter)] => filter.value.to_string(),
        other => panic!("not one filter: {other:?}"),
    }
}

#[test]
fn values_are_verbatim() {
    assert_eq!(value(" a  b "), " a  b ");
    assert_eq!(value("   "), "   ");
    assert_eq!(value(""), "");
    assert_eq!(value("a&lt;b&#10;c"), "a<b\nc");
    assert_eq!(value("a\r\nb"), "a\nb");
    assert_eq!(value("a>b ]]> \"c\""), "a>b ]]> \"c\"");
}

#[test]
fn sections_and_comments_are_part_of_the_text_or_not() {
    assert_eq!(value("<![CDATA[a & <b>]]>"), "a & <b>");
    assert_eq!(value("a<!-- or -->b"), "ab");
    assert_eq!(value("a<?x y?>b"), "ab");
}

#[test]
fn a_version_is_read_as_far_as_it_goes() {
    let version = |text: &str| {
        let text = format!("<Sysmon schemaversion='{text}'/>");
        Config::parse(text.as_bytes(), "version.xml").0.map(|config| config.schema_version.to_string())
    };
    for (text, read) in
        [("4.9", "4.90"), ("4", "4.00"), ("9.99", "9.99"), ("4.22.1", "4.22"), (" 4.50 ", "4.50")]
    {
        assert_eq!(version(text).as_deref(), Some(read), "{text}");
    }
    for text in ["", "x", "3.99", "0.5", "-4.9", ".", "inf", "nan"] {
        assert_eq!(version(text), None, "{text}");
    }
}

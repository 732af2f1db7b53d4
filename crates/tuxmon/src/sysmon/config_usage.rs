//! The answer to `-? config`: the configuration file on one page, from the tables that the program itself uses.

use std::fmt::Write as _;

use tuxmon_config::Condition;
use tuxmon_event::{Argument, EVENTS, OPTIONS, SCHEMA_VERSION};

const SAMPLE: &str = r#"
<Sysmon schemaversion="VERSION">
  <!-- Hashes of executed files -->
  <HashAlgorithms>sha256</HashAlgorithms>
  <EventFiltering>
    <!-- Log every process but those of one program -->
    <ProcessCreate onmatch="exclude">
      <Image condition="is">/usr/bin/true</Image>
    </ProcessCreate>
    <!-- Log no end of a process -->
    <ProcessTerminate onmatch="include"/>
    <!-- Log connections to port 22, and those of curl -->
    <NetworkConnect onmatch="include">
      <DestinationPort>22</DestinationPort>
      <Image condition="end with">/curl</Image>
    </NetworkConnect>
  </EventFiltering>
</Sysmon>
"#;

const GROUPS: &str = r#"
In an event, filters of different fields combine as the RuleGroup around it says:

    <RuleGroup name="group 1" groupRelation="and">
      <ProcessCreate onmatch="include">
        <Image condition="contains">nc</Image>
        <User>root</User>
      </ProcessCreate>
    </RuleGroup>

A Rule combines filters of any fields, and its name becomes the RuleName of the event:

    <ProcessCreate onmatch="include">
      <Rule name="shell of a service" groupRelation="and">
        <Image condition="end with">/sh</Image>
        <ParentImage condition="is any">/usr/sbin/nginx;/usr/sbin/apache2</ParentImage>
      </Rule>
    </ProcessCreate>
"#;

/// The page.
pub(crate) fn text() -> String {
    let mut out = format!("Configuration usage (current schema is version: {SCHEMA_VERSION}):\n");
    out.push_str(&SAMPLE.replace("VERSION", SCHEMA_VERSION));
    out.push_str("\nOptions above EventFiltering:\n\n");
    let _ = writeln!(out, "{:<24} Value", "Option");
    for option in OPTIONS.iter().filter(|option| !option.noconfig && !option.internal) {
        let value = match option.argument {
            Argument::None => "true or false",
            Argument::Optional => "optional",
            Argument::Required => "required",
        };
        let _ = writeln!(out, "{:<24} {value}", option.name);
    }
    out.push_str("\nEvents that can be filtered, by their tag:\n\n");
    let _ = writeln!(out, "{:<6} {:<20} Event", "Id", "Tag");
    for event in EVENTS {
        if let Some(tag) = event.tag {
            let _ = writeln!(out, "{:<6} {tag:<20} {}", event.id, event.title);
        }
    }
    out.push_str("\nConditions of a filter; without one it is 'is'. Letters match in any case:\n\n");
    for (condition, name) in Condition::ALL {
        let _ = writeln!(out, "{name:<16} {}", meaning(condition));
    }
    out.push_str(GROUPS);
    out
}

fn meaning(condition: Condition) -> &'static str {
    match condition {
        Condition::Is => "The field equals the value",
        Condition::IsNot => "The field differs from the value",
        Condition::Contains => "The field contains the value",
        Condition::ContainsAny => "The field contains any of the words of a list with ';'",
        Condition::IsAny => "The field equals one of the words of a list with ';'",
        Condition::ContainsAll => "The field contains all of the words of a list with ';'",
        Condition::Excludes => "The field does not contain the value",
        Condition::ExcludesAny => "The field contains none of the words of a list with ';'",
        Condition::ExcludesAll => "The field lacks at least one of the words of a list with ';'",
        Condition::BeginWith => "The field begins with the value",
        Condition::EndWith => "The field ends with the value",
        Condition::LessThan => "The field stands before the value in the order of text",
        Condition::MoreThan => "The field stands after the value in the order of text",
        Condition::Image => "The field is the path of a program, or the name in it",
        Condition::NotBeginWith => "The field does not begin with the value",
        Condition::NotEndWith => "The field does not end with the value",
    }
}

#[cfg(test)]
mod tests {
    use tuxmon_config::Config;

    use super::{SAMPLE, text};

    #[test]
    fn the_sample_is_a_sound_configuration() {
        let (config, remarks) = Config::parse(SAMPLE.replace("VERSION", "4.90").as_bytes(), "sample.xml");
        assert!(config.is_some());
        assert_eq!(remarks, []);
    }

    #[test]
    fn events_stand_in_the_table_with_id_and_tag() {
        let page = text();
        assert!(page.contains("\n1      ProcessCreate        Process Create\n"), "{page}");
        assert!(page.contains("\n100    eBPFEvent            "), "{page}");
        assert!(!page.contains("\n255 "), "an event without a tag cannot be filtered");
    }
}

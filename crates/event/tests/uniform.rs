//! An event filled as a struct is read as pairs.

use tuxmon_event::{
    Event, FileDelete, Guid, NetworkConnect, ServiceStateChange, Text, Timestamp, Value, spec,
};

fn printed(event: &Event) -> Vec<String> {
    let print = |(field, value): (&tuxmon_event::FieldSpec, Value<'_>)| {
        let mut out = format!("{}=", field.name);
        value.append_to(&mut out);
        out
    };
    event.values().map(print).collect()
}

fn network_connect() -> Event {
    Event::from(NetworkConnect {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: Guid::NIL,
        process_id: 7,
        image: Text::from("/usr/bin/curl"),
        user: Text::from("ada"),
        protocol: Text::from("tcp"),
        initiated: true,
        source_is_ipv6: false,
        source_ip: [10, 0, 0, 4].into(),
        source_hostname: Text::EMPTY,
        source_port: 51_544,
        source_port_name: Text::EMPTY,
        destination_is_ipv6: false,
        destination_ip: [93, 184, 215, 14].into(),
        destination_hostname: Text::EMPTY,
        destination_port: 443,
        destination_port_name: Text::EMPTY,
    })
}

fn file_delete(is_executable: Option<bool>) -> Event {
    Event::from(FileDelete {
        rule_name: Text::EMPTY,
        utc_time: Timestamp(0),
        process_guid: Guid::NIL,
        process_id: 7,
        user: Text::from("ada"),
        image: Text::from("/usr/bin/rm"),
        target_filename: Text::from("/tmp/x"),
        hashes: Text::EMPTY,
        is_executable,
        archived: Text::EMPTY,
    })
}

#[test]
fn values_come_in_output_order_with_their_printed_form() {
    let expected = "RuleName= UtcTime=1970-01-01_00:00:00.000 ProcessGuid={00000000-0000-0000-0000-000000000000} \
        ProcessId=7 Image=/usr/bin/curl User=ada Protocol=tcp Initiated=true SourceIsIpv6=false \
        SourceIp=10.0.0.4 SourceHostname= SourcePort=51544 SourcePortName= DestinationIsIpv6=false \
        DestinationIp=93.184.215.14 DestinationHostname= DestinationPort=443 DestinationPortName=";
    assert_eq!(printed(&network_connect()).join(" ").replace("01 00", "01_00"), expected);
}

#[test]
fn an_event_knows_its_row() {
    let event = network_connect();
    assert_eq!(event.id(), 3);
    assert_eq!(Some(event.spec()), spec(3));
    assert_eq!(event.utc_time(), Timestamp(0));
}

#[test]
fn an_optional_flag_that_is_not_known_is_absent() {
    let position = spec(23).and_then(|spec| spec.position("IsExecutable")).expect("FileDelete has the field");
    assert_eq!(file_delete(None).value(position), Value::Absent);
    assert_eq!(file_delete(Some(false)).value(position), Value::Flag(false));
}

#[test]
fn beyond_the_last_field_there_is_nothing() {
    let event = network_connect();
    assert_eq!(event.value(event.spec().fields.len()), Value::Absent);
}

#[test]
fn a_rule_name_is_set_where_there_is_a_field_for_it() {
    let mut event = network_connect();
    event.set_rule_name(Text::from("T1071"));
    assert_eq!(event.value(0), Value::Text("T1071"));

    let service = ServiceStateChange {
        utc_time: Timestamp(0),
        state: Text::from("Started"),
        version: Text::EMPTY,
        schema_version: Text::EMPTY,
    };
    let mut event = Event::from(service.clone());
    event.set_rule_name(Text::from("T1071"));
    assert_eq!(event, Event::from(service));
}

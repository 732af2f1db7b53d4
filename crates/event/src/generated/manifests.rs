// Generated from schema/ by `cargo xtask codegen`; edit the schema or the generator.
//! The text of every manifest, newest first.

/// Version and pieces of each manifest.
pub(crate) static MANIFESTS: &[(&str, &[&str])] = &[
    (
        "4.90",
        &[
            MANIFEST_4_90,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_80,
            FILE_CREATE_TIME_4_80,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_80,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_80,
            CREATE_REMOTE_THREAD_4_80,
            RAW_ACCESS_READ_4_80,
            PROCESS_ACCESS_4_80,
            FILE_CREATE_4_80,
            REGISTRY_KEY_4_80,
            REGISTRY_SET_VALUE_4_80,
            REGISTRY_NAME_4_80,
            FILE_CREATE_STREAM_HASH_4_80,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_80,
            PIPE_CONNECT_4_80,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_80,
            FILE_DELETE_4_60,
            CLIPBOARD_CHANGE_4_80,
            PROCESS_TAMPERING_4_80,
            FILE_DELETE_DETECTED_4_60,
            EBPF_EVENT_4_90,
            TAIL,
        ],
    ),
    (
        "4.81",
        &[
            MANIFEST_4_81,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_80,
            FILE_CREATE_TIME_4_80,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_80,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_80,
            CREATE_REMOTE_THREAD_4_80,
            RAW_ACCESS_READ_4_80,
            PROCESS_ACCESS_4_80,
            FILE_CREATE_4_80,
            REGISTRY_KEY_4_80,
            REGISTRY_SET_VALUE_4_80,
            REGISTRY_NAME_4_80,
            FILE_CREATE_STREAM_HASH_4_80,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_80,
            PIPE_CONNECT_4_80,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_80,
            FILE_DELETE_4_60,
            CLIPBOARD_CHANGE_4_80,
            PROCESS_TAMPERING_4_80,
            FILE_DELETE_DETECTED_4_60,
            TAIL,
        ],
    ),
    (
        "4.80",
        &[
            MANIFEST_4_80,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_80,
            FILE_CREATE_TIME_4_80,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_80,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_80,
            CREATE_REMOTE_THREAD_4_80,
            RAW_ACCESS_READ_4_80,
            PROCESS_ACCESS_4_80,
            FILE_CREATE_4_80,
            REGISTRY_KEY_4_80,
            REGISTRY_SET_VALUE_4_80,
            REGISTRY_NAME_4_80,
            FILE_CREATE_STREAM_HASH_4_80,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_80,
            PIPE_CONNECT_4_80,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_80,
            FILE_DELETE_4_60,
            CLIPBOARD_CHANGE_4_80,
            PROCESS_TAMPERING_4_80,
            FILE_DELETE_DETECTED_4_60,
            TAIL,
        ],
    ),
    (
        "4.70",
        &[
            MANIFEST_4_70,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_32,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_60,
            CLIPBOARD_CHANGE_4_40,
            PROCESS_TAMPERING_4_50,
            FILE_DELETE_DETECTED_4_60,
            TAIL,
        ],
    ),
    (
        "4.60",
        &[
            MANIFEST_4_60,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_32,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_60,
            CLIPBOARD_CHANGE_4_40,
            PROCESS_TAMPERING_4_50,
            FILE_DELETE_DETECTED_4_60,
            TAIL,
        ],
    ),
    (
        "4.50",
        &[
            MANIFEST_4_50,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_32,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_30,
            CLIPBOARD_CHANGE_4_40,
            PROCESS_TAMPERING_4_50,
            TAIL,
        ],
    ),
    (
        "4.40",
        &[
            MANIFEST_4_40,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_32,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_30,
            CLIPBOARD_CHANGE_4_40,
            TAIL,
        ],
    ),
    (
        "4.32",
        &[
            MANIFEST_4_32,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_32,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_32,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_30,
            CLIPBOARD_CHANGE_4_1,
            TAIL,
        ],
    ),
    (
        "4.31",
        &[
            MANIFEST_4_31,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_31,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_30,
            CLIPBOARD_CHANGE_4_1,
            TAIL,
        ],
    ),
    (
        "4.30",
        &[
            MANIFEST_4_30,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            DNS_QUERY_4_21,
            FILE_DELETE_4_30,
            CLIPBOARD_CHANGE_4_1,
            TAIL,
        ],
    ),
    (
        "4.23",
        &[
            MANIFEST_4_23,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            FILE_DELETE_4_1,
            CLIPBOARD_CHANGE_4_1,
            DNS_QUERY_4_21,
            TAIL,
        ],
    ),
    (
        "4.22",
        &[
            MANIFEST_4_22,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            FILE_DELETE_4_1,
            CLIPBOARD_CHANGE_4_1,
            DNS_QUERY_4_21,
            TAIL,
        ],
    ),
    (
        "4.21",
        &[
            MANIFEST_4_21,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_21,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_21,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_21,
            PIPE_CONNECT_4_21,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            FILE_DELETE_4_1,
            CLIPBOARD_CHANGE_4_1,
            DNS_QUERY_4_21,
            TAIL,
        ],
    ),
    (
        "4.2",
        &[
            MANIFEST_4_2,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_1,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_1,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_1,
            PIPE_CONNECT_4_1,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            FILE_DELETE_4_1,
            CLIPBOARD_CHANGE_4_1,
            TAIL,
        ],
    ),
    (
        "4.1",
        &[
            MANIFEST_4_1,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_1,
            FILE_CREATE_TIME_4_1,
            NETWORK_CONNECT_4_1,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_4_1,
            DRIVER_LOAD_4_1,
            IMAGE_LOAD_4_1,
            CREATE_REMOTE_THREAD_4_1,
            RAW_ACCESS_READ_4_1,
            PROCESS_ACCESS_4_1,
            FILE_CREATE_4_1,
            REGISTRY_KEY_4_1,
            REGISTRY_SET_VALUE_4_1,
            REGISTRY_NAME_4_1,
            FILE_CREATE_STREAM_HASH_4_1,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_4_1,
            PIPE_CONNECT_4_1,
            WMI_FILTER_4_1,
            WMI_CONSUMER_4_1,
            WMI_BINDING_4_1,
            FILE_DELETE_4_1,
            CLIPBOARD_CHANGE_4_1,
            TAIL,
        ],
    ),
    (
        "4.0",
        &[
            MANIFEST_4_0,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_4_0,
            FILE_CREATE_TIME_3_10,
            NETWORK_CONNECT_3_10,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_3_2,
            DRIVER_LOAD_3_3,
            IMAGE_LOAD_4_0,
            CREATE_REMOTE_THREAD_3_10,
            RAW_ACCESS_READ_3_10,
            PROCESS_ACCESS_3_10,
            FILE_CREATE_3_4,
            REGISTRY_KEY_3_4,
            REGISTRY_SET_VALUE_3_4,
            REGISTRY_NAME_3_4,
            FILE_CREATE_STREAM_HASH_4_0,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_3_3,
            PIPE_CONNECT_3_3,
            WMI_FILTER_3_4,
            WMI_CONSUMER_3_4,
            WMI_BINDING_3_4,
            FILE_DELETE_3_10,
            CLIPBOARD_CHANGE_3_2,
            TAIL,
        ],
    ),
    (
        "3.4",
        &[
            MANIFEST_3_4,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_3_10,
            FILE_CREATE_TIME_3_10,
            NETWORK_CONNECT_3_10,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_3_2,
            DRIVER_LOAD_3_3,
            IMAGE_LOAD_3_3,
            CREATE_REMOTE_THREAD_3_10,
            RAW_ACCESS_READ_3_10,
            PROCESS_ACCESS_3_10,
            FILE_CREATE_3_4,
            REGISTRY_KEY_3_4,
            REGISTRY_SET_VALUE_3_4,
            REGISTRY_NAME_3_4,
            FILE_CREATE_STREAM_HASH_3_2,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_3_3,
            PIPE_CONNECT_3_3,
            WMI_FILTER_3_4,
            WMI_CONSUMER_3_4,
            WMI_BINDING_3_4,
            FILE_DELETE_3_10,
            CLIPBOARD_CHANGE_3_2,
            TAIL,
        ],
    ),
    (
        "3.3",
        &[
            MANIFEST_3_3,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_3_10,
            FILE_CREATE_TIME_3_10,
            NETWORK_CONNECT_3_10,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_3_2,
            DRIVER_LOAD_3_3,
            IMAGE_LOAD_3_3,
            CREATE_REMOTE_THREAD_3_10,
            RAW_ACCESS_READ_3_10,
            PROCESS_ACCESS_3_10,
            FILE_CREATE_3_2,
            REGISTRY_KEY_3_3,
            REGISTRY_SET_VALUE_3_3,
            REGISTRY_NAME_3_3,
            FILE_CREATE_STREAM_HASH_3_2,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            PIPE_CREATE_3_3,
            PIPE_CONNECT_3_3,
            FILE_DELETE_3_10,
            CLIPBOARD_CHANGE_3_2,
            TAIL,
        ],
    ),
    (
        "3.2",
        &[
            MANIFEST_3_2,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_3_10,
            FILE_CREATE_TIME_3_10,
            NETWORK_CONNECT_3_10,
            SERVICE_STATE_CHANGE_3_2,
            PROCESS_TERMINATE_3_2,
            DRIVER_LOAD_3_2,
            IMAGE_LOAD_3_2,
            CREATE_REMOTE_THREAD_3_10,
            RAW_ACCESS_READ_3_10,
            PROCESS_ACCESS_3_10,
            FILE_CREATE_3_2,
            REGISTRY_KEY_3_2,
            REGISTRY_SET_VALUE_3_2,
            REGISTRY_NAME_3_2,
            FILE_CREATE_STREAM_HASH_3_2,
            SERVICE_CONFIGURATION_CHANGE_3_2,
            FILE_DELETE_3_10,
            CLIPBOARD_CHANGE_3_2,
            TAIL,
        ],
    ),
    (
        "3.10",
        &[
            MANIFEST_3_10,
            ERROR_REPORT_3_10,
            PROCESS_CREATE_3_10,
            FILE_CREATE_TIME_3_10,
            NETWORK_CONNECT_3_10,
            SERVICE_STATE_CHANGE_3_10,
            PROCESS_TERMINATE_3_10,
            DRIVER_LOAD_3_10,
            IMAGE_LOAD_3_10,
            CREATE_REMOTE_THREAD_3_10,
            RAW_ACCESS_READ_3_10,
            PROCESS_ACCESS_3_10,
            FILE_DELETE_3_10,
            CLIPBOARD_CHANGE_3_10,
            TAIL,
        ],
    ),
    (
        "2.0",
        &[
            MANIFEST_2_0,
            ERROR_REPORT_2_0,
            PROCESS_CREATE_2_0,
            FILE_CREATE_TIME_2_0,
            NETWORK_CONNECT_2_0,
            SERVICE_STATE_CHANGE_2_0,
            PROCESS_TERMINATE_2_0,
            DRIVER_LOAD_2_0,
            IMAGE_LOAD_2_0,
            CREATE_REMOTE_THREAD_2_0,
            FILE_DELETE_2_0,
            CLIPBOARD_CHANGE_2_0,
            PROCESS_ACCESS_2_0,
            TAIL,
        ],
    ),
];

const TAIL: &str = r"    </events>
  </manifest>
";

const MANIFEST_2_0: &str = r#"  <manifest schemaversion="2.0" binaryversion="1.0">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const ERROR_REPORT_2_0: &str = r#"      <event name="SYSMONEVENT_ERROR" value="255" level="Error" template="Error report" version="2" target="all">
        <data name="ID" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_CREATE_2_0: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="4" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_TIME_2_0: &str = r#"      <event name="SYSMONEVENT_FILE_TIME" value="2" level="Informational" template="File creation time changed" rulename="FileCreateTime" version="3" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="PreviousCreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const NETWORK_CONNECT_2_0: &str = r#"      <event name="SYSMONEVENT_NETWORK_CONNECT" value="3" level="Informational" template="Network connection detected" rulename="NetworkConnect" version="4" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Protocol" inType="win:UnicodeString" outType="xs:string" />
        <data name="Initiated" inType="win:Boolean" />
        <data name="SourceIsIpv6" inType="win:Boolean" />
        <data name="SourceIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourcePort" inType="win:UInt16" />
        <data name="SourcePortName" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationIsIpv6" inType="win:Boolean" />
        <data name="DestinationIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationPort" inType="win:UInt16" />
        <data name="DestinationPortName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const SERVICE_STATE_CHANGE_2_0: &str = r#"      <event name="SYSMONEVENT_SERVICE_STATE_CHANGE" value="4" level="Informational" template="Sysmon service state changed" version="2" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="State" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TERMINATE_2_0: &str = r#"      <event name="SYSMONEVENT_PROCESS_TERMINATE" value="5" level="Informational" template="Process terminated" rulename="ProcessTerminate" ruledefault="include" version="2" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DRIVER_LOAD_2_0: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="2" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_2_0: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="2" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CREATE_REMOTE_THREAD_2_0: &str = r#"      <event name="SYSMONEVENT_CREATE_REMOTE_THREAD" value="8" level="Informational" template="CreateRemoteThread detected" rulename="CreateRemoteThread" version="1" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGuid" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGuid" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewThreadId" inType="win:UInt32" />
      </event>
"#;

const FILE_DELETE_2_0: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE" value="0xf001" level="Informational" template="File Delete" version="4" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CLIPBOARD_CHANGE_2_0: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="0xf002" level="Informational" template="Clipboard changed" version="4" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Path" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_ACCESS_2_0: &str = r#"      <event name="SYSMONEVENT_ACCESS_PROCESS" value="0xf003" level="Informational" template="Process accessed" rulename="ProcessAccess" version="2" target="all">
        <data name="SequenceNumber" inType="win:UInt64" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGUID" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceThreadId" inType="win:UInt32" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGUID" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="GrantedAccess" inType="win:HexInt32" />
        <data name="CallTrace" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_3_10: &str = r#"  <manifest schemaversion="3.10" binaryversion="1.01">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const ERROR_REPORT_3_10: &str = r#"      <event name="SYSMONEVENT_ERROR" value="255" level="Error" template="Error report" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ID" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_CREATE_3_10: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_TIME_3_10: &str = r#"      <event name="SYSMONEVENT_FILE_TIME" value="2" level="Informational" template="File creation time changed" rulename="FileCreateTime" version="4" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="PreviousCreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const NETWORK_CONNECT_3_10: &str = r#"      <event name="SYSMONEVENT_NETWORK_CONNECT" value="3" level="Informational" template="Network connection detected" rulename="NetworkConnect" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Protocol" inType="win:UnicodeString" outType="xs:string" />
        <data name="Initiated" inType="win:Boolean" />
        <data name="SourceIsIpv6" inType="win:Boolean" />
        <data name="SourceIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourcePort" inType="win:UInt16" />
        <data name="SourcePortName" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationIsIpv6" inType="win:Boolean" />
        <data name="DestinationIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationPort" inType="win:UInt16" />
        <data name="DestinationPortName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const SERVICE_STATE_CHANGE_3_10: &str = r#"      <event name="SYSMONEVENT_SERVICE_STATE_CHANGE" value="4" level="Informational" template="Sysmon service state changed" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="State" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TERMINATE_3_10: &str = r#"      <event name="SYSMONEVENT_PROCESS_TERMINATE" value="5" level="Informational" template="Process terminated" rulename="ProcessTerminate" ruledefault="include" version="3" target="all">>
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DRIVER_LOAD_3_10: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_3_10: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CREATE_REMOTE_THREAD_3_10: &str = r#"      <event name="SYSMONEVENT_CREATE_REMOTE_THREAD" value="8" level="Informational" template="CreateRemoteThread detected" rulename="CreateRemoteThread" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGuid" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGuid" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewThreadId" inType="win:UInt32" />
        <data name="StartAddress" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartModule" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartFunction" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const RAW_ACCESS_READ_3_10: &str = r#"      <event name="SYSMONEVENT_RAWACCESS_READ" value="9" level="Informational" template="RawAccessRead detected" rulename="RawAccessRead" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Device" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_ACCESS_3_10: &str = r#"      <event name="SYSMONEVENT_ACCESS_PROCESS" value="10" level="Informational" template="Process accessed" rulename="ProcessAccess" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGUID" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceThreadId" inType="win:UInt32" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGUID" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="GrantedAccess" inType="win:HexInt32" />
        <data name="CallTrace" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_DELETE_3_10: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE" value="0xf001" level="Informational" template="File Delete" rulename="FileDelete" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CLIPBOARD_CHANGE_3_10: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="0xf002" level="Informational" template="Clipboard changed" rulename="ClipboardChange" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_3_2: &str = r#"  <manifest schemaversion="3.2" binaryversion="1.01">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const SERVICE_STATE_CHANGE_3_2: &str = r#"      <event name="SYSMONEVENT_SERVICE_STATE_CHANGE" value="4" level="Informational" template="Sysmon service state changed" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="State" inType="win:UnicodeString" outType="xs:string" />
        <data name="Version" inType="win:UnicodeString" outType="xs:string" />
        <data name="SchemaVersion" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TERMINATE_3_2: &str = r#"      <event name="SYSMONEVENT_PROCESS_TERMINATE" value="5" level="Informational" template="Process terminated" rulename="ProcessTerminate" ruledefault="include" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DRIVER_LOAD_3_2: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_3_2: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_3_2: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE" value="11" level="Informational" template="File created" rulename="FileCreate" ruledefault="include" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_KEY_3_2: &str = r#"      <event name="SYSMONEVENT_REG_KEY" value="12" level="Informational" template="Registry object added or deleted" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_SET_VALUE_3_2: &str = r#"      <event name="SYSMONEVENT_REG_SETVALUE" value="13" level="Informational" template="Registry value set" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="Details" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_NAME_3_2: &str = r#"      <event name="SYSMONEVENT_REG_NAME" value="14" level="Informational" template="Registry object renamed" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_STREAM_HASH_3_2: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE_STREAM_HASH" value="15" level="Informational" template="File stream created" rulename="FileCreateStreamHash" ruledefault="include" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hash" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const SERVICE_CONFIGURATION_CHANGE_3_2: &str = r#"      <event name="SYSMONEVENT_SERVICE_CONFIGURATION_CHANGE" value="16" level="Informational" template="Sysmon config state changed" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Configuration" inType="win:UnicodeString" outType="xs:string" />
        <data name="ConfigurationFileHash" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CLIPBOARD_CHANGE_3_2: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="0xf002" level="Informational" template="Clipboard changed" rulename="ClipboardChange" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Path" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_3_3: &str = r#"  <manifest schemaversion="3.3" binaryversion="1.01">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const DRIVER_LOAD_3_3: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_3_3: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_KEY_3_3: &str = r#"      <event name="SYSMONEVENT_REG_KEY" value="12" level="Informational" template="Registry object added or deleted" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_SET_VALUE_3_3: &str = r#"      <event name="SYSMONEVENT_REG_SETVALUE" value="13" level="Informational" template="Registry value set" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="Details" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_NAME_3_3: &str = r#"      <event name="SYSMONEVENT_REG_NAME" value="14" level="Informational" template="Registry object renamed" rulename="RegistryEvent" ruledefault="include" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CREATE_3_3: &str = r#"      <event name="SYSMONEVENT_CREATE_NAMEDPIPE" value="17" level="Informational" template="Pipe Created" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CONNECT_3_3: &str = r#"      <event name="SYSMONEVENT_CONNECT_NAMEDPIPE" value="18" level="Informational" template="Pipe Connected" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_3_4: &str = r#"  <manifest schemaversion="3.4" binaryversion="1.01">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const FILE_CREATE_3_4: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE" value="11" level="Informational" template="File created" rulename="FileCreate" ruledefault="exclude" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_KEY_3_4: &str = r#"      <event name="SYSMONEVENT_REG_KEY" value="12" level="Informational" template="Registry object added or deleted" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_SET_VALUE_3_4: &str = r#"      <event name="SYSMONEVENT_REG_SETVALUE" value="13" level="Informational" template="Registry value set" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="Details" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_NAME_3_4: &str = r#"      <event name="SYSMONEVENT_REG_NAME" value="14" level="Informational" template="Registry object renamed" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_FILTER_3_4: &str = r#"      <event name="SYSMONEVENT_WMI_FILTER" value="19" level="Informational" template="WmiEventFilter activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventNamespace" inType="win:UnicodeString" outType="xs:string" />
        <data name="Name" inType="win:UnicodeString" outType="xs:string" />
        <data name="Query" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_CONSUMER_3_4: &str = r#"      <event name="SYSMONEVENT_WMI_CONSUMER" value="20" level="Informational" template="WmiEventConsumer activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Name" inType="win:UnicodeString" outType="xs:string" />
        <data name="Type" inType="win:UnicodeString" outType="xs:string" />
        <data name="Destination" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_BINDING_3_4: &str = r#"      <event name="SYSMONEVENT_WMI_BINDING" value="21" level="Informational" template="WmiEventConsumerToFilter activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Consumer" inType="win:UnicodeString" outType="xs:string" />
        <data name="Filter" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_0: &str = r#"  <manifest schemaversion="4.0" binaryversion="1.01">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const PROCESS_CREATE_4_0: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="5" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_4_0: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_STREAM_HASH_4_0: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE_STREAM_HASH" value="15" level="Informational" template="File stream created" rulename="FileCreateStreamHash" ruledefault="exclude" version="2" target="all">
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hash" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_1: &str = r#"  <manifest schemaversion="4.1" binaryversion="8.00">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const PROCESS_CREATE_4_1: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_TIME_4_1: &str = r#"      <event name="SYSMONEVENT_FILE_TIME" value="2" level="Informational" template="File creation time changed" rulename="FileCreateTime" version="4" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="PreviousCreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const NETWORK_CONNECT_4_1: &str = r#"      <event name="SYSMONEVENT_NETWORK_CONNECT" value="3" level="Informational" template="Network connection detected" rulename="NetworkConnect" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Protocol" inType="win:UnicodeString" outType="xs:string" />
        <data name="Initiated" inType="win:Boolean" />
        <data name="SourceIsIpv6" inType="win:Boolean" />
        <data name="SourceIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourcePort" inType="win:UInt16" />
        <data name="SourcePortName" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationIsIpv6" inType="win:Boolean" />
        <data name="DestinationIp" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationHostname" inType="win:UnicodeString" outType="xs:string" />
        <data name="DestinationPort" inType="win:UInt16" />
        <data name="DestinationPortName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TERMINATE_4_1: &str = r#"      <event name="SYSMONEVENT_PROCESS_TERMINATE" value="5" level="Informational" template="Process terminated" rulename="ProcessTerminate" ruledefault="include" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DRIVER_LOAD_4_1: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_4_1: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CREATE_REMOTE_THREAD_4_1: &str = r#"      <event name="SYSMONEVENT_CREATE_REMOTE_THREAD" value="8" level="Informational" template="CreateRemoteThread detected" rulename="CreateRemoteThread" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGuid" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGuid" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewThreadId" inType="win:UInt32" />
        <data name="StartAddress" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartModule" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartFunction" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const RAW_ACCESS_READ_4_1: &str = r#"      <event name="SYSMONEVENT_RAWACCESS_READ" value="9" level="Informational" template="RawAccessRead detected" rulename="RawAccessRead" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Device" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_ACCESS_4_1: &str = r#"      <event name="SYSMONEVENT_ACCESS_PROCESS" value="10" level="Informational" template="Process accessed" rulename="ProcessAccess" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGUID" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceThreadId" inType="win:UInt32" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGUID" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="GrantedAccess" inType="win:HexInt32" />
        <data name="CallTrace" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_4_1: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE" value="11" level="Informational" template="File created" rulename="FileCreate" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_KEY_4_1: &str = r#"      <event name="SYSMONEVENT_REG_KEY" value="12" level="Informational" template="Registry object added or deleted" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_SET_VALUE_4_1: &str = r#"      <event name="SYSMONEVENT_REG_SETVALUE" value="13" level="Informational" template="Registry value set" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="Details" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_NAME_4_1: &str = r#"      <event name="SYSMONEVENT_REG_NAME" value="14" level="Informational" template="Registry object renamed" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_STREAM_HASH_4_1: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE_STREAM_HASH" value="15" level="Informational" template="File stream created" rulename="FileCreateStreamHash" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hash" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CREATE_4_1: &str = r#"      <event name="SYSMONEVENT_CREATE_NAMEDPIPE" value="17" level="Informational" template="Pipe Created" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CONNECT_4_1: &str = r#"      <event name="SYSMONEVENT_CONNECT_NAMEDPIPE" value="18" level="Informational" template="Pipe Connected" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_FILTER_4_1: &str = r#"      <event name="SYSMONEVENT_WMI_FILTER" value="19" level="Informational" template="WmiEventFilter activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventNamespace" inType="win:UnicodeString" outType="xs:string" />
        <data name="Name" inType="win:UnicodeString" outType="xs:string" />
        <data name="Query" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_CONSUMER_4_1: &str = r#"      <event name="SYSMONEVENT_WMI_CONSUMER" value="20" level="Informational" template="WmiEventConsumer activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Name" inType="win:UnicodeString" outType="xs:string" />
        <data name="Type" inType="win:UnicodeString" outType="xs:string" />
        <data name="Destination" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const WMI_BINDING_4_1: &str = r#"      <event name="SYSMONEVENT_WMI_BINDING" value="21" level="Informational" template="WmiEventConsumerToFilter activity detected" rulename="WmiEvent" ruledefault="exclude" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Operation" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Consumer" inType="win:UnicodeString" outType="xs:string" />
        <data name="Filter" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_DELETE_4_1: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE" value="0xf001" level="Informational" template="File Delete" rulename="FileDelete" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CLIPBOARD_CHANGE_4_1: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="0xf002" level="Informational" template="Clipboard changed" rulename="ClipboardChange" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Path" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_2: &str = r#"  <manifest schemaversion="4.2" binaryversion="8.00">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const MANIFEST_4_21: &str = r#"  <manifest schemaversion="4.21" binaryversion="9.10">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const PROCESS_CREATE_4_21: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="OriginalFileName" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_4_21: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="OriginalFileName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CREATE_4_21: &str = r#"      <event name="SYSMONEVENT_CREATE_NAMEDPIPE" value="17" level="Informational" template="Pipe Created" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CONNECT_4_21: &str = r#"      <event name="SYSMONEVENT_CONNECT_NAMEDPIPE" value="18" level="Informational" template="Pipe Connected" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DNS_QUERY_4_21: &str = r#"      <event name="SYSMONEVENT_DNS_QUERY" value="22" level="Informational" template="Dns query" rulename="DnsQuery" ruledefault="exclude" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="QueryName" inType="win:UnicodeString" outType="xs:string" />
        <data name="QueryStatus" inType="win:UnicodeString" outType="xs:string" />
        <data name="QueryResults" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_22: &str = r#"  <manifest schemaversion="4.22" binaryversion="9.20">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
      </options>
      <filters default="is">is,is not,contains,contains any,contains all,excludes,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const MANIFEST_4_23: &str = r#"  <manifest schemaversion="4.23" binaryversion="9.20">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="e" name="CopyOnDelete_PE" argument="none" target="all" />
        <option switch="f" name="CopyOnDelete_SIDs" argument="required" target="all" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option switch="j" name="CopyOnDelete_Extensions" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="p" name="CopyOnDelete_Processes" argument="required" target="all" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const MANIFEST_4_30: &str = r#"  <manifest schemaversion="4.30" binaryversion="9.20">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const FILE_DELETE_4_30: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE" value="23" level="Informational" template="File Delete" rulename="FileDelete" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="IsExecutable" inType="win:Boolean" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_31: &str = r#"  <manifest schemaversion="4.31" binaryversion="9.20">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const FILE_CREATE_STREAM_HASH_4_31: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE_STREAM_HASH" value="15" level="Informational" template="File stream created" rulename="FileCreateStreamHash" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hash" inType="win:UnicodeString" outType="xs:string" />
        <data name="Contents" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_32: &str = r#"  <manifest schemaversion="4.32" binaryversion="9.20">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const FILE_CREATE_TIME_4_32: &str = r#"      <event name="SYSMONEVENT_FILE_TIME" value="2" level="Informational" template="File creation time changed" rulename="FileCreateTime" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="PreviousCreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DRIVER_LOAD_4_32: &str = r#"      <event name="SYSMONEVENT_DRIVER_LOAD" value="6" level="Informational" template="Driver loaded" rulename="DriverLoad" version="4" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_40: &str = r#"  <manifest schemaversion="4.40" binaryversion="11.0">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const CLIPBOARD_CHANGE_4_40: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="24" level="Informational" template="Clipboard changed" rulename="ClipboardChange" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_50: &str = r#"  <manifest schemaversion="4.50" binaryversion="13.0">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const PROCESS_TAMPERING_4_50: &str = r#"      <event name="SYSMONEVENT_PROCESS_IMAGE_TAMPERING" value="25" level="Informational" template="Process Tampering" rulename="ProcessTampering" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Type" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_60: &str = r#"  <manifest schemaversion="4.60" binaryversion="14.0">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const FILE_DELETE_4_60: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE" value="23" level="Informational" template="File Delete archived" rulename="FileDelete" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="IsExecutable" inType="win:Boolean" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_DELETE_DETECTED_4_60: &str = r#"      <event name="SYSMONEVENT_FILE_DELETE_DETECTED" value="26" level="Informational" template="File Delete logged" rulename="FileDeleteDetected" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="IsExecutable" inType="win:Boolean" />
      </event>
"#;

const MANIFEST_4_70: &str = r#"  <manifest schemaversion="4.70" binaryversion="15.0">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="service" name="Service" argument="none" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,not begin with,end with,not end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const MANIFEST_4_80: &str = r#"  <manifest schemaversion="4.80" binaryversion="16">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="service" name="Service" argument="none" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,not begin with,end with,not end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const PROCESS_CREATE_4_80: &str = r#"      <event name="SYSMONEVENT_CREATE_PROCESS" value="1" level="Informational" template="Process Create" rulename="ProcessCreate" ruledefault="include" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="OriginalFileName" inType="win:UnicodeString" outType="xs:string" />
        <data name="CommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="CurrentDirectory" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="LogonGuid" inType="win:GUID" />
        <data name="LogonId" inType="win:HexInt64" />
        <data name="TerminalSessionId" inType="win:UInt32" />
        <data name="IntegrityLevel" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentProcessGuid" inType="win:GUID" />
        <data name="ParentProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="ParentImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentCommandLine" inType="win:UnicodeString" outType="xs:string" />
        <data name="ParentUser" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_TIME_4_80: &str = r#"      <event name="SYSMONEVENT_FILE_TIME" value="2" level="Informational" template="File creation time changed" rulename="FileCreateTime" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="PreviousCreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TERMINATE_4_80: &str = r#"      <event name="SYSMONEVENT_PROCESS_TERMINATE" value="5" level="Informational" template="Process terminated" rulename="ProcessTerminate" ruledefault="include" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const IMAGE_LOAD_4_80: &str = r#"      <event name="SYSMONEVENT_IMAGE_LOAD" value="7" level="Informational" template="Image loaded" rulename="ImageLoad" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="ImageLoaded" inType="win:UnicodeString" outType="xs:string" />
        <data name="FileVersion" inType="win:UnicodeString" outType="xs:string" />
        <data name="Description" inType="win:UnicodeString" outType="xs:string" />
        <data name="Product" inType="win:UnicodeString" outType="xs:string" />
        <data name="Company" inType="win:UnicodeString" outType="xs:string" />
        <data name="OriginalFileName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signed" inType="win:UnicodeString" outType="xs:string" />
        <data name="Signature" inType="win:UnicodeString" outType="xs:string" />
        <data name="SignatureStatus" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CREATE_REMOTE_THREAD_4_80: &str = r#"      <event name="SYSMONEVENT_CREATE_REMOTE_THREAD" value="8" level="Informational" template="CreateRemoteThread detected" rulename="CreateRemoteThread" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGuid" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGuid" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewThreadId" inType="win:UInt32" />
        <data name="StartAddress" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartModule" inType="win:UnicodeString" outType="xs:string" />
        <data name="StartFunction" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceUser" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetUser" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const RAW_ACCESS_READ_4_80: &str = r#"      <event name="SYSMONEVENT_RAWACCESS_READ" value="9" level="Informational" template="RawAccessRead detected" rulename="RawAccessRead" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Device" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_ACCESS_4_80: &str = r#"      <event name="SYSMONEVENT_ACCESS_PROCESS" value="10" level="Informational" template="Process accessed" rulename="ProcessAccess" version="3" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceProcessGUID" inType="win:GUID" />
        <data name="SourceProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="SourceThreadId" inType="win:UInt32" />
        <data name="SourceImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetProcessGUID" inType="win:GUID" />
        <data name="TargetProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="TargetImage" inType="win:UnicodeString" outType="xs:string" />
        <data name="GrantedAccess" inType="win:HexInt32" />
        <data name="CallTrace" inType="win:UnicodeString" outType="xs:string" />
        <data name="SourceUser" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetUser" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_4_80: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE" value="11" level="Informational" template="File created" rulename="FileCreate" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_KEY_4_80: &str = r#"      <event name="SYSMONEVENT_REG_KEY" value="12" level="Informational" template="Registry object added or deleted" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_SET_VALUE_4_80: &str = r#"      <event name="SYSMONEVENT_REG_SETVALUE" value="13" level="Informational" template="Registry value set" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="Details" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const REGISTRY_NAME_4_80: &str = r#"      <event name="SYSMONEVENT_REG_NAME" value="14" level="Informational" template="Registry object renamed" rulename="RegistryEvent" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetObject" inType="win:UnicodeString" outType="xs:string" />
        <data name="NewName" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const FILE_CREATE_STREAM_HASH_4_80: &str = r#"      <event name="SYSMONEVENT_FILE_CREATE_STREAM_HASH" value="15" level="Informational" template="File stream created" rulename="FileCreateStreamHash" ruledefault="exclude" version="2" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="TargetFilename" inType="win:UnicodeString" outType="xs:string" />
        <data name="CreationUtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hash" inType="win:UnicodeString" outType="xs:string" />
        <data name="Contents" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CREATE_4_80: &str = r#"      <event name="SYSMONEVENT_CREATE_NAMEDPIPE" value="17" level="Informational" template="Pipe Created" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PIPE_CONNECT_4_80: &str = r#"      <event name="SYSMONEVENT_CONNECT_NAMEDPIPE" value="18" level="Informational" template="Pipe Connected" rulename="PipeEvent" ruledefault="exclude" version="1" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="EventType" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="PipeName" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const DNS_QUERY_4_80: &str = r#"      <event name="SYSMONEVENT_DNS_QUERY" value="22" level="Informational" template="Dns query" rulename="DnsQuery" ruledefault="exclude" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="QueryName" inType="win:UnicodeString" outType="xs:string" />
        <data name="QueryStatus" inType="win:UnicodeString" outType="xs:string" />
        <data name="QueryResults" inType="win:UnicodeString" outType="xs:string" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const CLIPBOARD_CHANGE_4_80: &str = r#"      <event name="SYSMONEVENT_CLIPBOARD" value="24" level="Informational" template="Clipboard changed" rulename="ClipboardChange" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Session" inType="win:UInt32" />
        <data name="ClientInfo" inType="win:UnicodeString" outType="xs:string" />
        <data name="Hashes" inType="win:UnicodeString" outType="xs:string" />
        <data name="Archived" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const PROCESS_TAMPERING_4_80: &str = r#"      <event name="SYSMONEVENT_PROCESS_IMAGE_TAMPERING" value="25" level="Informational" template="Process Tampering" rulename="ProcessTampering" version="5" target="all">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="Type" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

const MANIFEST_4_81: &str = r#"  <manifest schemaversion="4.81" binaryversion="16">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="btf" name="BTF" argument="optional" target="all" noconfig="true" />
        <option switch="service" name="Service" argument="none" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
        <option name="FieldSizes" argument="required" target="all" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,not begin with,end with,not end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const MANIFEST_4_90: &str = r#"  <manifest schemaversion="4.90" binaryversion="18">
    <configuration>
      <options>
        <!-- Command-line only options -->
        <option switch="i" name="Install" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="c" name="Configuration" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="u" name="UnInstall" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="m" name="Manifest" argument="none" target="all" noconfig="true" exclusive="true" />
        <option switch="z" name="ClipboardInstance" argument="required" target="all" noconfig="true" exclusive="true" />
        <option switch="t" name="DebugMode" argument="optional" target="all" noconfig="true" />
        <option switch="btf" name="BTF" argument="optional" target="all" noconfig="true" />
        <option switch="service" name="Service" argument="none" target="all" noconfig="true" />
        <option switch="s" name="PrintSchema" argument="optional" target="all" noconfig="true" exclusive="true" />
        <option switch="nologo" name="NoLogo" argument="none" target="all" noconfig="true" />
        <option switch="accepteula" name="AcceptEula" argument="none" target="all" noconfig="true" />
        <option switch="-" name="ConfigDefault" argument="none" target="all" noconfig="true" />
        <!-- Configuration file -->
        <option switch="a" name="ArchiveDirectory" argument="required" target="all" />
        <option name="CaptureClipboard" argument="none" target="all" />
        <option switch="d" name="DriverName" argument="required" target="all" />
        <option switch="dns" name="DnsQuery" argument="optional" target="all" rule="true" />
        <option switch="g" name="PipeMonitoring" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="h" name="HashAlgorithms" argument="required" target="all" />
        <option name="DnsLookup" argument="required" target="all" />
        <option switch="k" name="ProcessAccess" argument="required" target="all" rule="true" forceconfig="true" />
        <option switch="l" name="ImageLoad" argument="optional" target="all" rule="true" />
        <option switch="n" name="NetworkConnect" argument="optional" target="all" rule="true" />
        <option switch="r" name="CheckRevocation" argument="optional" target="all" />
        <option switch="s" name="ServiceArchiveDirectory" argument="required" target="internal" />
        <option switch="x" name="InternalRepresentation" argument="required" target="internal" />
        <option switch="y" name="OutputRules" argument="required" target="internal" />
        <option name="TraceEvents" argument="required" target="internal" />
        <option name="FieldSizes" argument="required" target="all" />
      </options>
      <filters default="is">is,is not,contains,contains any,is any,contains all,excludes,excludes any,excludes all,begin with,not begin with,end with,not end with,less than,more than,image</filters>
    </configuration>
    <events>
"#;

const EBPF_EVENT_4_90: &str = r#"      <event name="SYSMONEVENT_EBPF_EVENT" value="100" level="Informational" template="eBPF Program Loaded" rulename="eBPFEvent" ruledefault="exclude" version="1" target="linux">
        <data name="RuleName" inType="win:UnicodeString" outType="xs:string" />
        <data name="UtcTime" inType="win:UnicodeString" outType="xs:string" />
        <data name="ProcessGuid" inType="win:GUID" />
        <data name="ProcessId" inType="win:UInt32" outType="win:PID" />
        <data name="Image" inType="win:UnicodeString" outType="xs:string" />
        <data name="User" inType="win:UnicodeString" outType="xs:string" />
        <data name="BpfCommand" inType="win:UnicodeString" outType="xs:string" />
        <data name="BpfProgramType" inType="win:UnicodeString" outType="xs:string" />
        <data name="BpfProgramId" inType="win:UInt32" />
        <data name="BpfProgramName" inType="win:UnicodeString" outType="xs:string" />
      </event>
"#;

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tuxmon_global_optspecs
    string join \n h/help V/version
end

function __fish_tuxmon_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_tuxmon_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_tuxmon_using_subcommand
    set -l cmd (__fish_tuxmon_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c tuxmon -n "__fish_tuxmon_needs_command" -s h -l help -d 'Print help'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -s V -l version -d 'Print version'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "attack-map" -d 'Show which ATT&CK techniques the configuration and Sigma rules can see'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "check" -d 'Check configurations and say what is wrong with them'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "filter" -d 'Print the events that a configuration would log'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "record" -d 'Record what the kernel tells, to replay it elsewhere'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "replay" -d 'Make events of a recording, on any machine'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "run" -d 'Record what happens on this machine and write it as Sysmon for Linux does'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "selftest" -d 'Do harmless things of every kind that is collected, and check that the running agent sees each'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "sigma" -d 'Check Sigma rules, and find what they describe in recorded events'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "status" -d 'Say how the running agent is: since when, by which configuration, what it sees, writes and loses'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "view" -d 'Show events: this machine\'s, or those of any log'
complete -c tuxmon -n "__fish_tuxmon_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand attack-map" -l config -d 'The configuration; without it that of the installed agent' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand attack-map" -l navigator -d 'Print a layer for the ATT&CK Navigator'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand attack-map" -l json -d 'Print a JSON array'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand attack-map" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand check" -l strict -d 'Warnings count: exit with 1 when there are any'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand check" -l json -d 'Print the remarks as a JSON array on the standard output'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand check" -l dump -d 'Print the rules of each file that loads, as `sysmon -c` would after loading it'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand filter" -l config -d 'The configuration that judges' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand filter" -l explain -d 'Also say which rule decided about each event, in a line that begins with #'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand filter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand record" -l config -d 'Collect only what this configuration collects, instead of everything' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand record" -l ring-size -d 'Size of the ring that the kernel fills, a power of two' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand record" -l btf -d 'BTF of the running kernel, where the kernel does not bring it' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand record" -l tier -d 'Which hooks to stand on; auto takes for each fact the best that this kernel grants' -r -f -a "auto\t'For each fact the best that this kernel grants'
deep\t'Kernel functions only'
tracepoint\t'Tracepoints only'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l config -d 'Sysmon configuration (XML); without one everything is logged' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l output -d 'Where events go, as for tuxmon run' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l format -d 'How events are written by outputs that have no format of their own' -r -f -a "xml\t'The line that Sysmon for Linux writes'
json\t'One object a line'
text\t'For reading'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l rounds -d 'How often each stage is measured' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l until -d 'Walk to this stage once and measure nothing: for a profiler' -r -f -a "decode\t'Bytes to records'
assemble\t'Records to events: who did it, to what'
rules\t'Verdicts'
render\t'Events to lines of XML'
output\t'Lines to where they go'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l raw -d 'Print the records themselves, as the kernel sent them'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l measure -d 'Say how long each stage of the line takes, instead of showing events'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -l json -d 'Print the measurement as JSON'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l config -d 'Sysmon configuration (XML)' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l output -d 'Where events go: syslog, stdout, file:PATH, each with ,format=xml|json|text if need be' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l format -d 'How events are written by outputs that have no format of their own' -r -f -a "xml\t'The line that Sysmon for Linux writes'
json\t'One object a line'
text\t'For reading'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l state-dir -d 'Where the next EventRecordID and the boot\'s clock are kept; made when it is missing' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l settings -d 'Settings beyond the original\'s, as detection by Sigma rules and lists of indicators (docs/detection.md)' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l ring-size -d 'Size of the ring that the kernel fills, a power of two' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l btf -d 'BTF of the running kernel, where the kernel does not bring it' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l tier -d 'Which hooks to stand on; auto takes for each fact the best that this kernel grants' -r -f -a "auto\t'For each fact the best that this kernel grants'
deep\t'Kernel functions only'
tracepoint\t'Tracepoints only'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l selftest-every -d 'Test each so many minutes whether everything is seen, as `tuxmon selftest` does; what is missing becomes event 255' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -l additional-data -d 'What events say beyond the original\'s fields, behind the last one: ContainerId, ControlGroup, SystemdUnit. Rules may read these also when they are not written' -r -f -a "none\t'Nothing: events are those of the original'
container\t'Container, control group and unit of the process'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand selftest" -l state-dir -d 'The state directory of the agent that is tested' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand selftest" -l json -d 'Print one JSON object'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand selftest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and not __fish_seen_subcommand_from check match help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and not __fish_seen_subcommand_from check match help" -f -a "check" -d 'Say of every rule: compiled, not applicable and why, or broken with file, line and reason'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and not __fish_seen_subcommand_from check match help" -f -a "match" -d 'Find the events of logs that rules describe'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and not __fish_seen_subcommand_from check match help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from check" -l placeholders -d 'YAML with a list of values for each placeholder' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from check" -l strict -d 'A rule that is not applicable, or has a remark, also makes the exit code 1'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from check" -l json -d 'Print a JSON array'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from match" -l placeholders -d 'YAML with a list of values for each placeholder' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from match" -l level -d 'Only rules of this level and above: informational, low, medium, high, critical' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from match" -l json -d 'Print a JSON object for each match'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from match" -l count -d 'Print only how often each rule matched'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from match" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say of every rule: compiled, not applicable and why, or broken with file, line and reason'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from help" -f -a "match" -d 'Find the events of logs that rules describe'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand sigma; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand status" -l state-dir -d 'The state directory of the agent that is asked' -r -F
complete -c tuxmon -n "__fish_tuxmon_using_subcommand status" -l json -d 'Print one JSON object'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s e -l events -d 'Only these events: ids or names, such as 1,NetworkConnect' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s f -l filter -d 'Only events that pass; of several filters all must' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l since -d 'Only events written at TIME or later: \'10 minutes ago\', 2h, today, \'yesterday 14:00\', 14:30, 2026-11-21, 2026-11-21T05:31:50Z' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l until -d 'Only events written at TIME or earlier' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s r -l records -d 'Only events with these record numbers: 10,20 or ,20 or 10,' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s n -l last -d 'Only the last N events' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l format -d 'How events are printed' -r -f -a "text\t'The list of fields of the original\'s viewer'
table\t'One line each, in columns'
xml\t'The XML line'
json\t'One JSON object each'
csv\t'Values separated by commas, below their names'"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l fields -d 'Only these fields: Image,CommandLine' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l proc -d 'Tell the story of one process: its ancestors, what it did, its descendants' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l stats -d 'Count how often each combination of these fields occurs, the most frequent first' -r
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l color -d 'Colours: on a terminal, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s F -l follow -d 'Go on with what is written from now on, also when the file is rotated'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l utc -d 'Read and show times in UTC rather than in local time'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l tree -d 'Show the processes as a tree, with what each of them did under it'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -l no-pager -d 'Print to the terminal itself rather than to $PAGER or less'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand view" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "attack-map" -d 'Show which ATT&CK techniques the configuration and Sigma rules can see'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "check" -d 'Check configurations and say what is wrong with them'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "filter" -d 'Print the events that a configuration would log'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "record" -d 'Record what the kernel tells, to replay it elsewhere'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "replay" -d 'Make events of a recording, on any machine'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "run" -d 'Record what happens on this machine and write it as Sysmon for Linux does'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "selftest" -d 'Do harmless things of every kind that is collected, and check that the running agent sees each'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "sigma" -d 'Check Sigma rules, and find what they describe in recorded events'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "status" -d 'Say how the running agent is: since when, by which configuration, what it sees, writes and loses'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "view" -d 'Show events: this machine\'s, or those of any log'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and not __fish_seen_subcommand_from attack-map check filter record replay run selftest sigma status view help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and __fish_seen_subcommand_from sigma" -f -a "check" -d 'Say of every rule: compiled, not applicable and why, or broken with file, line and reason'
complete -c tuxmon -n "__fish_tuxmon_using_subcommand help; and __fish_seen_subcommand_from sigma" -f -a "match" -d 'Find the events of logs that rules describe'

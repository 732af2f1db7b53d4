# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tuxmon_hunt_global_optspecs
    string join \n store= h/help V/version
end

function __fish_tuxmon_hunt_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_tuxmon_hunt_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_tuxmon_hunt_using_subcommand
    set -l cmd (__fish_tuxmon_hunt_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -s V -l version -d 'Print version'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "ingest" -d 'Store the events of logs; what is there already is left out'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "list" -d 'Name the hunts'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "retain" -d 'Remove old events: by age, by the store\'s size, or both'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "run" -d 'Ask one of the named questions'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "explain" -d 'Say what a hunt asks, what its answer means, and what can be set'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "sql" -d 'Ask the store in SQL; it can be read only'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "store" -d 'Make a store on a server of ClickHouse, or mend its counts'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "story" -d 'Tell who began something, what came of it, and where it went on'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "sigma" -d 'Find what Sigma rules describe in everything that is stored'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "intel" -d 'Lists of hashes, addresses, domains and URLs'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "known" -d 'Say which package files and hashes are of, and what was changed since it was installed'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "lookup" -d 'Ask a service such as VirusTotal about hashes, addresses and domains'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -l follow -d 'Read what comes, for ever: the last FILE as it grows, across rotations, or the journal; without either, the first of /var/log/sysmon.log, the journal, /var/log/syslog and /var/log/messages that is there'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -l journal -d 'Read this machine\'s journal, after all files'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -l acknowledge -d 'Print the number of new events on the standard output each time that they are safe on the disk'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -l quiet -d 'No progress bar and no sums'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand ingest" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand list" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand list" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand retain" -l days -d 'Keep so many days, up to the last event of the store' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand retain" -l megabytes -d 'Keep at most so many megabytes; whole days go' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand retain" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand retain" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand run" -l param -d 'A parameter of the hunt; repeatable' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand run" -l format -d 'How the answer is printed' -r -f -a "table\t'Columns for people'
json\t'One JSON object a line'
csv\t'Comma-separated values'"
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand run" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand explain" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand explain" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sql" -l format -d 'How the answer is printed' -r -f -a "table\t'Columns for people'
json\t'One JSON object a line'
csv\t'Comma-separated values'"
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sql" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sql" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and not __fish_seen_subcommand_from install recount help" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and not __fish_seen_subcommand_from install recount help" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and not __fish_seen_subcommand_from install recount help" -f -a "install" -d 'Make the tables, the counts and the views that are not there yet; what is there stays'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and not __fish_seen_subcommand_from install recount help" -f -a "recount" -d 'Count all events anew, each once'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and not __fish_seen_subcommand_from install recount help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l cluster -d 'Make them on all servers of this cluster, as the servers\' configuration names it' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l days -d 'Remove events after so many days; needs ClickHouse 19.6' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l replicated -d 'Keep copies of the tables on all replicas of a shard'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l sharded -d 'Spread machines over the shards of the cluster'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l each -d 'Only on this server: for clusters that cannot pass statements on. Run it for each server then'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -l print -d 'Print the statements, and do nothing'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from recount" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from recount" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from help" -f -a "install" -d 'Make the tables, the counts and the views that are not there yet; what is there stays'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from help" -f -a "recount" -d 'Count all events anew, each once'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand store; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand story" -l format -d 'How the story is written' -r -f -a "tree\t'An indented text'
json\t'One JSON object'
dot\t'A graph for Graphviz'
html\t'A page'"
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand story" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand story" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sigma" -l level -d 'Only rules of this level and above: informational, low, medium, high, critical' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sigma" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sigma" -l json -d 'Print alerts in the form of the agent, an object on a line'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sigma" -l quiet -d 'No progress bar and no sums'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand sigma" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "add" -d 'Keep lists, and remember where they come from; a list of the same source is replaced'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "update" -d 'Ask the origins of lists for new ones'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "list" -d 'Show the lists that are kept'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "remove" -d 'Remove the list of a source, and forget where it comes from'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "match" -d 'Find what the lists name in everything that is stored'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and not __fish_seen_subcommand_from add update list remove match help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l source -d 'What alerts call the source; usually the name of the file' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l expires -d 'Values without an expiry of their own mean nothing so many days after their origin last had them' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l megabytes -d 'The longest list that is taken' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l headers -d 'A file with headers for the server, such as a key; only its owner may read it' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l ca -d 'Certificates (PEM) to believe instead of those that this system believes' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -l unencrypted -d 'Allow http://, where whoever is on the way can change the list'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from update" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from update" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from list" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from list" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from remove" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from remove" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from match" -l lists -d 'Where the lists are kept; usually a folder beside the store. The agent can be given the same folder' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from match" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from match" -l json -d 'Print alerts in the form of the agent, an object on a line'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from match" -l quiet -d 'No progress bar and no sums'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from match" -s h -l help -d 'Print help'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "add" -d 'Keep lists, and remember where they come from; a list of the same source is replaced'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "update" -d 'Ask the origins of lists for new ones'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show the lists that are kept'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove the list of a source, and forget where it comes from'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "match" -d 'Find what the lists name in everything that is stored'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand intel; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand known" -l root -d 'The system whose packages are asked' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand known" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand known" -l odd -d 'Only what is no unchanged file of a package'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand known" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -l service -d 'The description of the service' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -l key-file -d 'A file with the key; only its owner may read it' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -l ca -d 'Certificates (PEM) to believe instead of those that this system believes' -r -F
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -l store -d 'The file with the events, or clickhouse://USER@HOST:PORT/DATABASE; also TUXMON_STORE' -r
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -l example -d 'Print the description of VirusTotal, to begin with'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand lookup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "ingest" -d 'Store the events of logs; what is there already is left out'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "list" -d 'Name the hunts'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "retain" -d 'Remove old events: by age, by the store\'s size, or both'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "run" -d 'Ask one of the named questions'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "explain" -d 'Say what a hunt asks, what its answer means, and what can be set'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "sql" -d 'Ask the store in SQL; it can be read only'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "store" -d 'Make a store on a server of ClickHouse, or mend its counts'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "story" -d 'Tell who began something, what came of it, and where it went on'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "sigma" -d 'Find what Sigma rules describe in everything that is stored'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "intel" -d 'Lists of hashes, addresses, domains and URLs'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "known" -d 'Say which package files and hashes are of, and what was changed since it was installed'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "lookup" -d 'Ask a service such as VirusTotal about hashes, addresses and domains'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and not __fish_seen_subcommand_from ingest list retain run explain sql store story sigma intel known lookup help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from store" -f -a "install" -d 'Make the tables, the counts and the views that are not there yet; what is there stays'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from store" -f -a "recount" -d 'Count all events anew, each once'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from intel" -f -a "add" -d 'Keep lists, and remember where they come from; a list of the same source is replaced'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from intel" -f -a "update" -d 'Ask the origins of lists for new ones'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from intel" -f -a "list" -d 'Show the lists that are kept'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from intel" -f -a "remove" -d 'Remove the list of a source, and forget where it comes from'
complete -c tuxmon-hunt -n "__fish_tuxmon_hunt_using_subcommand help; and __fish_seen_subcommand_from intel" -f -a "match" -d 'Find what the lists name in everything that is stored'

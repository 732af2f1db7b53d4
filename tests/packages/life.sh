# shellcheck shell=sh
# What the tests of both kinds of packages share; they read it with `.`, inside the copy of the system.

# What is being done, for whoever reads of a failure.
when=start

fail() { echo "FAILED: $*" >&2; exit 1; }
have() { for path; do [ -e "$path" ] || [ -L "$path" ] || fail "$when: no $path"; done; }
gone() { for path; do { [ ! -e "$path" ] && [ ! -L "$path" ]; } || fail "$when: $path is still there"; done; }

# event_id: how many events the installation says it has written.
event_id() { od -An -t u8 /opt/sysmon/eventId | tr -d ' '; }
argv() { tr '\000' ' ' </opt/sysmon/argv; }
# agent: the process of the service, empty when none runs.
agent() { tuxmon status --state-dir /opt/sysmon --json 2>/dev/null | sed -n 's/.*"pid":\([0-9]*\),.*/\1/p'; }

# A configuration that is nobody's default.
write_rules() {
    cat >"$1" <<'XML'
<Sysmon schemaversion="4.90"><EventFiltering><FileCreate onmatch="include">
<TargetFilename condition="is">/mine</TargetFilename></FileCreate></EventFiltering></Sysmon>
XML
}

# start: the service, as an administrator starts it. 12 and 13 say that this kernel loads no programs.
start() {
    write_rules /root/rules.xml
    code=0
    sysmon -i /root/rules.xml -h md5 || code=$?
    case $code in
    0) [ -n "$(agent)" ] || fail 'sysmon -i succeeded, and no service answers' ;;
    12 | 13) echo "SKIP packages: no service can run here, so no update is seen to restart one" ;;
    *) fail "sysmon -i ended with $code" ;;
    esac
}

# installed: what every installation has; nothing runs until it is asked for.
installed() {
    have /usr/bin/tuxmon /usr/bin/sysmon /usr/bin/sysmonLogView /etc/tuxmon/config.xml /etc/tuxmon/tuxmon.toml /etc/logrotate.d/tuxmon \
        /usr/share/man/man8/sysmon.8.gz /usr/share/man/man1/tuxmon.1.gz /usr/share/doc/tuxmon/examples/00-sysmon.conf \
        /usr/share/bash-completion/completions/tuxmon
    gone /opt/sysmon /etc/systemd/system/sysmon.service /etc/init.d/sysmon
    tuxmon check /etc/tuxmon/config.xml || fail 'the configuration that ships does not load'
    sysmon -s | grep -q 'manifest schemaversion="4.90"' || fail 'sysmon -s'
    sysmonLogView -h | grep -q SysmonLogView || fail 'sysmonLogView -h'
}

# updated OLD_AGENT OLD_ID: an update keeps what is the administrator's, and the service goes on with the new program.
updated() {
    grep -q mine /etc/tuxmon/config.xml || fail 'an update lost the changed configuration'
    cmp /root/rules.xml /opt/sysmon/config.xml || fail 'an update lost the configuration of the service'
    [ "$(argv)" = 'sysmon -i /root/rules.xml -h md5 ' ] || fail "an update changed the command line: $(argv)"
    [ "$(event_id)" -ge "$2" ] || fail "an update set the event counter back from $2 to $(event_id)"
    if [ -n "$1" ]; then
        new=$(agent)
        [ -n "$new" ] || fail 'no service runs after the update'
        [ "$new" != "$1" ] || fail 'the service of before the update still runs'
    fi
}

# stopped_stays_stopped UPDATE…: an update starts no service that somebody has stopped.
stopped_stays_stopped() {
    /etc/init.d/sysmon stop
    "$@"
    [ -z "$(agent)" ] || fail 'an update started a service that was stopped'
}

# removed: the service and the program are gone, what the administrator made is there.
removed() {
    gone /usr/bin/tuxmon /usr/bin/sysmon /usr/bin/sysmonLogView /etc/systemd/system/sysmon.service /etc/init.d/sysmon \
        /opt/sysmon/sysmon /opt/sysmon/control
    have /opt/sysmon/config.xml /opt/sysmon/eventId
}

# taken_over: the original has gone, and all that it had goes on.
taken_over() {
    cmp /root/rules.xml /opt/sysmon/config.xml || fail 'the configuration of the original is lost'
    [ "$(argv)" = 'sysmon -i /root/rules.xml -h md5 ' ] || fail "its command line is lost: $(argv)"
    [ "$(event_id)" -ge 4096 ] || fail "its event counter is lost: $(event_id)"
    [ "$(stat -c %a /opt/sysmon)" = 700 ] || fail 'others may look into /opt/sysmon'
    have /etc/init.d/sysmon /opt/sysmon/sysmon
    cmp /usr/bin/tuxmon /opt/sysmon/sysmon || fail 'the service is not our program'
    gone /opt/sysmon/sysmonEBPFkern4.15.o /opt/sysmon/sysmonEBPFkern5.6-_core.o /var/lib/tuxmon/take-over
    if [ -z "$(agent)" ]; then
        # It has to be the kernel's fault: the service says which.
        code=0
        sysmon -i /opt/sysmon/config.xml || code=$?
        case $code in
        12 | 13) echo 'SKIP packages: no service can run here, so none is seen to take over' ;;
        *) fail "no service runs, and sysmon -i ended with $code" ;;
        esac
    fi
}

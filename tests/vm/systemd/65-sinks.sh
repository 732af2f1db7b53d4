# The logs of the system go away and come back while things happen: the service goes on, and no event is lost on its way.

last=$(in_journal | ids | tail -1)
old=$(main_pid)
number=0
deeds() {
    local until=$((number + $1))
    while [ $number -lt $until ]; do
        deed sink-$number
        number=$((number + 1))
    done
}
in_log() { "$1" | grep -F "deed sink-$2<"; }

# Without rsyslog the journal has everything, and rsyslog goes on where it is started again.
systemctl stop syslog.socket rsyslog
deeds 20
within 300 in_log in_journal 19
systemctl start rsyslog
deeds 20
within 300 in_log in_split 39

# Without journald there is nobody behind /dev/log, and nobody who reads what the service says about itself.
systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald
deeds 100
systemctl start systemd-journald.socket systemd-journald-dev-log.socket systemd-journald
deeds 20
within 400 in_log in_journal $((number - 1))
[ "$(main_pid)" -eq "$old" ] || fail 'another process serves now'

# What happened meanwhile waited: every deed is there once, in the order of numbers. The failure is told, and no loss.
in_journal | since "$last" >$work/new
of_type 1 <$work/new | sed -n 's/.*deed sink-\([0-9]*\)<.*/\1/p' | sort -n | diff <(seq 0 $((number - 1))) -
[ "$(gaps <$work/new)" -eq 0 ] || fail 'record ids have a gap'
of_type 255 <$work/new | field ID >$work/troubles
grep -x OutputFailed $work/troubles
if grep -E 'Lost|Failed' $work/troubles | grep -vx OutputFailed; then fail 'something was lost'; fi
within 300 in_log in_split $((number - 1))
note "$number deeds, 20 without rsyslog, 100 without journald: all are in the journal"

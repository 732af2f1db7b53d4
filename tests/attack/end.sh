# Everything was written by now, and goes out through the serial port: the events, those of them that the configuration as
# it is shipped would keep, and the alerts.

deed end all
seen() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed end all'; }
within 600 seen
# Alerts stand behind their events, so those of all events before are there when the one of this mark is.
marked() { grep -F '/usr/local/bin/deed end all' /var/log/alerts.json; }
within 600 marked
# The units of tuxmon-hunt keep the same, as a user of their own.
asked() { tuxmon-hunt --store /var/lib/tuxmon-hunt/store.sqlite sql --format csv "$1" | tail -n +2; }
stored() { asked "SELECT CommandLine FROM process_create" | grep -qx '/usr/local/bin/deed end all'; }
if [ -e /vm/tuxmon-hunt.deb ]; then
    within 600 stored
    systemctl start tuxmon-hunt-retain.service
    of=$(ps -o user= -p "$(systemctl show --property MainPID --value tuxmon-hunt.service)")
    [ "$of" != root ] || fail 'the store is kept by root'
    note "tuxmon-hunt.service: $(asked 'SELECT count(*) FROM events') events, as $of"
fi
tuxmon status >$work/status || true
note "$(grep '^health\|lost' $work/status | tr '\n' ';')"
in_syslog | grep -oE '<Event>.*' >$work/events.xml
tuxmon view --format json $work/events.xml 2>$work/view | handed_out events
tuxmon filter --config /vm/shipped.xml $work/events.xml 2>$work/filter | ids | handed_out kept
handed_out alerts </var/log/alerts.json

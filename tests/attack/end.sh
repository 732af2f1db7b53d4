# Everything was written by now, and goes out through the serial port: the events, those of them that the configuration as
# it is shipped would keep, and the alerts.

deed end all
seen() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed end all'; }
within 600 seen
# Alerts stand behind their events, so those of all events before are there when the one of this mark is.
marked() { grep -F '/usr/local/bin/deed end all' /var/log/alerts.json; }
within 600 marked
tuxmon status >$work/status || true
note "$(grep '^health\|lost' $work/status | tr '\n' ';')"
in_syslog | grep -oE '<Event>.*' >$work/events.xml
tuxmon view --format json $work/events.xml 2>$work/view | handed_out events
tuxmon filter --config /vm/shipped.xml $work/events.xml 2>$work/filter | ids | handed_out kept
handed_out alerts </var/log/alerts.json

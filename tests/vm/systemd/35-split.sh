# The rule for rsyslog that ships puts events into a file of their own, whole, and nowhere else; logrotate takes it.

cp /usr/share/doc/tuxmon/examples/00-sysmon.conf /etc/rsyslog.d/
rsyslogd -N1
systemctl restart rsyslog
sysmon -c /vm/deeds.xml

# As much as one argument may hold and an event keeps: a line of more than 30 KiB.
long=$(printf 'x%.0s' $(seq 30000))
deed short
deed "$long"
in_file() { in_split | of_type 1 | with CommandLine "/usr/local/bin/deed $1"; }
within 300 in_file short
within 300 in_file "$long"
[ "$(in_split | tail -1 | grep -c '</Event>$')" -eq 1 ] || fail 'the last line is cut'
if in_syslog | grep -F '/usr/local/bin/deed short'; then fail 'it is in the other log too'; fi
[ "$(stat -c '%a %U' "$split")" = '600 root' ]

before=$(wc -l <"$split")
logrotate --force /etc/logrotate.d/tuxmon
[ "$(wc -l <"$split.1")" -ge "$before" ]
deed rotated
within 300 in_file rotated

# The init script stops and starts; numbers go on, and what the logs miss is counted.

last=$(in_syslog | ids | tail -1)
old=$(main_pid)
/etc/init.d/sysmon restart
[ "$(main_pid)" -ne "$old" ]
collects
/etc/init.d/rsyslog stop
for number in $(seq 50); do deed sink-$number; done
/etc/init.d/rsyslog start
deed sink-51
logged() { in_syslog | of_type 1 | with CommandLine "/usr/local/bin/deed $1"; }
within 300 logged sink-51
missing=$((50 - $(in_syslog | of_type 1 | sed -n 's/.*deed sink-\([0-9]*\)<.*/\1/p' | awk '$1 <= 50' | sort -nu | wc -l)))
note "without rsyslog: $missing of 50 deeds are not in the log"
if [ "$missing" -gt 0 ]; then in_syslog | of_type 255 | with ID OutputLost; fi
in_syslog | ids | awk -v last="$last" '$1 >= last' | sort -n -c
/etc/init.d/sysmon stop
refused 3 /etc/init.d/sysmon status
refused 2 tuxmon status
/etc/init.d/sysmon start
collects

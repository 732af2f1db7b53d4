# Without systemd the package installs an init script: `sysmon -i` starts the service with it.

[ "$(readlink -f /proc/1/exe)" != /usr/lib/systemd/systemd ]
gone /run/systemd/system
files_of_system >/var/lib/vm/files
dpkg --install /vm/older.deb
gone /opt/sysmon /etc/init.d/sysmon
sysmon -i /vm/deeds.xml

# sysvinit mounts no version 2 tree of control groups: UDP is not seen, and the service says so. With the tree it is whole.
refused 1 tuxmon status
grep -F 'UDP' $work/refused | grep -F 'no version 2 cgroup tree is mounted'
[ "$(grep -c 'not seen:' $work/refused)" -eq 2 ] || fail "$(cat $work/refused)"
mount -t cgroup2 none /sys/fs/cgroup
sysmon -i /vm/deeds.xml
collects
/etc/init.d/sysmon status
[ "$(readlink "/proc/$(main_pid)/exe")" = /opt/sysmon/sysmon ]
note "$(uname -sr), $(dpkg-query -W -f '${Package} ${Version}' sysvinit-core), $(rsyslogd -v | head -1)"
deed alpha
logged() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed alpha'; }
within 300 logged
# Without a unit the program limits itself.
pid=$(main_pid)
in_status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
[ "$(in_status NoNewPrivs)" = 1 ]
[ "$(in_status CapBnd)" = 000000c000081004 ] || fail "CapBnd: $(in_status CapBnd)"
[ "$(in_status CapEff)" = 000000c000081004 ] || fail "CapEff: $(in_status CapEff)"

# Without systemd the package installs an init script: `sysmon -i` starts the service with it.

[ "$(readlink -f /proc/1/exe)" != /usr/lib/systemd/systemd ]
gone /run/systemd/system
files_of_system >/var/lib/vm/files
dpkg --install /vm/older.deb
gone /opt/sysmon /etc/init.d/sysmon
sysmon -i /vm/deeds.xml

# sysvinit mounts no version 2 tree of control groups, through which UDP is seen: the service has its own, and sees all.
collects
if grep cgroup2 /proc/mounts; then fail 'it is mounted after all'; fi
ip address add 192.0.2.1/32 dev lo
ip link set lo up
cp "$(command -v perl)" /usr/local/bin/talker
/usr/local/bin/talker -MIO::Socket::INET -e '
    IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.1", PeerPort => 9999)->send("word");'
said() { in_syslog | of_type 3 | with Image /usr/local/bin/talker | with Protocol udp | with DestinationPort 9999; }
within 300 said
/etc/init.d/sysmon status
[ "$(readlink "/proc/$(main_pid)/exe")" = /opt/sysmon/sysmon ]
note "$(uname -sr), $(dpkg-query -W -f '${Package} ${Version}' sysvinit-core), $(rsyslogd -v | head -1)"
deed alpha
logged() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed alpha'; }
within 300 logged
# Without a unit the program limits itself: five capabilities, and none can be given back.
pid=$(main_pid)
in_status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
[ "$(in_status NoNewPrivs)" = 1 ]
for set in CapPrm CapEff; do
    [ "$(in_status $set)" = 000000c000081004 ] || fail "$set: $(in_status $set)"
done
[ "$(in_status CapInh)" = 0000000000000000 ]

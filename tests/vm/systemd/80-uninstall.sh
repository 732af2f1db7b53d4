# `sysmon -u` ends the service and keeps what must not begin again; installed anew, it goes on.

last=$(in_split | ids | tail -1)
sysmon -u >$work/said
cat $work/said
grep -F 'Sysmon stopped.' $work/said
gone /etc/systemd/system/sysmon.service /etc/systemd/system/multi-user.target.wants/sysmon.service
[ "$(find /opt/sysmon -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" = 'config.xml eventId ' ]
if pgrep -f /opt/sysmon/sysmon; then fail 'it still runs'; fi
[ "$(systemctl show --value --property LoadState sysmon)" = not-found ] ||
    # The test's own drop-in keeps the name known.
    [ "$(systemctl show --value --property FragmentPath sysmon)" = '' ]

sysmon -i /opt/sysmon/config.xml
collects
deed after-the-return
logged() { in_split | of_type 1 | with CommandLine '/usr/local/bin/deed after-the-return'; }
within 300 logged
[ "$(in_split | since $((last - 1)) | gaps)" -eq 0 ] || fail 'record ids do not go on'

# Removed and purged, the package leaves nothing: the same files as before it came.

dpkg --remove tuxmon
gone /usr/bin/tuxmon /usr/bin/sysmon /usr/bin/sysmonLogView /etc/systemd/system/sysmon.service
if pgrep -f /opt/sysmon/sysmon; then fail 'it still runs'; fi
[ -f /opt/sysmon/config.xml ] && [ -f /opt/sysmon/eventId ]
dpkg --purge tuxmon
# What the steps themselves made.
rm -r /etc/systemd/system/sysmon.service.d /etc/rsyslog.d/00-sysmon.conf /etc/systemd/system/deed.service
systemctl daemon-reload
gone /opt/sysmon /etc/tuxmon /var/lib/tuxmon /var/log/sysmon.log /var/log/sysmon.log.1
[ "$(systemctl show --value --property LoadState sysmon)" = not-found ]
files_of_system >$work/after
diff /var/lib/vm/files $work/after

# `sysmon -u force` leaves nothing of the service; purged, nothing of the package.

sysmon -u force
gone /opt/sysmon /etc/systemd/system/sysmon.service /etc/systemd/system/multi-user.target.wants/sysmon.service
if pgrep -f /opt/sysmon/sysmon; then fail 'it still runs'; fi
sysmon -u force # what is gone is no fault
dpkg --purge tuxmon
dpkg --purge sysmonforlinux || true
rm -r /etc/systemd/system/sysmon.service.d
systemctl daemon-reload
files_of_system | diff /var/lib/vm/files -
complaints=$(journalctl -q -o cat --no-pager | grep -iE 'audit: type=(1326|1400)|avc: +denied|sysmon\[[0-9]*\]: segfault|panicked' || true)
[ -z "$complaints" ] || fail "$complaints"

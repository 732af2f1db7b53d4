# A service that hangs is noticed and started again.

grep -x WatchdogSec=60 /etc/systemd/system/sysmon.service
printf '[Service]\nWatchdogSec=20\n' >/etc/systemd/system/sysmon.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart sysmon
within 400 collects
old=$(main_pid)
kill -STOP "$old"
another() { [ "$(main_pid)" -ne "$old" ] && [ "$(main_pid)" -ne 0 ] && serves; }
within 400 another
journalctl -q -o cat --no-pager -u sysmon | grep -F 'Watchdog timeout'
[ "$(systemctl show --value --property NRestarts sysmon)" -ge 1 ]
rm /etc/systemd/system/sysmon.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart sysmon
collects

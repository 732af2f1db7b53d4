# `sysmon -u`, then purge: nothing is left.

sysmon -u
gone /etc/init.d/sysmon /etc/rc2.d/S99sysmon /etc/rc3.d/S99sysmon /run/sysmon.pid
if pgrep -f /opt/sysmon/sysmon; then fail 'it still runs'; fi
dpkg --purge tuxmon
gone /opt/sysmon /etc/tuxmon /var/lib/tuxmon
files_of_system | diff /var/lib/vm/files -

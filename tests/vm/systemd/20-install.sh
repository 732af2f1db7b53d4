# `sysmon -i` with a configuration as people publish them: the service collects, and what happens is in every log.

# An emulator is slow, and may stand still for a while: what would be too long on a real machine is not a fault here.
mkdir -p /etc/systemd/system/sysmon.service.d
printf '[Service]\nTimeoutStartSec=600\nTimeoutStopSec=600\nWatchdogSec=600\n' >/etc/systemd/system/sysmon.service.d/slow.conf

sysmon -accepteula -i /vm/published.xml
systemctl is-active sysmon
systemctl is-enabled sysmon
collects || { cat $work/status; false; }

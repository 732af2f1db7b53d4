# Where the original is installed, runs and is configured, installing the package is all: configuration, numbers and the
# name of the service go on. The original is laid out here as its package and its `sysmon -i` leave it.

original=$work/original
mkdir -p $original/DEBIAN $original/usr/bin
printf '#!/bin/sh\necho original\n' >$original/usr/bin/sysmon
chmod 755 $original/usr/bin/sysmon
cat >$original/DEBIAN/control <<'CONTROL'
Package: sysmonforlinux
Version: 1.5.2
Architecture: amd64
Maintainer: nobody <nobody@example.org>
Description: stands for the original
CONTROL
printf '#!/bin/sh\nsystemctl stop sysmon || true\nsystemctl disable sysmon || true\n' >$original/DEBIAN/prerm
printf '#!/bin/sh\nrm -rf /opt/sysmon\n' >$original/DEBIAN/postrm
chmod 755 $original/DEBIAN/prerm $original/DEBIAN/postrm
dpkg-deb --root-owner-group -Znone --build $original $work/original.deb
dpkg --install $work/original.deb

mkdir -m 0700 /opt/sysmon
install -m 0600 /vm/deeds.xml /opt/sysmon/config.xml
printf '\003\0\0\0' >/opt/sysmon/argc
printf 'sysmon\0-i\0/root/my.xml\0' >/opt/sysmon/argv
printf '\207\326\022\0\0\0\0\0' >/opt/sysmon/eventId # 1234567
touch /opt/sysmon/rules.bin /opt/sysmon/sysmonEBPFkern5.6-.o /opt/sysmon/sysmonEBPFkern5.6-_core.o
# Its process has its name; what it does is no matter here.
install -m 0700 "$(readlink -f "$(command -v perl)")" /opt/sysmon/sysmon
cat >/etc/systemd/system/sysmon.service <<'UNIT'
[Unit]
Description=Sysmon event logger
After=syslog.service
[Service]
Type=simple
User=root
WorkingDirectory=/opt/sysmon
ExecStart=/opt/sysmon/sysmon -e "sleep 1 while 1"
Restart=on-failure
RestartSec=10
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now sysmon
originals=$(main_pid)
[ "$originals" -ne 0 ]
mkdir -p /etc/systemd/system/sysmon.service.d
printf '[Service]\nTimeoutStartSec=600\nTimeoutStopSec=600\nWatchdogSec=600\n' >/etc/systemd/system/sysmon.service.d/slow.conf

dpkg --install /vm/tuxmon.deb
if dpkg-query -W -f '${Status}' sysmonforlinux | grep -F 'ok installed'; then fail 'both are installed'; fi
[ ! -d "/proc/$originals" ] || fail 'the original still runs'
within 400 collects
[ "$(readlink "/proc/$(main_pid)/exe")" = /opt/sysmon/sysmon ]
/usr/bin/sysmon -s | grep -F 'schemaversion="4.90"'
cmp /vm/deeds.xml /opt/sysmon/config.xml
gone /opt/sysmon/rules.bin /opt/sysmon/sysmonEBPFkern5.6-.o /opt/sysmon/sysmonEBPFkern5.6-_core.o /var/lib/tuxmon
systemctl is-enabled sysmon
deed taken-over
logged() { in_journal | of_type 1 | with CommandLine '/usr/local/bin/deed taken-over'; }
within 300 logged
first=$(in_journal | ids | awk '$1 >= 1234567' | head -1)
[ "$first" -eq 1234567 ] || fail "the numbers go on at $first instead of 1234567"
sysmon -c | grep -F '/usr/local/bin/'

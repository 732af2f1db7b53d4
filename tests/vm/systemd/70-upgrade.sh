# The newer package takes over from the older: configuration, numbers and the running service go on.

old=$(main_pid)
[ "$(dpkg-query -W -f '${Version}' tuxmon)" = 0.0.1 ]
deed before-the-upgrade
before() { in_split | with CommandLine '/usr/local/bin/deed before-the-upgrade' | of_type 5; }
logged() { in_split | of_type "$1" | grep -F "deed $2"; }
within 300 logged 1 before-the-upgrade
configuration=$(sha256sum </opt/sysmon/config.xml)
echo '<!-- mine -->' >>/etc/tuxmon/config.xml
last=$(in_split | ids | tail -1)

dpkg --install /vm/tuxmon.deb
[ "$(dpkg-query -W -f '${Version}' tuxmon)" != 0.0.1 ]
grep -F '<!-- mine -->' /etc/tuxmon/config.xml
[ "$(sha256sum </opt/sysmon/config.xml)" = "$configuration" ]
another() { [ "$(main_pid)" -ne "$old" ] && [ "$(main_pid)" -ne 0 ] && collects; }
within 400 another
deed after-the-upgrade
within 300 logged 1 after-the-upgrade
[ "$(in_split | since $((last - 1)) | gaps)" -eq 0 ] || fail 'record ids do not go on'
in_split | of_type 4 | tail -2 | field State | diff - <(printf 'Stopped\nStarted\n')

# The same package once more, while the service is stopped on purpose: it stays stopped.
systemctl stop sysmon
dpkg --install /vm/tuxmon.deb
[ "$(main_pid)" -eq 0 ] || fail 'an upgrade started a service that was stopped'
systemctl start sysmon
collects

# The package installs, asks for nothing that is missing, and starts nothing.

files_of_system >/var/lib/vm/files
dpkg --install /vm/older.deb
[ "$(dpkg-query -W -f '${Status}' tuxmon)" = 'install ok installed' ]
tuxmon check /etc/tuxmon/config.xml
tuxmon check /vm/published.xml || [ $? -eq 1 ] # remarks are no refusal
gone /opt/sysmon /etc/systemd/system/sysmon.service
refused 2 tuxmon status
note "$(uname -sr), $(systemctl --version | head -1), $(rsyslogd -v | head -1), libc $(dpkg-query -W -f '${Version}' libc6)"

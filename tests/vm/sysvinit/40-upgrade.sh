# The newer package restarts the running service with its configuration.

old=$(main_pid)
dpkg --install /vm/tuxmon.deb
[ "$(main_pid)" -ne "$old" ]
within 400 collects
deed upgraded
logged() { in_syslog | of_type 1 | with CommandLine "/usr/local/bin/deed upgraded"; }
within 300 logged

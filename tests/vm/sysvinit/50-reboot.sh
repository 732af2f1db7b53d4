# The service comes up with the machine, in the run level that the system has; numbers go on.

if [ "$boot" -eq 0 ]; then
    in_syslog | ids | tail -1 >$work/last
    reboot_machine
fi
within 400 collects
note "run level: $(runlevel)"
/etc/init.d/sysmon status
deed after-the-boot
logged() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed after-the-boot'; }
within 300 logged
in_syslog | since "$(cat $work/last)" >$work/new
of_type 4 <$work/new | tail -1 | with State Started
sort -n -c <(ids <$work/new)

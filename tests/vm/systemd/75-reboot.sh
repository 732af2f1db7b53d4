# The service comes up with the machine: numbers go on, the stop and the start are events.

if [ "$boot" -eq 0 ]; then
    in_split | ids | tail -1 >$work/last
    wc -l <"$split" >$work/lines
    reboot_machine
fi
within 400 collects
systemctl is-active sysmon
deed after-the-boot
logged() { in_split | of_type 1 | with CommandLine '/usr/local/bin/deed after-the-boot'; }
within 300 logged
in_split | since "$(cat $work/last)" >$work/new
# The first ones after the old boot: it was stopped in order, and started.
ids <$work/new >$work/ids
[ "$(head -1 $work/ids)" -eq $(($(cat $work/last) + 1)) ] || fail "numbers do not go on: $(cat $work/last), $(head -3 $work/ids)"
of_type 4 <$work/new | field State | diff - <(printf 'Stopped\nStarted\n')
[ "$(gaps <$work/new)" -eq 0 ] || fail "record ids: $(cat $work/ids)"
note "record id $(cat $work/last) before the boot, $(head -1 $work/ids) and on after it; collecting $(ps -o etimes= -p "$(main_pid)") s"

# The unit's limits are in force, hold what they promise, and cost the service nothing that it would complain of.

pid=$(main_pid)
in_status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
[ "$(in_status Seccomp)" = 2 ] || fail 'no filter of system calls'
[ "$(in_status NoNewPrivs)" = 1 ]
# DAC_READ_SEARCH 2, NET_ADMIN 12, SYS_PTRACE 19, PERFMON 38, BPF 39.
for set in CapBnd CapPrm CapEff; do
    [ "$(in_status $set)" = 000000c000081004 ] || fail "$set: $(in_status $set)"
done
[ "$(in_status CapInh)" = 0000000000000000 ]
[ "$(in_status CapAmb)" = 0000000000000000 ]
[ "$(readlink /proc/$pid/ns/mnt)" = "$(readlink /proc/1/ns/mnt)" ] || fail 'it has mounts of its own'

# The same unit around another program: what the filter and the restrictions are there for is refused, what the agent does
# is not. 159 is adjtimex with nothing to change, which anyone may call without a filter; 135 is personality.
adjtimex='my $b = "\0" x 208; print 0 + (syscall(159, $b) >= 0)'
[ "$(perl -e "$adjtimex")" = 1 ] || fail 'adjtimex does not work at all'
cat >$work/probe.sh <<PROBE
#!/bin/sh
echo "adjtimex \$(perl -e '$adjtimex')" >/run/probe
echo "personality \$(perl -e 'print 0 + (syscall(135, 0x40000) >= 0)')" >>/run/probe
echo "namespace \$(unshare --user true >/dev/null 2>&1 && echo 1 || echo 0)" >>/run/probe
echo "inet \$(perl -MSocket -e 'print 0 + !!socket(my \$s, AF_INET, SOCK_STREAM, 0)')" >>/run/probe
echo "unix \$(perl -MSocket -e 'print 0 + !!socket(my \$s, AF_UNIX, SOCK_STREAM, 0)')" >>/run/probe
PROBE
chmod +x $work/probe.sh
sed -e "s,^ExecStart=.*,ExecStart=$work/probe.sh," -e 's/^Type=.*/Type=oneshot/' -e '/^Restart/d;/^Watchdog/d;/^NotifyAccess/d' \
    -e 's/^CapabilityBoundingSet=.*/CapabilityBoundingSet=~/' -e '/^UMask/d;/^WorkingDirectory/d' \
    /etc/systemd/system/sysmon.service >/run/systemd/system/probe.service
systemctl daemon-reload
systemctl start probe
cat /run/probe
diff /run/probe - <<'WANTED'
adjtimex 0
personality 0
namespace 0
inet 0
unix 1
WANTED

# Nobody complains: not the service, not systemd about the unit, not the kernel's audit.
complaints=$(journalctl -q -o cat --no-pager -p warning -u sysmon | grep -v 'RestartSteps\|RestartMaxDelaySec' || true)
[ -z "$complaints" ] || fail "$complaints"
about_unit=$(journalctl -q -o cat --no-pager _PID=1 | grep 'sysmon.service:' | grep -iv 'RestartSteps\|RestartMaxDelaySec\|Deactivated\|Consumed' || true)
[ -z "$about_unit" ] || fail "$about_unit"
denied=$(journalctl -q -o cat --no-pager -k | grep -iE 'audit: type=(1326|1400)|avc: +denied|segfault' || true)
[ -z "$denied" ] || fail "$denied"

systemd-analyze --no-pager security sysmon >$work/security
cat $work/security
note "$(tail -1 $work/security)"

#!/bin/busybox sh
# First process of a guest: makes the machine that the live tests expect, runs them, says how they ended, powers off.
# What happens goes to a serial port; `@` begins lines for the one who started the guest.

# The first file system of a kernel cannot be exchanged for another one (pivot_root), as that of any machine can.
if [ "$1" != moved ]; then
    /bin/busybox mkdir /moved
    /bin/busybox mount -t tmpfs tmpfs /moved
    for entry in /*; do
        [ "$entry" = /moved ] || /bin/busybox cp -a "$entry" /moved
    done
    exec /bin/busybox switch_root /moved /init moved
fi

/bin/busybox mkdir -p /dev /proc /sys /tmp /run /root /applets /var/lib
/bin/busybox --install -s /applets
export PATH=/bin:/applets HOME=/root TERM=dumb RUST_BACKTRACE=0

mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
# An initramfs lies on ramfs or tmpfs, as the kernel likes; files without names need the latter.
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t securityfs securityfs /sys/kernel/security
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
. /guest/settings

exec </dev/null >"$PORT" 2>&1
stty raw -echo <"$PORT"
ip link set lo up
# Before 5.11 what eBPF takes counted against this limit, and it is small; the agent sees to itself, deeds do not.
ulimit -l unlimited
hostname guest
for module in /modules/*; do
    [ -e "$module" ] && insmod "$module"
done

mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc

# Since the start of the machine, in hundredths of a second.
now() {
    cut -d' ' -f1 /proc/uptime | tr -d .
}

finish() {
    echo "@end $1"
    sync
    poweroff -f
}

echo "@up $(now) $(uname -r)"
if [ -e /sys/kernel/security/lockdown ]; then
    echo "@lockdown $(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/security/lockdown)"
fi
if [ "$CONDITION" = btf-less ]; then
    cp /sys/kernel/btf/vmlinux /run/kernel.btf
    mount -t tmpfs tmpfs /sys/kernel/btf
    export TUXMON_BTF=/run/kernel.btf
fi
if [ "$SURVEY" = yes ]; then
    /guest/survey $TUXMON_BTF
    echo "@survey $?"
fi
[ "$CONDITION" != load ] || finish 0

mkdir -p "${TUXMON%/*}"
cp /guest/tuxmon "$TUXMON"

# How long the agent takes until it collects, and what it says meanwhile.
: >/run/first.xml
begun=$(now)
"$TUXMON" run --tier "$TUXMON_TIER" ${TUXMON_BTF:+--btf "$TUXMON_BTF"} --state-dir /run/state \
    --config /guest/config.xml --output file:/run/first.xml &
agent=$!
started=no
while [ $(($(now) - begun)) -lt 20000 ] && kill -0 $agent 2>/dev/null; do
    if grep -q '<Data Name="State">Started' /run/first.xml; then
        started=yes
        break
    fi
    usleep 50000
done
echo "@load $started $(($(now) - begun))"
kill -9 $agent
wait $agent

cd /tmp
result=0
if [ -n "$TUXMON_ONLY" ]; then
    /guest/live
    result=$?
fi

# The next step of lockdown forbids eBPF to read the kernel's memory. There is no way back, so this comes last.
if [ "$CONDITION" = lockdown ]; then
    echo confidentiality >/sys/kernel/security/lockdown
    "$TUXMON" run --state-dir /run/state --config /guest/config.xml --output file:/run/first.xml 2>/run/refused
    if grep -q 'locked down (lockdown=confidentiality)' /run/refused; then
        echo 'test lockdown::confidentiality_is_named ... ok'
    else
        cat /run/refused
        echo 'test lockdown::confidentiality_is_named ... FAILED'
    fi
fi
finish $result

#!/bin/busybox sh
# First process of a guest in which a nanosecond is an instruction: does the workloads of the benchmark with nobody, and
# with the agent in each tier, in turns. `@` begins lines for the one who started the guest.

/bin/busybox mkdir -p /dev /proc /sys /tmp /run /applets
/bin/busybox --install -s /applets
export PATH=/bin:/applets HOME=/root RUST_BACKTRACE=0
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
. /guest/settings
exec </dev/null >"$PORT" 2>&1
stty raw -echo <"$PORT"
ip link set lo up
ulimit -l unlimited
echo "@up $(uname -r)"

# do_all WATCHER: each workload once.
do_all() {
    for work in "getppid 20000" "open 2000" "create 500" "exec 100"; do
        rm -rf /tmp/work
        echo "@cost $1 $work $(/guest/xtask bench work $work /tmp/work)"
    done
}

# watched TIER: the same under the agent.
watched() {
    rm -rf /run/state /run/events.xml
    /guest/tuxmon run --tier "$1" --state-dir /run/state --config /guest/config.xml --output file:/run/events.xml &
    agent=$!
    for try in $(seq 600); do
        grep -q '<Data Name="State">Started' /run/events.xml 2>/dev/null && break
        usleep 50000
    done
    sleep 1
    do_all "$1"
    kill $agent
    wait $agent
}

# Once for nothing: what is done for the first time takes longer.
do_all warming
for round in $(seq $ROUNDS); do
    for tier in deep tracepoint; do
        do_all nobody
        watched $tier
    done
done
echo "@end"
poweroff -f

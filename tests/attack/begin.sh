# The agent records everything, and looks at it by the rules of the test data and our own.

useradd --create-home --shell /bin/bash atomic
dpkg --install /vm/tuxmon.deb
cat >/etc/tuxmon/tuxmon.toml <<'END'
[detection]
rules = ["/vm/rules"]
outputs = ["file:/var/log/alerts.json"]
same_again_seconds = 0
alerts_per_minute = 100000
END
# An emulator is slow, and may stand still for a while: what would be too long on a real machine is not a fault here.
mkdir -p /etc/systemd/system/sysmon.service.d
printf '[Service]\nTimeoutStartSec=600\nTimeoutStopSec=600\nWatchdogSec=600\n' >/etc/systemd/system/sysmon.service.d/slow.conf
# Nobody's events are to be left out because there are many.
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nRateLimitBurst=0\n' >/etc/systemd/journald.conf.d/all.conf
systemctl restart systemd-journald
sysmon -accepteula -i /vm/everything.xml
# It may have lost what happened while it started, on a machine as slow as this.
within 600 serves
if [ -e /vm/tuxmon-hunt.deb ]; then
    dpkg --install /vm/tuxmon-hunt.deb
    systemctl enable --now tuxmon-hunt.service tuxmon-hunt-retain.timer
fi
note "$(uname -sr), $(grep -c . /etc/passwd) accounts, $(grep -A3 '^health\|^detection' $work/status | tr -s ' \n' ' ')"

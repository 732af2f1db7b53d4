# A bad configuration is refused and changes nothing; a good one is applied.

before=$(sha256sum /opt/sysmon/config.xml; sysmon -c; main_pid)
refused 87 sysmon -c /vm/refused.xml
[ "$(sha256sum /opt/sysmon/config.xml; sysmon -c; main_pid)" = "$before" ]
sed 's/>SHA256</>SHA1,SHA256</' /vm/deeds.xml >$work/other.xml
sysmon -c $work/other.xml
deed hashed
hashed() { in_syslog | of_type 1 | with CommandLine '/usr/local/bin/deed hashed' | field Hashes | grep -E '^SHA1=[0-9a-f]{40},SHA256=[0-9a-f]{64}$'; }
within 300 hashed

# A bad configuration is refused with every fault, and nothing changes.

state() { sha256sum /opt/sysmon/config.xml /opt/sysmon/argv; sysmon -c; main_pid; }
state >$work/before
refused 87 sysmon -c /vm/refused.xml
grep -F '/vm/refused.xml:4:' $work/refused
sed 's/"4.90"/"new"/' /vm/deeds.xml >$work/version.xml
refused 87 sysmon -c $work/version.xml
refused 87 sysmon -c /vm/no-such-file.xml
state >$work/after
diff $work/before $work/after
deed after-the-refusal
logged() { in_split | of_type 1 | with CommandLine '/usr/local/bin/deed after-the-refusal'; }
within 300 logged
collects

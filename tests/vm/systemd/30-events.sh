# What happens is found in the journal and in the log of the system, as it happened. The deeds are of the kind that every
# published configuration asks for: a user, a unit, a download.

useradd --no-create-home deed-user
printf '[Unit]\nDescription=A deed\n' >$work/deed.service
cp $work/deed.service /etc/systemd/system/deed.service
# What connects is called as a tool that downloads; nothing listens at this address of our own.
ip address add 192.0.2.1/32 dev lo
ip link set lo up
cp "$(command -v perl)" /usr/local/bin/curl
/usr/local/bin/curl -MIO::Socket::INET -e '
    my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "192.0.2.1", LocalPort => 8080) or die "no port: $!";
    IO::Socket::INET->new("192.0.2.1:8080") or die "no connection: $!";'

user() { "$1" | of_type 1 | with CommandLine 'useradd --no-create-home deed-user' | with Image /usr/sbin/useradd; }
unit() { "$1" | of_type 11 | with TargetFilename /etc/systemd/system/deed.service | with Image /usr/bin/cp; }
download() { "$1" | of_type 3 | with Image /usr/local/bin/curl | with DestinationIp 192.0.2.1 | with DestinationPort 8080; }
for log in in_journal in_syslog; do
    for deed in user unit download; do
        within 300 $deed $log
        [ "$($deed $log | wc -l)" -eq 1 ] || fail "$log: $deed: not exactly one event"
    done
done

# The journal and the log of the system hold the same events.
cmp <(in_journal | grep -oE '<Event>.*' | head -20) <(in_syslog | grep -oE '<Event>.*' | head -20)

# Both are read by the program's own viewer, and by the original's.
tuxmon view --format json -e 11 | grep -F '/etc/systemd/system/deed.service' >/dev/null
sysmonLogView -e 11 </var/log/syslog | grep -F 'TargetFilename: /etc/systemd/system/deed.service'
note "$(in_journal | wc -l) events since the start"

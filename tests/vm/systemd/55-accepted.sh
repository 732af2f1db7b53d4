# A good configuration is applied while things happen, and no event is lost: every deed is there, once.

last=$(in_split | ids | tail -1)
sed 's/>SHA256</>SHA1,SHA256</' /vm/deeds.xml >$work/other.xml
: >$work/go
(
    number=0
    while [ -e $work/go ] && [ $number -lt 100000 ]; do
        deed apply-$number
        number=$((number + 1))
    done
    echo $number >$work/deeds
) &
busy=$!
seen() { in_split | grep -F "deed apply-$1<"; }
within 300 seen 10
for _ in 1 2 3; do
    sysmon -c $work/other.xml >$work/said
    sysmon -c /vm/deeds.xml >$work/said
done
sysmon -c $work/other.xml
rm $work/go
wait $busy
total=$(cat $work/deeds)
within 600 seen $((total - 1))
in_split | of_type 1 | sed -n 's/.*deed apply-\([0-9]*\)<.*/\1/p' >$work/created
[ "$(wc -l <$work/created)" -eq "$total" ] || fail "$total deeds, $(wc -l <$work/created) events"
diff <(seq 0 $((total - 1))) <(sort -n $work/created)
changes=$(in_split | since "$last" | of_type 16 | wc -l)
[ "$changes" -ge 7 ] || fail "$changes events about 7 changes"
if in_split | since "$last" | of_type 255 | grep -v AgentStoodStill; then fail 'something was lost'; fi
[ "$(in_split | since "$last" | gaps)" -eq 0 ] || fail 'record ids have a gap'
# The last one holds: hashes are of both kinds.
deed hashed
hashed() { in_split | of_type 1 | with CommandLine '/usr/local/bin/deed hashed' | field Hashes | grep -E '^SHA1=[0-9a-f]{40},SHA256=[0-9a-f]{64}$'; }
within 300 hashed
note "$total deeds during 7 changes, $total events"

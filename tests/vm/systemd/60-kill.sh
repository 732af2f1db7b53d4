# After `kill -9` the service manager starts it again, and the stream shows where the gap is.

last=$(in_split | ids | tail -1)
stops=$(in_split | of_type 4 | { with State Stopped || true; } | wc -l)
old=$(main_pid)
deed before-the-kill
before() { in_split | with CommandLine '/usr/local/bin/deed before-the-kill'; }
within 300 before
kill -9 "$old"
another() { [ "$(main_pid)" -ne "$old" ] && [ "$(main_pid)" -ne 0 ] && serves; }
within 400 another
deed after-the-kill
after() { in_split | of_type 1 | with CommandLine '/usr/local/bin/deed after-the-kill'; }
within 300 after

# The numbers go on behind what the file promised; there is a start without a stop.
in_split | since "$last" >$work/new
ids <$work/new >$work/ids
[ "$(gaps <$work/new)" -eq 1 ] || fail "not one gap: $(cat $work/ids)"
sort -n -c $work/ids
[ "$(in_split | of_type 4 | { with State Stopped || true; } | wc -l)" -eq "$stops" ]
in_split | of_type 4 | tail -1 | with State Started
note "record ids around the gap: $(awk 'NR > 1 && $1 != before + 1 { print before, $1 } { before = $1 }' $work/ids)"

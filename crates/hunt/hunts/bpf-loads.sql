-- title: Programs loaded into the kernel through eBPF
-- tells: Rootkits of today load eBPF programs; so do tracers, container networks and systemd. Know yours.
-- attack: T1014 T1205.002
-- param since=0: not before this time
-- times: first last
SELECT Computer, Image, User, BpfCommand, BpfProgramType, BpfProgramName, count(*) AS count, min(time) AS first, max(time) AS last
FROM ebpf_event
WHERE time >= :since
GROUP BY Computer, Image, User, BpfCommand, BpfProgramType, BpfProgramName
ORDER BY first, Computer, Image, BpfCommand, BpfProgramType, BpfProgramName

-- title: Places that hardly anybody connects to
-- tells: Addresses and ports to which at most so many connections went from at most so many machines, and the program that opened them.
-- attack: T1071 T1048
-- param most=3: so many connections or fewer, from all machines together
-- param hosts=1: from so many machines or fewer
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
SELECT RemoteIp, DestinationPort, Protocol, min(Image) AS Image, sum(count) AS count, count(DISTINCT Computer) AS hosts, min(Computer) AS Computer, min(first) AS first, max(last) AS last
FROM peer_days
WHERE Initiated = 1 AND last >= :since AND Computer LIKE :host
GROUP BY RemoteIp, DestinationPort, Protocol
HAVING sum(count) <= :most AND count(DISTINCT Computer) <= :hosts
ORDER BY count, first, RemoteIp, DestinationPort

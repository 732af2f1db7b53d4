-- title: Places that hardly anybody connects to
-- tells: Addresses and ports to which at most so many connections went from at most so many machines, and the program that opened them.
-- attack: T1071 T1048
-- param most=3: so many connections or fewer, from all machines together
-- param hosts=1: from so many machines or fewer
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
SELECT text_of(RemoteIp_id) AS RemoteIp, DestinationPort, text_of(Protocol_id) AS Protocol, text_of(CASE WHEN lowest = highest THEN lowest END) AS Image, sightings AS count, machines AS hosts, text_of(CASE WHEN machines = 1 THEN machine END) AS Computer, earliest AS first, latest AS last
FROM (
    SELECT RemoteIp_id, DestinationPort, Protocol_id, min(Image_id) AS lowest, max(Image_id) AS highest, sum(count) AS sightings, count(*) AS machines, min(Computer_id) AS machine, min(first) AS earliest, max(last) AS latest
    FROM peers
    WHERE Initiated = 1 AND last >= :since AND (:host = '%' OR Computer LIKE :host)
    GROUP BY RemoteIp_id, DestinationPort, Protocol_id
    HAVING sum(count) <= :most AND count(*) <= :hosts
)
ORDER BY count, first, RemoteIp, DestinationPort, Protocol

-- title: Places that hardly anybody connects to
-- tells: Addresses and ports to which at most so many connections went from at most so many machines, and the program that opened them.
-- attack: T1071 T1048
-- param most=3: so many connections or fewer, from all machines together
-- param hosts=1: from so many machines or fewer
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
WITH counts AS (
    SELECT RemoteIp_id, DestinationPort, Protocol_id, min(Image_id) AS Image_id, sum(count) AS count, count(DISTINCT Computer_id) AS hosts, min(Computer_id) AS Computer_id, min(first) AS first, max(last) AS last
    FROM peer_days
    WHERE Initiated = 1 AND last >= :since AND (:host = '%' OR Computer LIKE :host)
    GROUP BY RemoteIp_id, DestinationPort, Protocol_id
    HAVING sum(count) <= :most AND count(DISTINCT Computer_id) <= :hosts
)
SELECT (SELECT text FROM strings WHERE id = RemoteIp_id) AS RemoteIp, DestinationPort, (SELECT text FROM strings WHERE id = Protocol_id) AS Protocol, (SELECT text FROM strings WHERE id = Image_id) AS Image, count, hosts, (SELECT text FROM strings WHERE id = Computer_id) AS Computer, first, last
FROM counts
ORDER BY count, first, RemoteIp, DestinationPort

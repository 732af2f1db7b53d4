-- title: Everything to or from an address or network
-- tells: Which program of which machine talked with it, in which direction, how often, first and last.
-- attack: T1071
-- param address: an IP address, or a network as 10.1.0.0/16
-- param since=0: not what was seen last before this time
-- times: first last
WITH RECURSIVE wanted AS MATERIALIZED (
    SELECT ip_id FROM (SELECT DISTINCT ip_id FROM ip_hosts) WHERE in_network(text_of(ip_id), :address)
),
-- The counts lie day by day, and in each day by address.
days (day_id) AS (
    SELECT min(day_id) FROM peer_days
    UNION ALL
    SELECT (SELECT min(p.day_id) FROM peer_days p WHERE p.day_id > days.day_id) FROM days WHERE day_id IS NOT NULL
)
SELECT Computer, CASE WHEN Initiated = 1 THEN 'to' ELSE 'from' END AS direction, RemoteIp, DestinationPort, Protocol, Image, sightings AS count, earliest AS first, latest AS last
FROM (
    SELECT Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image, sum(count) AS sightings, min(first) AS earliest, max(last) AS latest
    FROM days CROSS JOIN wanted CROSS JOIN peer_days p
    WHERE p.day_id = days.day_id AND p.RemoteIp_id = wanted.ip_id AND last >= :since
    GROUP BY Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image
)
ORDER BY first, Computer, RemoteIp, DestinationPort, direction, Protocol, Image

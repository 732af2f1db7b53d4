-- title: Everything to or from an address or network
-- tells: Which program of which machine talked with it, in which direction, how often, first and last.
-- attack: T1071
-- param address: an IP address, or a network as 10.1.0.0/16
-- param since=0: not what was seen last before this time
-- times: first last
SELECT Computer, CASE WHEN Initiated = 1 THEN 'to' ELSE 'from' END AS direction, RemoteIp, DestinationPort, Protocol, Image, sightings AS count, earliest AS first, latest AS last
FROM (
    SELECT Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image, sum(count) AS sightings, min(first) AS earliest, max(last) AS latest
    FROM peer_days
    WHERE last >= :since AND in_network(RemoteIp, :address)
    GROUP BY Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image
)
ORDER BY first, Computer, RemoteIp, DestinationPort, direction, Protocol, Image

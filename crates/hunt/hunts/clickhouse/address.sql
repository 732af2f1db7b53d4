SELECT Computer, CASE WHEN Initiated = 1 THEN 'to' ELSE 'from' END AS direction, RemoteIp, DestinationPort, Protocol, Image, sightings AS count, earliest AS first, latest AS last
FROM (
    SELECT Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image, sum(count) AS sightings, min(first) AS earliest, max(last) AS latest
    FROM peer_days
    WHERE last >= :since AND in_network(RemoteIp, :address)
    GROUP BY Computer, Initiated, RemoteIp, DestinationPort, Protocol, Image
)
ORDER BY first, Computer, RemoteIp, DestinationPort, direction, Protocol, Image

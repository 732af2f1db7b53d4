SELECT Computer, Image, DestinationIp, DestinationPort, connections AS count, mean AS pause, sqrt(variance) / mean AS spread, earliest AS first, latest AS last
FROM (
    SELECT Computer, Image, DestinationIp, DestinationPort, length(times) AS connections, times[1] AS earliest, times[-1] AS latest,
        arrayMap((a, b) -> (a - b) / 1000.0, arrayPopFront(times), arrayPopBack(times)) AS pauses,
        arraySum(pauses) / length(pauses) AS mean,
        greatest(0.0, arraySum(p -> p * p, pauses) / length(pauses) - mean * mean) AS variance
    FROM (
        SELECT Computer, Image, DestinationIp, DestinationPort, arraySort(groupArray(time)) AS times
        FROM network_connect
        WHERE Initiated = 1 AND time >= :since
        GROUP BY Computer, Image, DestinationIp, DestinationPort
        HAVING count() >= greatest(:least, 2)
    )
)
WHERE mean >= :pause AND variance <= mean * mean * :jitter * :jitter / 10000.0
ORDER BY spread, Computer, Image, DestinationIp, DestinationPort

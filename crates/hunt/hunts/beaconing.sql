-- title: Connections at regular intervals
-- tells: A program that calls the same place again and again, each time after the same pause, more or less. Implants do, and so do updaters and monitoring: `spread` is the standard deviation as part of the mean pause.
-- attack: T1071 T1029 T1573
-- param least=10: so many connections or more
-- param pause=10: a mean pause of so many seconds or more
-- param jitter=25: the spread is so many percent of the pause or less
-- param since=0: not before this time
-- times: first last
WITH pauses AS (
    SELECT Computer, Image, DestinationIp, DestinationPort, time,
        (time - lag(time) OVER (PARTITION BY Computer, Image, DestinationIp, DestinationPort ORDER BY time)) / 1000.0 AS pause
    FROM network_connect
    WHERE Initiated = 1 AND time >= :since
)
SELECT Computer, Image, DestinationIp, DestinationPort, count(*) AS count, avg(pause) AS pause,
    sqrt(max(0, avg(pause * pause) - avg(pause) * avg(pause))) / avg(pause) AS spread, min(time) AS first, max(time) AS last
FROM pauses
GROUP BY Computer, Image, DestinationIp, DestinationPort
HAVING count(*) >= :least AND avg(pause) >= :pause
    AND avg(pause * pause) - avg(pause) * avg(pause) <= avg(pause) * avg(pause) * :jitter * :jitter / 10000.0
ORDER BY spread, Computer, Image, DestinationIp, DestinationPort

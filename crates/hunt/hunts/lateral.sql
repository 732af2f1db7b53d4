-- title: From one machine through this one to the next
-- tells: Somebody came in over ssh, and what ran below that login connected on. By exact identity: the connection's process descends from the very ssh server process that took the first one.
-- attack: T1021.004 T1570 T1563.001
-- param port=22: the port on which they came in
-- param since=0: not before this time
-- times: entered left
WITH RECURSIVE entries AS (
    SELECT DISTINCT n.time AS entered, n.Computer AS Computer, n.SourceIp AS SourceIp, n.process AS process
    FROM network_connect n
    WHERE n.Initiated = 0 AND n.DestinationPort = :port AND n.time >= :since
), below AS (
    SELECT entered, Computer, SourceIp, process, 0 AS depth FROM entries
    UNION ALL
    SELECT b.entered, b.Computer, b.SourceIp, c.id, b.depth + 1
    FROM below b JOIN processes c ON c.parent = b.process WHERE b.depth < 64
)
SELECT b.entered AS entered, b.SourceIp AS came_from, b.Computer AS Computer, o.User AS User, o.Image AS Image,
    o.time AS left, o.DestinationIp AS went_to, o.DestinationPort AS port, o.ProcessGuid AS ProcessGuid
FROM below b
JOIN network_connect o ON o.process = b.process
WHERE b.depth > 0 AND o.Initiated = 1 AND o.time >= b.entered
ORDER BY entered, left, went_to, ProcessGuid, port

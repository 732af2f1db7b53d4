-- title: Programs that ran from memory, deleted files, or places where everybody may write
-- tells: Software is installed elsewhere. What runs from here was put there by somebody, or has no file at all.
-- attack: T1620 T1036.005 T1564.001 T1070.004
-- param since=0: not what ran last before this time
-- times: first last
SELECT Computer, Image, Hashes, sightings AS count, earliest AS first, latest AS last
FROM (
    SELECT Computer, Image, Hashes, sum(count) AS sightings, min(first) AS earliest, max(last) AS latest
    FROM images
    WHERE last >= :since AND (
        Image LIKE '/tmp/%' OR Image LIKE '/var/tmp/%' OR Image LIKE '/dev/shm/%' OR Image LIKE '/dev/mqueue/%'
        OR Image LIKE '/run/user/%' OR Image LIKE '/run/shm/%' OR Image LIKE '/run/lock/%' OR Image LIKE '/var/crash/%'
        OR Image LIKE '/memfd:%' OR Image LIKE 'memfd:%' OR Image LIKE '/proc/%' OR Image LIKE '%(deleted)' OR Image LIKE '%/.%'
    )
    GROUP BY Computer, Image, Hashes
)
ORDER BY first, Computer, Image, Hashes

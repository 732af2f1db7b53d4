-- title: Programs that hardly ever ran
-- tells: Programs that ran at most so often on at most so many machines. Most of an intruder's tools are among them; so are an administrator's.
-- attack: T1204 T1059
-- param most=3: ran so often or less, on all machines together
-- param hosts=1: on so many machines or fewer
-- param since=0: not what ran last before this time
-- times: first last
SELECT text_of(Image_id) AS Image, text_of(Hashes_id) AS Hashes, sightings AS count, machines AS hosts, text_of(CASE WHEN machines = 1 THEN machine END) AS Computer, earliest AS first, latest AS last
FROM (
    SELECT Image_id, Hashes_id, sum(count) AS sightings, count(DISTINCT Computer_id) AS machines, min(Computer_id) AS machine, min(first) AS earliest, max(last) AS latest
    FROM images
    WHERE last >= :since
    GROUP BY Image_id, Hashes_id
    HAVING sum(count) <= :most AND count(DISTINCT Computer_id) <= :hosts
)
ORDER BY count, first, Image, Hashes

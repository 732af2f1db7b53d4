-- title: Programs that hardly ever ran
-- tells: Programs that ran at most so often on at most so many machines. Most of an intruder's tools are among them; so are an administrator's.
-- attack: T1204 T1059
-- param most=3: ran so often or less, on all machines together
-- param hosts=1: on so many machines or fewer
-- param since=0: not what ran last before this time
-- times: first last
WITH counts AS (
    SELECT Image_id, Hashes_id, sum(count) AS count, count(DISTINCT Computer_id) AS hosts, min(Computer_id) AS Computer_id, min(first) AS first, max(last) AS last
    FROM image_days
    WHERE last >= :since
    GROUP BY Image_id, Hashes_id
    HAVING sum(count) <= :most AND count(DISTINCT Computer_id) <= :hosts
)
SELECT (SELECT text FROM strings WHERE id = Image_id) AS Image, (SELECT text FROM strings WHERE id = Hashes_id) AS Hashes, count, hosts, (SELECT text FROM strings WHERE id = Computer_id) AS Computer, first, last
FROM counts
ORDER BY count, first, Image

-- title: Programs by path and hash
-- tells: How often each program ran, with which hash, on how many machines, first and last. What runs everywhere with one hash is the base that one gets to know; a known path with a second hash was replaced.
-- param since=0: not what ran last before this time
-- param least=1: only what ran so often or more
-- times: first last
WITH counts AS (
    SELECT Image_id, Hashes_id, sum(count) AS count, count(DISTINCT Computer_id) AS hosts, min(first) AS first, max(last) AS last
    FROM image_days
    WHERE last >= :since
    GROUP BY Image_id, Hashes_id
    HAVING sum(count) >= :least
)
SELECT (SELECT text FROM strings WHERE id = Image_id) AS Image, (SELECT text FROM strings WHERE id = Hashes_id) AS Hashes, count, hosts, first, last
FROM counts
ORDER BY count DESC, Image, Hashes

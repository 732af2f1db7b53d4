-- title: Programs by path and hash
-- tells: How often each program ran, with which hash, on how many machines, first and last. What runs everywhere with one hash is the base that one gets to know; a known path with a second hash was replaced.
-- param since=0: not what ran last before this time
-- param least=1: only what ran so often or more
-- times: first last
SELECT text_of(Image_id) AS Image, text_of(Hashes_id) AS Hashes, sightings AS count, machines AS hosts, earliest AS first, latest AS last
FROM (
    SELECT Image_id, Hashes_id, sum(count) AS sightings, count(DISTINCT Computer_id) AS machines, min(first) AS earliest, max(last) AS latest
    FROM images
    WHERE last >= :since
    GROUP BY Image_id, Hashes_id
    HAVING sum(count) >= :least
)
ORDER BY count DESC, Image, Hashes

-- title: Programs by path and hash
-- tells: How often each program ran, with which hash, on how many machines, first and last. What runs everywhere with one hash is the base that one gets to know; a known path with a second hash was replaced.
-- param since=0: not what ran last before this time
-- param least=1: only what ran so often or more
-- times: first last
SELECT Image, Hashes, sum(count) AS count, count(DISTINCT Computer) AS hosts, min(first) AS first, max(last) AS last
FROM image_days
WHERE last >= :since
GROUP BY Image, Hashes
HAVING sum(count) >= :least
ORDER BY count DESC, Image, Hashes

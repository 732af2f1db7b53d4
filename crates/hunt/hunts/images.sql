-- title: Programs by path and hash
-- tells: How often each program ran, with which hash, on how many machines, first and last. What stands alone is worth a look; what runs everywhere with one hash is the base that one gets to know.
-- param since=0000-01-01: first day, YYYY-MM-DD
-- param least=1: only what ran so often or more
-- times: first last
SELECT Image, Hashes, sum(count) AS count, count(DISTINCT Computer) AS hosts, min(first) AS first, max(last) AS last
FROM image_days
WHERE day >= :since
GROUP BY Image, Hashes
HAVING sum(count) >= :least
ORDER BY count DESC, Image, Hashes

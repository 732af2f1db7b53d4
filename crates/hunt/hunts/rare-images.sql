-- title: Programs that hardly ever ran
-- tells: Programs that ran at most so often on at most so many machines. Most of an intruder's tools are among them; so are an administrator's.
-- attack: T1204 T1059
-- param most=3: ran so often or less, on all machines together
-- param hosts=1: on so many machines or fewer
-- param since=0: not what ran last before this time
-- times: first last
SELECT Image, Hashes, sum(count) AS count, count(DISTINCT Computer) AS hosts, min(Computer) AS Computer, min(first) AS first, max(last) AS last
FROM image_days
WHERE last >= :since
GROUP BY Image, Hashes
HAVING sum(count) <= :most AND count(DISTINCT Computer) <= :hosts
ORDER BY count, first, Image

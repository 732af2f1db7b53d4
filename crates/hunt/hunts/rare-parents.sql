-- title: Programs with a parent that hardly ever starts them
-- tells: Pairs of parent and child that were seen at most so often. A shell below a server, or a compiler below a mail program, stands here once, whatever both are called alone.
-- attack: T1059 T1190 T1203
-- param most=3: seen so often or less, on all machines together
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
SELECT ParentImage, Image, sum(count) AS count, count(DISTINCT Computer) AS hosts, min(Computer) AS Computer, min(first) AS first, max(last) AS last
FROM parent_days
WHERE last >= :since AND Computer LIKE :host
GROUP BY ParentImage, Image
HAVING sum(count) <= :most
ORDER BY count, first, ParentImage, Image

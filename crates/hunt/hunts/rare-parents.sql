-- title: Programs with a parent that hardly ever starts them
-- tells: Pairs of parent and child that were seen at most so often. A shell below a server, or a compiler below a mail program, stands here once, whatever both are called alone.
-- attack: T1059 T1190 T1203
-- param most=3: seen so often or less, on all machines together
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
WITH counts AS (
    SELECT Image_id, ParentImage_id, sum(count) AS count, count(DISTINCT Computer_id) AS hosts, min(Computer_id) AS Computer_id, min(first) AS first, max(last) AS last
    FROM parent_days
    WHERE last >= :since AND (:host = '%' OR Computer LIKE :host)
    GROUP BY Image_id, ParentImage_id
    HAVING sum(count) <= :most
)
SELECT (SELECT text FROM strings WHERE id = ParentImage_id) AS ParentImage, (SELECT text FROM strings WHERE id = Image_id) AS Image, count, hosts, (SELECT text FROM strings WHERE id = Computer_id) AS Computer, first, last
FROM counts
ORDER BY count, first, ParentImage, Image

-- title: Programs with a parent that hardly ever starts them
-- tells: Pairs of parent and child that were seen at most so often. A shell below a server, or a compiler below a mail program, stands here once, whatever both are called alone.
-- attack: T1059 T1190 T1203
-- param most=3: seen so often or less, on all machines together
-- param host=%: only this machine; % stands for any text
-- param since=0: not what was seen last before this time
-- times: first last
SELECT text_of(ParentImage_id) AS ParentImage, text_of(Image_id) AS Image, sightings AS count, machines AS hosts, text_of(CASE WHEN machines = 1 THEN machine END) AS Computer, earliest AS first, latest AS last
FROM (
    SELECT Image_id, ParentImage_id, sum(count) AS sightings, count(DISTINCT Computer_id) AS machines, min(Computer_id) AS machine, min(first) AS earliest, max(last) AS latest
    FROM parents
    WHERE last >= :since AND (:host = '%' OR Computer LIKE :host)
    GROUP BY Image_id, ParentImage_id
    HAVING sum(count) <= :most
)
ORDER BY count, first, ParentImage, Image

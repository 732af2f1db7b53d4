SELECT Computer, gap.1 AS missing, gap.2 AS from_number, gap.3 AS after, gap.4 AS before
FROM (
    SELECT Computer, arrayJoin(arrayConcat(
        arrayMap(p -> (p.2 - p.1 + 1 - p.3, p.1, p.4, p.5), pieces),
        arrayMap((a, b) -> (b.1 - a.2 - 1, a.2 + 1, a.5, b.4), arrayPopBack(pieces), arrayPopFront(pieces))
    )) AS gap
    FROM (
        SELECT Computer, stream, arraySort(p -> p.1, groupArray((low, high, toInt64(count), first, last))) AS pieces
        FROM record_numbers
        GROUP BY Computer, stream
    )
)
WHERE missing >= :least AND before >= :since
ORDER BY after, Computer, from_number

-- title: Events that are missing
-- tells: Record numbers that each agent must have used and that are not in the store: lost on the way, cut out of a log, or never imported. An agent counts on from a higher number after a crash, by 65,536 at most.
-- attack: T1070.002 T1562.006
-- param least=1: so many missing events or more
-- param since=0: not what ended before this time
-- times: after before
WITH pieces AS (
    SELECT Computer, stream, low, high, count, first, last,
        lag(high) OVER (PARTITION BY stream ORDER BY low) AS high_before,
        lag(last) OVER (PARTITION BY stream ORDER BY low) AS last_before
    FROM record_numbers
), gaps AS (
    SELECT Computer, low AS number, high - low + 1 - count AS missing, first AS after, last AS before FROM pieces
    UNION ALL
    SELECT Computer, high_before + 1, low - high_before - 1, last_before, first FROM pieces WHERE high_before IS NOT NULL
)
SELECT Computer, missing, number AS from_number, after, before
FROM gaps
WHERE missing >= :least AND before >= :since
ORDER BY after, Computer, number

-- title: What agents say they lost
-- tells: The agents' own reports of trouble: events that were lost, with type and count, sinks that fell silent, configurations that were refused.
-- attack: T1562.006
-- param since=0: not before this time
-- times: first last
SELECT Computer, ID, Description, count(*) AS count, min(time) AS first, max(time) AS last
FROM error_report
WHERE time >= :since
GROUP BY Computer, ID, Description
ORDER BY first, Computer, ID, Description

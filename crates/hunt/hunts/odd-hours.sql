-- title: Logins at hours when nobody works
-- tells: The first program of each login session that begins at night, by UTC. Sessions of machines (cron jobs, services) have no login and are left out.
-- attack: T1078
-- param from=20: the night begins at this hour, UTC
-- param to=5: and ends at this one
-- param since=0: not before this time
-- times: first
SELECT min(time) AS first, Computer, User, LogonId, LogonGuid, count(*) AS programs
FROM process_create
WHERE time >= :since AND LogonGuid IS NOT NULL AND LogonGuid NOT LIKE '{%-0000-0000-0000-000000000000}' AND LogonId <> 4294967295
GROUP BY Computer, LogonGuid, User, LogonId
HAVING CASE WHEN :from <= :to THEN min(time) % 86400000 >= :from * 3600000 AND min(time) % 86400000 < :to * 3600000
    ELSE min(time) % 86400000 >= :from * 3600000 OR min(time) % 86400000 < :to * 3600000 END
ORDER BY first, Computer, User, LogonId

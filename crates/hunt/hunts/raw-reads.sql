-- title: Disks that were read past the file system
-- tells: Who reads a disk's blocks sees every file, whatever its permissions, and leaves no trace in them. Backup and file system tools do; hardly anything else should.
-- attack: T1006 T1003
-- param since=0: not before this time
-- times: first last
SELECT Computer, Image, User, Device, count(*) AS count, min(time) AS first, max(time) AS last
FROM raw_access_read
WHERE time >= :since
GROUP BY Computer, Image, User, Device
ORDER BY first, Computer, Image, Device

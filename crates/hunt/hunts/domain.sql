-- title: Who asked for a domain
-- tells: Which program of which machine looked up the name or one below it, or connected to a host of that name.
-- attack: T1071.004 T1568
-- param domain: the domain; names below it are found too
-- param since=0: not what was asked last before this time
-- times: first last
SELECT domain, Computer, Image, count, first, last
FROM domain_hosts
WHERE last >= :since AND domain_id IN (
    SELECT domain_id
    FROM (SELECT domain_id, text_of(domain_id) AS name FROM (SELECT DISTINCT domain_id FROM domain_hosts))
    WHERE lower(name) = lower(:domain) OR lower(name) LIKE '%.' || lower(:domain)
)
ORDER BY first, domain, Computer, Image

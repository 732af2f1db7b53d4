-- title: Where a file was seen, by its hash, machine after machine
-- tells: The first machine is where it came in, the order of the others is how it spread. Any hash that the agents are configured to compute will do.
-- attack: T1570 T1105
-- param hash: the hash, hexadecimal
-- times: first last
SELECT algorithm, Computer, first, last, count
FROM hash_hosts
WHERE hash_bytes = unhex(:hash)
ORDER BY first, Computer, algorithm

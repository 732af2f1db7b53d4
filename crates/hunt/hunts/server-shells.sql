-- title: Shells and interpreters below web servers and databases
-- tells: A server that serves pages or answers queries rarely has a reason to start a shell. When one does, somebody may be talking through it.
-- attack: T1505.003 T1190
-- param since=0: not what was seen last before this time
-- times: first last
SELECT Computer, ParentImage, Image, sightings AS count, earliest AS first, latest AS last
FROM (
    SELECT Computer, ParentImage, Image, sum(count) AS sightings, min(first) AS earliest, max(last) AS latest
    FROM parents
    WHERE last >= :since
        AND is_named(ParentImage, 'nginx apache2 httpd lighttpd caddy php-fpm* php-cgi* tomcat* java node mysqld mariadbd postgres redis-server mongod memcached uwsgi gunicorn* exim4 postfix')
        AND is_named(Image, 'sh bash dash zsh ksh ash fish busybox perl* python* ruby* php* nc ncat netcat socat curl wget')
    GROUP BY Computer, ParentImage, Image
)
ORDER BY first, Computer, ParentImage, Image

-- title: Long or encoded command lines
-- tells: Command lines that are longer than people type, or decode what they then run: base64, hexadecimal, compressed or turned around, or a shell over a socket.
-- attack: T1027 T1140 T1059.004
-- param length=1000: so many characters or more
-- param since=0: not before this time
-- times: time
SELECT time, Computer, User, Image, ParentImage, length(CommandLine) AS length, CommandLine, ProcessGuid
FROM process_create
WHERE time >= :since AND (
    length(CommandLine) >= :length
    OR CommandLine LIKE '%base64 -d%' OR CommandLine LIKE '%base64 --decode%' OR CommandLine LIKE '%b64decode%'
    OR CommandLine LIKE '%xxd -r%' OR CommandLine LIKE '%openssl enc -d%' OR CommandLine LIKE '%fromhex(%'
    OR CommandLine LIKE '%\x__\x__\x__%' OR CommandLine LIKE '%/dev/tcp/%' OR CommandLine LIKE '%| rev |%'
)
ORDER BY time, Computer, ProcessGuid

-- title: Files that make something run again
-- tells: New or rewritten files in the places from which Linux starts programs by itself: cron, systemd, init, profiles, ssh keys, the loader's preload list, udev, sudo and PAM. Package managers write there too; look at who else did.
-- attack: T1053.003 T1543.002 T1546.004 T1098.004 T1574.006 T1037
-- param since=0: not before this time
-- param except=dpkg: not what a program of this name wrote; several with blanks between them
-- times: time
SELECT time, Computer, User, Image, TargetFilename, ProcessGuid
FROM file_create
WHERE time >= :since AND NOT coalesce(is_named(Image, :except), 0) AND (
    TargetFilename LIKE '/etc/cron%' OR TargetFilename LIKE '/var/spool/cron/%' OR TargetFilename LIKE '/var/spool/at/%'
    OR TargetFilename LIKE '/etc/systemd/%' OR TargetFilename LIKE '%/.config/systemd/%'
    OR TargetFilename LIKE '/usr/lib/systemd/%' OR TargetFilename LIKE '/lib/systemd/%' OR TargetFilename LIKE '/run/systemd/system/%'
    OR TargetFilename LIKE '/etc/init.d/%' OR TargetFilename LIKE '/etc/rc_.d/%' OR TargetFilename = '/etc/rc.local'
    OR TargetFilename LIKE '/etc/profile%' OR TargetFilename LIKE '/etc/bash.bashrc' OR TargetFilename LIKE '%/.bashrc'
    OR TargetFilename LIKE '%/.bash_profile' OR TargetFilename LIKE '%/.profile' OR TargetFilename LIKE '%/.zshrc'
    OR TargetFilename LIKE '%/.config/autostart/%' OR TargetFilename LIKE '%/.ssh/authorized_keys%'
    OR TargetFilename LIKE '/etc/ld.so.preload' OR TargetFilename LIKE '/etc/ld.so.conf%' OR TargetFilename LIKE '/etc/udev/rules.d/%'
    OR TargetFilename LIKE '/etc/sudoers%' OR TargetFilename LIKE '/etc/pam.d/%' OR TargetFilename LIKE '/etc/update-motd.d/%'
    OR TargetFilename LIKE '/etc/modules-load.d/%' OR TargetFilename LIKE '%/.git/hooks/%'
)
ORDER BY time, Computer, TargetFilename

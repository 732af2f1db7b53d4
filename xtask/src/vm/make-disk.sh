# make-disk.sh ROOT FILE: a disk image of a system that is being installed, without what is mounted in it meanwhile.
set -eu

mkdir view
mount --bind "$1" view
# The first boot gives the machine its identity.
: >view/etc/machine-id
# What we leave out of Debian's packages is not left out of ours.
rm -f view/etc/dpkg/dpkg.cfg.d/99mmdebstrap
echo guest >view/etc/hostname
mke2fs -q -t ext4 -L root -d view "$2" 1200M
umount view
rmdir view

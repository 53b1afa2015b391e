#!/bin/bash
# PID 1 of a machine in a namespace: systemd with Nightbox's units and nothing else. Its folder is $1, the
# tree $2, the packages $3. Everything mounted here is gone with the namespace.
set -e
mount --make-rprivate /
mkdir -p "$1"/{etc,work,opt,var}
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work" /etc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mkdir -p /run/lock /opt
mount -t tmpfs tmpfs /opt
mkdir -p /opt/nightbox/{src,lib,bin}
mount --bind "$2" /opt/nightbox/src
mount --bind "$3" /opt/nightbox/lib
ln -s /usr/bin/python3 /opt/nightbox/bin/python
printf '#!/bin/sh\nexec /usr/bin/python3 -P -m appliance "$@"\n' > /opt/nightbox/bin/nightbox
chmod 755 /opt/nightbox/bin/nightbox
mkdir -p /etc/nightbox
cp "$1"/profile.toml "$1"/plan.toml /etc/nightbox/
echo NIGHTBOX_PLAN=/etc/nightbox/plan.toml > /etc/nightbox/box.env
systemd-sysusers /opt/nightbox/src/systemd/sysusers.d/nightbox.conf
systemd-tmpfiles --create /opt/nightbox/src/systemd/tmpfiles.d/nightbox.conf
umount -R /sys/fs/cgroup || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/system
export container=other SYSTEMD_UNIT_PATH="$1/units" SYSTEMD_LOG_TARGET=console
exec /lib/systemd/systemd --system --unit=box.target --log-target=console --log-level=info

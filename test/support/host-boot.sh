#!/bin/sh
# The first process of a host: builds a root over the machine's own, then stays to reap orphans.
# Started by host.ts in fresh namespaces: host-boot.sh STAGE NAME UPPER FUSE [FROM TO ro|rw]...
set -eu
stage=$1 name=$2 upper=$3 fuse=$4
shift 4

# /proc is still the machine's, so this is the pid that the machine sees.
read -r pid_outside _ </proc/self/stat
root=$stage/root

mount -t tmpfs -o mode=755,size=75% host "$stage"
mkdir "$root"
if [ -z "$upper" ]; then upper=$stage/disk; fi
mkdir -p "$upper/changes" "$upper/work"
mount -t overlay -o "lowerdir=/,upperdir=$upper/changes,workdir=$upper/work" host "$root"

mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=1777,size=75% tmp "$root/tmp"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir -m 1777 "$root/run/lock"

mount -t tmpfs -o mode=755 dev "$root/dev"
node() { mknod -m 666 "$root/dev/$1" c "$2" "$3"; }
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
[ "$fuse" = no ] || node fuse 10 229
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
  else
    mkdir -p "$(dirname -- "$root$2")"
    [ -e "$root$2" ] || : >"$root$2"
  fi
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done

hostname "$name"
printf '%s\n' "$name" >"$root/etc/hostname"
cd "$root"
pivot_root . .
umount -l .
cd /

echo "ready $pid_outside"
exec </dev/null >/dev/null 2>&1
while :; do
  sleep 1000000 &
  wait
done

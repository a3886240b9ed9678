#!/usr/bin/env bash
# The store by s3fs: mounted as a folder. Needs /dev/fuse, and root where fusermount is not set up.
set -euo pipefail
client=s3fs
. "$(dirname "$0")/lib.sh"
[ -e /dev/fuse ] || fail "there is no /dev/fuse here"
printf '%s:%s' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >passwd
chmod 600 passwd
/usr/bin/python3 "$here/raw.py" "$bucket" make
mkdir mount cache

# In the foreground, so that it ends with this script and by its own process id.
s3fs "$bucket" mount -f -o passwd_file="$work/passwd" -o url="$ENDPOINT" -o use_path_request_style \
  -o multipart_size=5 -o tmpdir="$work/cache" -o retries=1 -o dbglevel=err ${S3FS_OPTIONS:-} >s3fs.log 2>&1 &
s3fs_pid=$!
unmount() {
  cd /
  fusermount -u "$work/mount" 2>/dev/null || umount "$work/mount" 2>/dev/null || true
  kill "$s3fs_pid" 2>/dev/null || true
  wait "$s3fs_pid" 2>/dev/null || true
  tidy
}
trap unmount EXIT
until mountpoint -q mount; do
  kill -0 "$s3fs_pid" 2>/dev/null || fail "s3fs has ended: $(tail -n 5 s3fs.log)"
  sleep 0.1
done
ok "mounted"

printf hello >mount/hello
equal "read back" "$(cat mount/hello)" hello
equal "seen from outside" "$(/usr/bin/python3 "$here/raw.py" "$bucket" cat hello)" hello
printf ' again' >>mount/hello
equal "appended" "$(cat mount/hello)" 'hello again'
equal "size" "$(stat -c %s mount/hello)" 11
/usr/bin/python3 "$here/raw.py" "$bucket" put passwd from/outside
cmp mount/from/outside passwd || fail "a file that another client put, in a folder without an object"
touch -d 2020-02-03T04:05:06Z mount/hello
equal "time" "$(stat -c %Y mount/hello)" 1580702706
chmod 640 mount/hello
equal "mode" "$(stat -c %a mount/hello)" 640
ok "write, read, append, time, mode, what others put"

tree
cp -r tree mount/
sync -f mount 2>/dev/null || true
diff -r tree mount/tree || fail "the tree came back different"
stored tree/ tree
equal "listed" "$(find mount/tree -type f | wc -l)" "$(find tree -type f | wc -l)"
case $(/usr/bin/python3 "$here/raw.py" "$bucket" etag tree/big.bin) in *-2\") ;; *) fail "2 parts" ;; esac
ok "200 files and odd names there and back, 12 MB by parts"

mv mount/tree/big.bin mount/moved
cmp mount/moved tree/big.bin
printf X | dd of=mount/moved bs=1 seek=7000000 conv=notrunc status=none
printf X | dd of=tree/big.bin bs=1 seek=7000000 conv=notrunc status=none
cmp mount/moved tree/big.bin || fail "a byte changed in the middle"
dd if=mount/moved bs=1 skip=7000000 count=1 status=none | cmp - <(printf X)
mv mount/tree/odd mount/odder
diff -r tree/odd mount/odder || fail "a folder renamed"
ok "rename by server-side copy, of a big one by parts, of a folder; a byte changed in the middle"

rm -r mount/tree mount/odder mount/hello
equal "gone" "$(keys tree/)$(keys odder/)" ""
cat mount/hello 2>/dev/null && fail "a removed file is read" || true
ok "remove"
/usr/bin/python3 "$here/raw.py" "$bucket" empty

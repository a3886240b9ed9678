"""Compares what a client stored with a folder, from outside that client: stored.py BUCKET PREFIX FOLDER.

Every file is an object under exactly its name, with its bytes, and there is nothing else.
Or shows the keys, one JSON text a line: stored.py BUCKET PREFIX.
"""

import json
import os
import sys

import s3 as here

s3 = here.client()
bucket, prefix = sys.argv[1], sys.argv[2]
found = here.keys(s3, bucket, prefix)
if len(sys.argv) == 3:
    for key in found:
        print(json.dumps(key, ensure_ascii=False))
    sys.exit(0)
folder = sys.argv[3]
# Some tools mark a folder by an object of its name and a slash.
found = [key for key in found if not key.endswith("/")]
files = {}
for place, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(place, name)
        files[prefix + os.path.relpath(path, folder)] = path
here.equal("keys that are too much", sorted(set(found) - set(files)), [])
here.equal("keys that are missing", sorted(set(files) - set(found)), [])
for key, path in files.items():
    with open(path, "rb") as file:
        if here.body(s3, bucket, key) != file.read():
            sys.exit(f"MISMATCH: {key!r} has other bytes than {path!r}")
print(f"{len(files)} objects are the files of {folder}")

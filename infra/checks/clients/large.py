"""An object over 5 GiB by parts, its copy by parts, and reads of ranges: large.py FILE (made here, sparse)."""

import os
import sys
import time

import s3 as here
from boto3.s3.transfer import TransferConfig
from s3 import equal

GIB = 1 << 30
MIB = 1 << 20
PART = 256 * MIB
SIZE = 5 * GIB + 3 * MIB + 17
MARKS = {
    0: b"the beginning",
    PART - 5: b"over a part",
    4 * GIB - 3: b"over 2^32",
    SIZE - 7: b"the end",
}
BUCKET = f"large-{os.getpid()}"
PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2)

s3 = here.client(read_timeout=120)
path = sys.argv[1]
with open(path, "wb") as file:
    file.truncate(SIZE)
    for at, text in MARKS.items():
        file.seek(at)
        file.write(text)


def marks(key):
    equal("size", s3.head_object(Bucket=BUCKET, Key=key)["ContentLength"], SIZE)
    for at, text in MARKS.items():
        last = min(at + len(text), SIZE) - 1
        got = s3.get_object(Bucket=BUCKET, Key=key, Range=f"bytes={at}-{last}")
        equal(f"{key} at {at}", got["Body"].read(), text)
        equal("of", got["ContentRange"], f"bytes {at}-{last}/{SIZE}")


def timed(what, call):
    began = time.monotonic()
    call()
    seconds = time.monotonic() - began
    print(f"ok large: {what}: {SIZE:,} bytes in {seconds:.0f} s, {SIZE / MIB / seconds:.0f} MiB/s")


s3.create_bucket(Bucket=BUCKET)
timed("upload by parts", lambda: s3.upload_file(path, BUCKET, "whole", Config=PARTS))
marks("whole")
source = {"Bucket": BUCKET, "Key": "whole"}
timed("copy in one call", lambda: s3.copy_object(Bucket=BUCKET, Key="one", CopySource=source))
marks("one")
s3.delete_object(Bucket=BUCKET, Key="one")
timed("copy by parts", lambda: s3.copy(source, BUCKET, "copy", Config=PARTS))
s3.delete_object(Bucket=BUCKET, Key="whole")
marks("copy")
print("ok large: ranges of both, over parts and over 2^32")
s3.delete_object(Bucket=BUCKET, Key="copy")
s3.delete_bucket(Bucket=BUCKET)

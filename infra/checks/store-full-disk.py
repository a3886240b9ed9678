"""Fills the disk of a store and looks at what it says and keeps; run by store-full-disk.sh."""
import hashlib
import os
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, disk = sys.argv[1:]
s3 = botocore.session.get_session().create_client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
)
kept = {}
MIB = 1 << 20


def body(name, size):
    seed = hashlib.sha256(name.encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


def put(name, size):
    """The status and code of a PUT."""
    try:
        s3.put_object(Bucket="disk", Key=name, Body=body(name, size))
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    kept[name] = size
    return 200, ""


def fill(prefix, size):
    """Puts until one is refused; gives that answer."""
    for number in range(2000):
        answer = put(f"{prefix}-{number}", size)
        if answer[0] != 200:
            return answer
    sys.exit("the disk was never full")


def check(moment):
    """What was acknowledged is there whole, and there is nothing else."""
    listed = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="disk"):
        listed.update({each["Key"]: each["Size"] for each in page.get("Contents", [])})
    assert listed == kept, f"{moment}: listed is not what was acknowledged"
    for name, size in kept.items():
        got = s3.get_object(Bucket="disk", Key=name)["Body"].read()
        assert got == body(name, size), f"{moment}: {name} is torn"
    blobs = sum(len(files) for _, _, files in os.walk(os.path.join(disk, "store", "blobs")))
    assert blobs == len(kept), f"{moment}: {blobs} files for {len(kept)} objects"
    print(f"ok - {moment}: {len(kept)} objects whole, no other file")


def expect(moment, answer):
    assert answer == (507, "InsufficientStorage"), f"{moment}: {answer}"
    print(f"ok - {moment}: 507 InsufficientStorage")


s3.create_bucket(Bucket="disk")
expect("the floor is reached", fill("large", 3 * MIB))
expect("the floor is reached by small ones", fill("small", 64 << 10))
free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
assert free > 2 * MIB, f"only {free} bytes were left free"
check("at the floor")

upload = s3.create_multipart_upload(Bucket="disk", Key="parts")["UploadId"]
try:
    s3.upload_part(Bucket="disk", Key="parts", UploadId=upload, PartNumber=1, Body=b"x" * (5 * MIB))
    sys.exit("a part was taken at the floor")
except ClientError as error:
    assert error.response["Error"]["Code"] == "InsufficientStorage", error
s3.abort_multipart_upload(Bucket="disk", Key="parts", UploadId=upload)
check("after a refused part")

# Someone else takes the rest of the disk, to its last byte.
filler = os.path.join(disk, "filler")
with open(filler, "wb", buffering=0) as out:
    try:
        while True:
            out.write(b"\0" * 4096)
    except OSError:
        pass
expect("nothing is left at all", put("no-room", 10))
check("on the full disk")
os.remove(filler)

for name in [name for name in kept if name.startswith("large")]:
    s3.delete_object(Bucket="disk", Key=name)
    del kept[name]
check("after deletions")
assert put("again", 3 * MIB) == (200, "")
check("with room again")

"""Fills the disk of a store and looks at what it says and keeps; run by store-full-disk.sh."""
import hashlib
import os
import sys
import time

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, disk, floor = sys.argv[1:]
s3 = botocore.session.get_session().create_client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
)
kept = {}
MIB = 1 << 20
# Up to that, objects are rows of the database, and no files.
SMALL_MAX = 16 << 10


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
    for number in range(6000):
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
    large = sum(size > SMALL_MAX for size in kept.values())
    assert blobs == large, f"{moment}: {blobs} files for {large} objects"
    print(f"ok - {moment}: {len(kept)} objects whole, no other file")


def expect(moment, answer):
    assert answer == (507, "InsufficientStorage"), f"{moment}: {answer}"
    print(f"ok - {moment}: 507 InsufficientStorage")


def take(leave):
    """Someone else takes the rest of the disk, but for so many bytes."""
    path = os.path.join(disk, "filler")
    with open(path, "wb", buffering=0) as out:
        try:
            while leave == 0 or os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize > leave:
                out.write(b"\0" * 4096)
        except OSError:
            pass
    return path


def at_the_floor():
    """The store leaves some of the disk free."""
    expect("the floor is reached", fill("large", 3 * MIB))
    expect("the floor is reached by small ones", fill("small", 64 << 10))
    expect("the floor is reached by those in the database", fill("tiny", 4 << 10))
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

    filler = take(0)
    expect("nothing is left at all", put("no-room", 10))
    check("on the full disk")
    os.remove(filler)

    for name in [name for name in kept if name.startswith("large")]:
        s3.delete_object(Bucket="disk", Key=name)
        del kept[name]
    check("after deletions")
    assert put("again", 3 * MIB) == (200, "")
    check("with room again")


def to_the_last_byte():
    """The store fills the disk by itself, in its database."""
    filler = take(12 * MIB)
    expect("the database meets the end of the disk", fill("tiny", 4 << 10))
    expect("and once more", put("tiny-more", SMALL_MAX))
    check("on a disk that small objects have filled")
    os.remove(filler)
    assert put("again", 4 << 10) == (200, "")
    check("with room again")
    used = os.path.getsize(os.path.join(disk, "store", "names.sqlite"))
    for name in list(kept):
        s3.delete_object(Bucket="disk", Key=name)
        del kept[name]
    check("after deletions")
    until = time.monotonic() + 20
    while os.path.getsize(os.path.join(disk, "store", "names.sqlite")) > used / 2:
        assert time.monotonic() < until, "the database keeps the room of what was deleted"
        time.sleep(0.1)
    print("ok - the disk has the room of deleted small objects again")


s3.create_bucket(Bucket="disk")
if int(floor) > 0:
    at_the_floor()
else:
    to_the_last_byte()

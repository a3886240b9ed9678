"""The store's surface through boto3, an old one and the newest: what this version knows is tried."""

import hashlib
import io
import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import s3 as here
from boto3.s3.transfer import TransferConfig
from odd_keys import FILE_NAMES, RAW_KEYS, TOO_LONG, tree
from s3 import body, equal, has, keys, refused

s3 = here.client()
BUCKET = f"boto3-{os.getpid()}"
MIB = 1 << 20
CHANCE = random.Random(11)
BIG = CHANCE.randbytes(13 * MIB)
FEW = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)


def put(key, data=b"hello", **more):
    return s3.put_object(Bucket=BUCKET, Key=key, Body=data, **more)


def buckets():
    """make, head, list, location, versioning, a second make"""
    s3.create_bucket(Bucket=BUCKET)
    s3.head_bucket(Bucket=BUCKET)
    equal("buckets", BUCKET in [b["Name"] for b in s3.list_buckets()["Buckets"]], True)
    equal("versioning", s3.get_bucket_versioning(Bucket=BUCKET).get("Status"), None)
    equal("location", s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"], None)
    refused("BucketAlreadyOwnedByYou", s3.create_bucket, Bucket=BUCKET)
    refused("404", s3.head_bucket, Bucket="never-made")
    refused("InvalidBucketName", s3.create_bucket, Bucket="No.Good..Name")


def small():
    """put, get, head, metadata, kept headers, response overrides"""
    put(
        "small",
        ContentType="text/x-Odd; a=B",
        CacheControl="no-cache",
        ContentDisposition="inline",
        Metadata={"owner": "me", "depth": "2"},
    )
    head = s3.head_object(Bucket=BUCKET, Key="small")
    equal("metadata", head["Metadata"], {"owner": "me", "depth": "2"})
    equal("type", head["ContentType"], "text/x-Odd; a=B")
    equal("cache", head["CacheControl"], "no-cache")
    equal("etag", head["ETag"], '"5d41402abc4b2a76b9719d911017c592"')
    equal("empty", (put("empty", b""), body(s3, BUCKET, "empty"))[1], b"")
    got = s3.get_object(
        Bucket=BUCKET,
        Key="small",
        ResponseContentType="text/plain",
        ResponseContentDisposition='attachment; filename="x y"',
        ResponseCacheControl="max-age=1",
        ResponseContentLanguage="de",
        ResponseContentEncoding="identity",
    )
    equal("body", got["Body"].read(), b"hello")
    equal("overridden type", got["ContentType"], "text/plain")
    equal("overridden disposition", got["ContentDisposition"], 'attachment; filename="x y"')
    equal("overridden language", got["ContentLanguage"], "de")
    refused("NoSuchKey", s3.get_object, Bucket=BUCKET, Key="never")
    refused("NoSuchBucket", s3.get_object, Bucket="never-made", Key="x")


def ranges():
    """ranges, and the one that cannot be served"""
    put("digits", b"0123456789")
    for wanted, text in [("2-4", b"234"), ("7-", b"789"), ("-3", b"789"), ("5-99", b"56789")]:
        got = s3.get_object(Bucket=BUCKET, Key="digits", Range=f"bytes={wanted}")
        equal(wanted, (got["Body"].read(), got["ResponseMetadata"]["HTTPStatusCode"]), (text, 206))
    refused("InvalidRange", s3.get_object, Bucket=BUCKET, Key="digits", Range="bytes=10-")


def conditional_reads():
    """conditional GET and HEAD, by tag and by time"""
    tag = put("tagged")["ETag"]
    at = {"Bucket": BUCKET, "Key": "tagged"}
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    earlier = later - timedelta(days=1)
    for call in (s3.get_object, s3.head_object):
        call(**at, IfMatch=tag)
        call(**at, IfNoneMatch='"other"')
        call(**at, IfModifiedSince=earlier)
        call(**at, IfUnmodifiedSince=later)
        refused("412", call, **at, IfMatch='"other"')
        refused("304", call, **at, IfNoneMatch=tag)
        refused("304", call, **at, IfModifiedSince=datetime.now(timezone.utc))
        refused("412", call, **at, IfUnmodifiedSince=earlier)


def conditional_writes():
    """If-None-Match and If-Match on PUT, completion and DELETE"""
    if not has(s3, "PutObject", "IfNoneMatch"):
        print("   not known to this version: tried with the newer one")
        return
    tag = put("once", IfNoneMatch="*")["ETag"]
    refused("PreconditionFailed", put, key="once", data=b"second", IfNoneMatch="*")
    refused("PreconditionFailed", put, key="once", data=b"second", IfMatch='"0"')
    put("once", b"second", IfMatch=tag)
    equal("what won", body(s3, BUCKET, "once"), b"second")
    if has(s3, "DeleteObject", "IfMatch"):
        refused("PreconditionFailed", s3.delete_object, Bucket=BUCKET, Key="once", IfMatch=tag)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="once")["UploadId"]
    at = {"Bucket": BUCKET, "Key": "once", "UploadId": upload}
    part = s3.upload_part(**at, PartNumber=1, Body=b"third")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    refused(
        "PreconditionFailed",
        s3.complete_multipart_upload,
        **at,
        MultipartUpload=parts,
        IfNoneMatch="*",
    )
    s3.abort_multipart_upload(**at)


def multipart():
    """multipart upload and download by the transfer manager"""
    s3.upload_fileobj(io.BytesIO(BIG), BUCKET, "big", Config=FEW)
    equal("parts", s3.head_object(Bucket=BUCKET, Key="big")["ETag"].endswith('-3"'), True)
    back = io.BytesIO()
    s3.download_fileobj(BUCKET, "big", back, Config=FEW)
    equal("bytes", back.getvalue() == BIG, True)


def resumed():
    """an upload given up in the middle: listed, resumed by its parts, completed twice, aborted"""
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="resumed", Metadata={"a": "b"})
    at = {"Bucket": BUCKET, "Key": "resumed", "UploadId": upload["UploadId"]}
    for number in (1, 2):
        data = BIG[(number - 1) * 5 * MIB : number * 5 * MIB]
        s3.upload_part(**at, PartNumber=number, Body=data)
    pending = s3.list_multipart_uploads(Bucket=BUCKET, Prefix="resumed")["Uploads"]
    equal("uploads", [(u["Key"], u["UploadId"]) for u in pending], [("resumed", at["UploadId"])])
    pages = s3.get_paginator("list_parts").paginate(**at, PaginationConfig={"PageSize": 1})
    there = [part for page in pages for part in page["Parts"]]
    equal("parts", [(p["PartNumber"], p["Size"]) for p in there], [(1, 5 * MIB), (2, 5 * MIB)])
    last = s3.upload_part(**at, PartNumber=3, Body=BIG[10 * MIB :])
    parts = [{"PartNumber": p["PartNumber"], "ETag": p["ETag"]} for p in there]
    refused(
        "InvalidPart",
        s3.complete_multipart_upload,
        **at,
        MultipartUpload={"Parts": [*parts, {"PartNumber": 3, "ETag": '"0"'}]},
    )
    parts.append({"PartNumber": 3, "ETag": last["ETag"]})
    done = s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})
    again = s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})
    equal("a retried completion", again["ETag"], done["ETag"])
    equal("bytes", body(s3, BUCKET, "resumed") == BIG, True)
    equal("metadata", s3.head_object(Bucket=BUCKET, Key="resumed")["Metadata"], {"a": "b"})
    gone = s3.create_multipart_upload(Bucket=BUCKET, Key="gone")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="gone", UploadId=gone, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(Bucket=BUCKET, Key="gone", UploadId=gone)
    refused("NoSuchUpload", s3.list_parts, Bucket=BUCKET, Key="gone", UploadId=gone)
    equal("pending", s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []), [])


def lists():
    """list v1 and v2: prefix, delimiter, pages, start"""
    wanted = [f"list/{i % 3}/{i:03}" for i in range(57)] + ["list/a+b", "list/é"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, wanted))
    wanted = here.by_bytes(wanted)
    for operation in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(operation).paginate(
            Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 10}
        )
        equal(operation, [o["Key"] for page in pages for o in page["Contents"]], wanted)
        pages = s3.get_paginator(operation).paginate(
            Bucket=BUCKET, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        found = [page for page in pages]
        prefixes = [p["Prefix"] for page in found for p in page.get("CommonPrefixes", [])]
        equal("prefixes", prefixes, ["list/0/", "list/1/", "list/2/"])
        names = [o["Key"] for page in found for o in page.get("Contents", [])]
        equal("names", names, ["list/a+b", "list/é"])
    after = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", StartAfter=wanted[-3])
    equal("start after", [o["Key"] for o in after["Contents"]], wanted[-2:])
    marked = s3.list_objects(Bucket=BUCKET, Prefix="list/", Marker=wanted[-3])
    equal("marker", [o["Key"] for o in marked["Contents"]], wanted[-2:])
    owners = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/é", FetchOwner=True)
    equal("an owner", "Owner" in owners["Contents"][0], True)


def copies():
    """copy, with new metadata, with conditions, of a big object by parts"""
    tag = put("from here+é", b"copied", Metadata={"a": "b"})["ETag"]
    source = {"Bucket": BUCKET, "Key": "from here+é"}
    s3.copy_object(Bucket=BUCKET, Key="to/there", CopySource=source)
    equal("copy", body(s3, BUCKET, "to/there"), b"copied")
    equal("kept", s3.head_object(Bucket=BUCKET, Key="to/there")["Metadata"], {"a": "b"})
    s3.copy_object(
        Bucket=BUCKET,
        Key="to/there",
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"c": "d"},
    )
    equal("replaced", s3.head_object(Bucket=BUCKET, Key="to/there")["Metadata"], {"c": "d"})
    to = {"Bucket": BUCKET, "Key": "to/there", "CopySource": source}
    refused("PreconditionFailed", s3.copy_object, **to, CopySourceIfNoneMatch=tag)
    s3.copy_object(**to, CopySourceIfMatch=tag)
    refused("InvalidRequest", s3.copy_object, Bucket=BUCKET, Key=source["Key"], CopySource=source)
    s3.copy({"Bucket": BUCKET, "Key": "big"}, BUCKET, "big.copy", Config=FEW)
    equal("by parts", s3.head_object(Bucket=BUCKET, Key="big.copy")["ETag"].endswith('-3"'), True)
    equal("bytes", body(s3, BUCKET, "big.copy") == BIG, True)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="cut")["UploadId"]
    at = {"Bucket": BUCKET, "Key": "cut", "UploadId": upload}
    cut = s3.upload_part_copy(
        **at,
        PartNumber=1,
        CopySource={"Bucket": BUCKET, "Key": "big"},
        CopySourceRange=f"bytes=7-{MIB}",
    )["CopyPartResult"]["ETag"]
    s3.complete_multipart_upload(
        **at, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": cut}]}
    )
    equal("a part cut out", body(s3, BUCKET, "cut") == BIG[7 : MIB + 1], True)


def tagging():
    """tags of an object: put, get, delete, by header, copied"""
    put("tags", Tagging="by=header&two=a%20b")
    tags = lambda key: s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
    equal("by header", [(t["Key"], t["Value"]) for t in tags("tags")], [("by", "header"), ("two", "a b")])
    wanted = [{"Key": "ü <&>", "Value": "b c"}]
    s3.put_object_tagging(Bucket=BUCKET, Key="tags", Tagging={"TagSet": wanted})
    s3.copy_object(Bucket=BUCKET, Key="tags.copy", CopySource={"Bucket": BUCKET, "Key": "tags"})
    equal("copied tags", tags("tags.copy"), wanted)
    s3.delete_object_tagging(Bucket=BUCKET, Key="tags")
    equal("deleted", tags("tags"), [])


def algorithms() -> list[str]:
    """CRC32C and CRC64NVME need the native library, which Debian's boto3 is without."""
    known = s3.meta.service_model.shape_for("ChecksumAlgorithm").enum
    try:
        import awscrt  # noqa: F401

        native = True
    except ImportError:
        native = False
    return [a for a in known if a in ("CRC32", "SHA1", "SHA256") or native and a.startswith("CRC")]


def checksums():
    """every checksum algorithm: sent, validated on the way back, refused when wrong"""
    if has(s3, "PutObject", "ChecksumCRC64NVME"):
        equal("algorithms", len(algorithms()), 5)
    for algorithm in algorithms():
        field = "Checksum" + algorithm
        sent = put(f"sum-{algorithm}", BIG[:70_000], ChecksumAlgorithm=algorithm)[field]
        got = s3.get_object(Bucket=BUCKET, Key=f"sum-{algorithm}", ChecksumMode="ENABLED")
        equal(algorithm, (got["Body"].read() == BIG[:70_000], got[field]), (True, sent))
        head = s3.head_object(Bucket=BUCKET, Key=f"sum-{algorithm}", ChecksumMode="ENABLED")
        equal(f"{algorithm} of head", head[field], sent)
        refused("BadDigest", put, key="wrong", data=b"other", **{field: sent})
        extra = {"ChecksumAlgorithm": algorithm}
        s3.upload_fileobj(io.BytesIO(BIG), BUCKET, "sums", ExtraArgs=extra, Config=FEW)
        got = s3.get_object(Bucket=BUCKET, Key="sums", ChecksumMode="ENABLED")
        equal(f"{algorithm} by parts", (got["Body"].read() == BIG, field in got), (True, True))
    refused("404", s3.head_object, Bucket=BUCKET, Key="wrong")
    refused("BadDigest", put, key="wrong", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    print(f"   with {', '.join(algorithms())}")


def odd_keys():
    """odd keys: put, head, get, listed as sent, copied, deleted in one batch; 1,025 bytes refused"""
    wanted = [f"odd/{name}" for name in FILE_NAMES]
    wanted += [name if len(name.encode()) == 1024 else f"odd/{name}" for name in RAW_KEYS]
    for key in wanted:
        put(key, key.encode())
        equal(f"{key!r}", body(s3, BUCKET, key), key.encode())
        s3.head_object(Bucket=BUCKET, Key=key)
        s3.copy_object(Bucket=BUCKET, Key="copied", CopySource={"Bucket": BUCKET, "Key": key})
        equal(f"a copy of {key!r}", body(s3, BUCKET, "copied"), key.encode())
    for key in RAW_KEYS:
        if key.startswith("/") or ".." in key:
            put(key, b"bare")
            equal(f"{key!r}", body(s3, BUCKET, key), b"bare")
            s3.delete_object(Bucket=BUCKET, Key=key)
    equal("listed", keys(s3, BUCKET, "odd/"), here.by_bytes(k for k in wanted if k[:4] == "odd/"))
    for key in TOO_LONG:
        refused("KeyTooLongError", put, key=key)
    odd = [k for k in wanted if not any(ord(c) < 32 or ord(c) > 0xFFFD for c in k)]
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": k} for k in odd]})
    equal("deleted", sorted(d["Key"] for d in deleted["Deleted"]), sorted(odd))
    for key in set(wanted) - set(odd):
        s3.delete_object(Bucket=BUCKET, Key=key)
    equal("nothing left", keys(s3, BUCKET, "odd/"), [])


def folder():
    """200 files there and back"""
    with tempfile.TemporaryDirectory() as work:
        tree(work, 200, 5)
        files = [os.path.join(p, n) for p, _, names in os.walk(work) for n in names]
        name = lambda path: "tree/" + os.path.relpath(path, work)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda f: s3.upload_file(f, BUCKET, name(f), Config=FEW), files))
            digests = list(pool.map(lambda f: digest(f, name(f)), files))
        equal("files", keys(s3, BUCKET, "tree/"), here.by_bytes(map(name, files)))
        equal("bytes", all(digests), True)


def digest(path, key) -> bool:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest() == hashlib.sha256(body(s3, BUCKET, key)).digest()


def deletes():
    """delete, batch delete of more than a page, bucket delete"""
    refused("BucketNotEmpty", s3.delete_bucket, Bucket=BUCKET)
    s3.delete_object(Bucket=BUCKET, Key="never")
    there = keys(s3, BUCKET)
    equal("a good number", len(there) > 250, True)
    quiet = {"Objects": [{"Key": k} for k in there + ["never"]], "Quiet": True}
    equal("quiet", s3.delete_objects(Bucket=BUCKET, Delete=quiet).get("Deleted"), None)
    equal("empty", keys(s3, BUCKET), [])
    many = {"Objects": [{"Key": str(i)} for i in range(1001)]}
    refused("MalformedXML", s3.delete_objects, Bucket=BUCKET, Delete=many)
    s3.delete_bucket(Bucket=BUCKET)
    refused("404", s3.head_bucket, Bucket=BUCKET)


here.run(
    here.NAME,
    [
        buckets, small, ranges, conditional_reads, conditional_writes, multipart, resumed, lists,
        copies, tagging, checksums, odd_keys, folder, deletes,
    ],
)

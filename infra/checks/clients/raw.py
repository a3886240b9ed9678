"""What the client under test cannot do or show: raw.py BUCKET VERB [ARGUMENT...]."""

import sys

import s3 as here

s3 = here.client()
bucket, verb, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
if verb == "put":
    with open(rest[0], "rb") as file:
        data = file.read()
    for key in rest[1:]:
        s3.put_object(Bucket=bucket, Key=key, Body=data)
elif verb == "uploads":
    for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
        print(upload["Key"])
elif verb == "etag":
    print(s3.head_object(Bucket=bucket, Key=rest[0])["ETag"])
elif verb == "begin":
    print(s3.create_multipart_upload(Bucket=bucket, Key=rest[0])["UploadId"])
elif verb == "make":
    s3.create_bucket(Bucket=bucket)
elif verb == "cat":
    sys.stdout.buffer.write(here.body(s3, bucket, rest[0]))
elif verb == "empty":
    there = here.keys(s3, bucket)
    for i in range(0, len(there), 1000):
        s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in there[i : i + 1000]]}
        )
    s3.delete_bucket(Bucket=bucket)
elif verb == "delete":
    for key in rest:
        s3.delete_object(Bucket=bucket, Key=key)

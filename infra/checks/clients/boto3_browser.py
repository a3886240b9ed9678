"""What boto3 signs for others: URLs of both versions, forms, and the rules for pages of other origins."""

import os
import time
import urllib.error
import urllib.request

import s3 as here
from s3 import body, equal, keys, refused

s3 = here.client()
BUCKET = f"browser-{os.getpid()}"
s3.create_bucket(Bucket=BUCKET)


def send(method, url, data=None, **headers):
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def presigned():
    """pre-signed GET, PUT, HEAD and DELETE by Signature Version 4; changed and expired ones refused"""
    signer = here.client(signature_version="s3v4")
    key = "signed é+ %2F/x"
    url = lambda verb, **more: signer.generate_presigned_url(
        verb, Params={"Bucket": BUCKET, "Key": key, **more}, ExpiresIn=300
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    equal("put", send("PUT", url("put_object"), b"by url", **form)[0], 200)
    equal("get", send("GET", url("get_object")), (200, b"by url"))
    equal("head", send("HEAD", url("head_object")), (200, b""))
    ranged = send("GET", url("get_object"), Range="bytes=3-5")
    equal("a range", ranged, (206, b"url"))
    equal("a changed one", send("GET", url("get_object").replace("signed", "singed"))[0], 403)
    short = signer.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key}, ExpiresIn=1)
    until = time.monotonic() + 20
    while send("GET", short)[0] != 403 and time.monotonic() < until:
        time.sleep(0.5)
    equal("an expired one", send("GET", short)[0], 403)
    typed = url("put_object", ContentType="text/x-signed")
    equal("another type", send("PUT", typed, b"x", **{"Content-Type": "text/other"})[0], 403)
    equal("its type", send("PUT", typed, b"x", **{"Content-Type": "text/x-signed"})[0], 200)
    equal("delete", send("DELETE", url("delete_object"))[0], 204)


def version2():
    """pre-signed GET, PUT and HEAD by Signature Version 2, this library's default"""
    key = "signed é+ by 2"
    url = lambda verb, **more: s3.generate_presigned_url(
        verb, Params={"Bucket": BUCKET, "Key": key, **more}, ExpiresIn=300
    )
    equal("a URL of version 2", "AWSAccessKeyId=" in url("get_object"), True)
    equal("put", send("PUT", url("put_object"), b"by url", **{"Content-Type": ""})[0], 200)
    equal("get", send("GET", url("get_object")), (200, b"by url"))
    equal("head", send("HEAD", url("head_object")), (200, b""))
    equal("a changed one", send("GET", url("get_object").replace("signed", "singed"))[0], 403)
    named = url("get_object", ResponseContentDisposition="attachment; filename=x")
    equal("an override", send("GET", named), (200, b"by url"))
    equal("a changed override", send("GET", named.replace("attachment", "inline"))[0], 403)


def form(fields, name, data):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: text/plain\r\n\r\n" + data + b"\r\n--b--\r\n")
    to = f"{here.ENDPOINT}/{BUCKET}"
    return send("POST", to, b"".join(parts), **{"Content-Type": "multipart/form-data; boundary=b"})


def forms():
    """uploads from a browser's form with a policy, signed by version 4 and by version 2"""
    for signer in (here.client(signature_version="s3v4"), here.client(signature_version="s3")):
        post = signer.generate_presigned_post(
            BUCKET,
            "form/${filename}",
            Fields={"x-amz-meta-owner": "me", "success_action_status": "201"},
            Conditions=[
                {"x-amz-meta-owner": "me"},
                {"success_action_status": "201"},
                ["content-length-range", 1, 100],
            ],
            ExpiresIn=300,
        )
        equal("the form", form(post["fields"], "a b é.txt", b"by form")[0], 201)
        equal("its bytes", body(s3, BUCKET, "form/a b é.txt"), b"by form")
        head = s3.head_object(Bucket=BUCKET, Key="form/a b é.txt")
        equal("its metadata", head["Metadata"], {"owner": "me"})
        s3.delete_object(Bucket=BUCKET, Key="form/a b é.txt")
        equal("too much", form(post["fields"], "x", b"x" * 101)[0], 400)
        equal("another key", form({**post["fields"], "key": "other"}, "x", b"x")[0], 403)
        equal("another field", form({**post["fields"], "x-amz-meta-b": "c"}, "x", b"x")[0], 403)
        broken = {**post["fields"], "policy": post["fields"]["policy"][:-4] + "AAAA"}
        equal("another policy", form(broken, "x", b"x")[0] in (400, 403), True)
        equal("nothing else", keys(s3, BUCKET, "form/"), [])


def preflight(origin, method="PUT", headers="content-type"):
    request = urllib.request.Request(
        f"{here.ENDPOINT}/{BUCKET}/any",
        method="OPTIONS",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers.get("Access-Control-Allow-Origin")
    except urllib.error.HTTPError as error:
        return error.code


def cors():
    """rules for pages of other origins: put, get, obeyed in the preflight and on answers, deleted"""
    s3.put_object(Bucket=BUCKET, Key="x", Body=b"hello")
    refused("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket=BUCKET)
    rule = {
        "AllowedOrigins": ["http://page.example", "https://*.example.org"],
        "AllowedMethods": ["PUT", "GET"],
        "AllowedHeaders": ["content-*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 60,
    }
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    equal("the rules", s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"], [rule])
    equal("allowed", preflight("http://page.example"), "http://page.example")
    equal("by pattern", preflight("https://a.example.org"), "https://a.example.org")
    equal("another origin", preflight("http://other.example"), 403)
    equal("another method", preflight("http://page.example", method="DELETE"), 403)
    equal("another header", preflight("http://page.example", headers="x-odd"), 403)
    url = s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "x"})
    request = urllib.request.Request(url, headers={"Origin": "http://page.example"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        equal("on GET", answer.headers["Access-Control-Allow-Origin"], "http://page.example")
        equal("exposed", answer.headers["Access-Control-Expose-Headers"], "ETag")
    s3.delete_bucket_cors(Bucket=BUCKET)
    equal("without rules", preflight("http://page.example"), 403)


here.run(here.NAME, [presigned, version2, forms, cors])
for each in keys(s3, BUCKET):
    s3.delete_object(Bucket=BUCKET, Key=each)
s3.delete_bucket(Bucket=BUCKET)

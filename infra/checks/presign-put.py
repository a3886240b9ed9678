"""Prints a pre-signed PUT URL for a key: ENDPOINT and BUCKET and the usual AWS variables in the environment."""
import datetime
import hashlib
import hmac
import os
import sys
import urllib.parse


def main() -> None:
    endpoint = os.environ["ENDPOINT"].rstrip("/")
    region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{day}/{region}/s3/aws4_request"
    path = "/" + urllib.parse.quote(os.environ["BUCKET"] + "/" + sys.argv[1], safe="/~")
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": os.environ["AWS_ACCESS_KEY_ID"] + "/" + scope,
        "X-Amz-Date": stamp,
        "X-Amz-Expires": "300",
        "X-Amz-SignedHeaders": "host",
    }
    text = "&".join(f"{k}={urllib.parse.quote(v, safe='~')}" for k, v in sorted(query.items()))
    host = urllib.parse.urlparse(endpoint).netloc
    canonical = f"PUT\n{path}\n{text}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = ("AWS4" + secret).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    print(f"{endpoint}{path}?{text}&X-Amz-Signature={signature}")


main()

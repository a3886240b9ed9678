"""A client of the store under test: ENDPOINT and the AWS keys come from the environment."""

import os
import sys

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["ENDPOINT"].rstrip("/")


def client(**options):
    settings = {"s3": {"addressing_style": "path"}, "retries": {"max_attempts": 1}}
    settings.update(options)
    return boto3.client(
        "s3", endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(**settings)
    )


def has(s3, operation: str, member: str) -> bool:
    """Whether this version of boto3 knows that member of that operation."""
    return member in s3.meta.service_model.operation_model(operation).input_shape.members


def equal(what: str, found, wanted) -> None:
    if found != wanted:
        sys.exit(f"MISMATCH: {what}: expected {wanted!r}, found {found!r}")


def refused(code: str, call, **arguments) -> None:
    """The call fails with that S3 error code or, where S3 sends no body, that status."""
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]["Code"]
        status = str(error.response["ResponseMetadata"]["HTTPStatusCode"])
        if code not in (found, status):
            sys.exit(f"MISMATCH: expected {code}, refused with {status} {found}: {error}")
        return
    sys.exit(f"MISMATCH: not refused, expected {code}: {arguments}")


def keys(s3, bucket: str, prefix: str = "") -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def by_bytes(names) -> list[str]:
    return sorted(names, key=lambda name: name.encode())


def body(s3, bucket: str, key: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def run(name: str, checks) -> None:
    """Runs the checks in turn; each is named by its first line of documentation."""
    for check in checks:
        check()
        print(f"ok {name}: {check.__doc__}", flush=True)


NAME = f"boto3 {boto3.__version__}, botocore {botocore.__version__}"

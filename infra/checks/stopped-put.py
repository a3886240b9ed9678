#!/usr/bin/env python3
"""What `millrace put` says when it is stopped while a slow store completes its upload.

    infra/checks/stopped-put.py

A coordinator and a store that are played here take a file in parts; in the middle of its completion the
command gets a SIGINT, as Ctrl-C sends it. The store then says late that it is done, says nothing though
it is done, or takes the abort. Needs Python 3 and a built ./millrace.
"""

import hashlib
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
SIZE = 70 << 20
PATIENCE = float(os.environ.get("PATIENCE", "1"))


class Played(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    way, there, parts, asked, completing = "", False, {}, [], threading.Event()

    def log_message(self, *words):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def whole(self):
        """The entity tag of an object in parts: the MD5 of their MD5s, and their number."""
        digests = b"".join(bytes.fromhex(Played.parts[n]) for n in sorted(Played.parts))
        return f'"{hashlib.md5(digests).hexdigest()}-{len(Played.parts)}"'

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        if self.path in ("/v1/uploads", "/v1/downloads"):
            step = (json.loads(body).get("step") or {"step": "get"}) if body else {}
            url = f"{here}/store/{step['step']}/{step.get('number') or ''}"
            self.answer(200, json.dumps({"url": url}).encode(), Content_Type="application/json")
        elif "/begin/" in self.path:
            self.answer(200, b"<x><UploadId>u-1</UploadId></x>")
        elif "/complete/" in self.path:
            Played.completing.set()
            time.sleep(2)
            Played.there = Played.way != "abort"
            time.sleep(0 if Played.way == "late" else 60)
            self.answer(200, b"<CompleteMultipartUploadResult/>")
        else:
            self.answer(404)

    def do_PUT(self):
        digest, left = hashlib.md5(), int(self.headers["Content-Length"])
        while left > 0:
            some = self.rfile.read(min(left, 1 << 20))
            digest.update(some)
            left -= len(some)
        Played.parts[int(self.path.rsplit("/", 1)[1])] = digest.hexdigest()
        self.answer(200, ETag=f'"{digest.hexdigest()}"')

    def do_GET(self):
        if self.path.startswith("/v1/"):
            return self.answer(200, b"[]", Content_Type="application/json")
        Played.asked.append("get")
        if self.path.startswith("/store/") and Played.there:
            self.answer(206, b"x", ETag=self.whole(), Content_Range=f"bytes 0-0/{SIZE}")
        else:
            self.answer(404)

    def do_DELETE(self):
        Played.asked.append("abort")
        self.answer(404 if Played.there else 204)


def stopped(folder, server, way):
    """What the command said, stopped in the middle of a completion that ends this way."""
    Played.way, Played.there, Played.parts, Played.asked = way, False, {}, []
    Played.completing = threading.Event()
    command = [HOME / "millrace", "put", "big", "s3://bucket/in/", "--token-file", "token", "--endpoint",
               f"http://127.0.0.1:{server.server_address[1]}"]
    put = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           env={**os.environ, "MILLRACE_NO_BUILD": "1"},
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    if not Played.completing.wait(60 * PATIENCE):
        put.kill()
        raise SystemExit(f"stopped-put: it never came to a completion: {put.communicate()[0]}")
    put.send_signal(signal.SIGINT)
    said = " ".join(put.communicate(timeout=60 * PATIENCE)[0].split())
    print(f"{way}: {put.returncode}, asked {Played.asked}: {said}")
    return put.returncode, said


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Played)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="millrace-put.") as name:
        folder = pathlib.Path(name)
        (folder / "token").write_text("a-token\n")
        with open(folder / "big", "wb") as big:
            big.truncate(SIZE)
        wanted = {
            "late": r"waiting a moment for its answer stopped: the store had all of s3://bucket/in/big: it is up$|answer put s3://bucket/in/big$",
            "silent": r"waiting a moment for its answer stopped: the store had all of s3://bucket/in/big: it is up$",
            "abort": r"waiting a moment for its answer stopped: the parts of s3://bucket/in/big that were sent are dropped$",
        }
        for way, pattern in wanted.items():
            code, said = stopped(folder, server, way)
            if code not in (130, -signal.SIGINT) or not re.search(pattern, said):
                raise SystemExit(f"stopped-put: {way}: ended with {code} and said: {said}")
    print("a stopped upload says whether it is up")


if __name__ == "__main__":
    sys.exit(main())

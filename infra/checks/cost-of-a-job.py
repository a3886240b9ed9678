#!/usr/bin/env python3
"""Says what one no-op job costs `millrace up`: CPU, forced writes, programs, requests, latencies.

    infra/checks/cost-of-a-job.py [--runner process|resident] [--jobs 400] [--warm 200] [--idle 40]
                                  [--count calls|system] [--jfr FILE] [--command PROGRAM]

Starts a coordinator with store and provider on a folder of its own, deploys a function that does
nothing, puts objects from this process (whose own CPU is told apart), and waits for their jobs.
Wall time depends on what else the machine does; CPU and counts hardly do.

`--count calls` adds how often methods were called a job, by the JDK's method timing, and
`--count system` the system calls, by strace: both cost time, so a plain run comes first.
Needs Python 3, and strace for the system calls.
"""

import argparse
import atexit
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
WORKER = r"""
import json, os, sys
frames_in, frames_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
def say(frame):
    body = json.dumps(frame).encode()
    frames_out.write(b"%d\n%s" % (len(body), body))
    frames_out.flush()
say({"millrace": 1})
while length := frames_in.readline():
    job = json.loads(frames_in.read(int(length)))
    if "job" not in job:
        break
    say({"job": job["job"], "exit": 0})
"""
CALLS = {
    "S3 HEAD": "dev.millrace.triggers.s3.S3ObjectStore::head",
    "S3 GET": "dev.millrace.triggers.s3.S3ObjectStore::read",
    "S3 PUT": "dev.millrace.triggers.s3.S3ObjectStore::write",
    "S3 copy": "dev.millrace.triggers.s3.S3ObjectStore::copy",
    "S3 DELETE": "dev.millrace.triggers.s3.S3ObjectStore::delete",
    "S3 LIST": "dev.millrace.triggers.s3.S3ObjectStore::list",
    "requests served by the store": "dev.millrace.triggers.embedded.http.S3Handler::handle",
    "store transactions": "dev.millrace.triggers.embedded.names.NameDatabase::write",
    "journal transitions": "dev.millrace.orch.journal.sql.SqlJournal::commit",
    "journal commits": "dev.millrace.orch.journal.sql.Writer::commitOnce",
    "journal reads": "dev.millrace.orch.journal.sql.Readers::read",
    "plans": "dev.millrace.orch.plan.Planner::plan",
    "signatures made": "dev.millrace.schema.sign.SigningKey::sign",
    "signatures checked": "dev.millrace.schema.sign.TrustedKeys::verify",
    "JSON read": "dev.millrace.schema.json.Json::read",
    "JSON written": "dev.millrace.schema.json.Json::bytes",
    "files forced": "sun.nio.ch.FileChannelImpl::force",
    "URLs signed": "dev.millrace.orch.channel.JournalChannel::url",
    "leases renewed": "dev.millrace.orch.channel.JournalChannel::renew",
}
SYSTEM = "fsync,fdatasync,execve,clone,clone3,vfork,fork"


class Store:
    """A client of one connection that puts objects, signing as AWS does."""

    def __init__(self, environment):
        text = environment.read_text()
        values = dict(re.findall(r"export (\w+)='?([^'\n]*)'?", text))
        endpoint = next(v for k, v in values.items() if "ENDPOINT" in k)
        self.host = urllib.parse.urlsplit(endpoint).netloc
        self.id, self.secret = values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"]
        self.connection = http.client.HTTPConnection(self.host)

    def put(self, path, body):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        canonical = (
            f"PUT\n{path}\n\nhost:{self.host}\nx-amz-content-sha256:{digest}\n"
            f"x-amz-date:{now}\n\n{names}\n{digest}"
        )
        scope = f"{now[:8]}/us-east-1/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        authorization = (
            f"AWS4-HMAC-SHA256 Credential={self.id}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        headers = {"x-amz-date": now, "x-amz-content-sha256": digest, "Authorization": authorization}
        self.connection.request("PUT", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"PUT {path}: {answer.status}")


class Up:
    """A coordinator with its store and provider."""

    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="millrace-cost."))
        self.data = self.work / "data"
        (self.work / "config.yaml").write_text(
            "provider:\n  runners: {process: {allow: [nothing]}}\n"
            "  simulated: [{kind: gpu, memory: 64Gi}]\n"
        )
        resident = options.runner == "resident"
        script = 'exec python3 "$MILLRACE_FUNCTION_DIR/worker.py"' if resident else "exit 0"
        kept = f"\n      files: [worker.py]\n      resident: true\n      warm: {options.at_once}"
        (self.work / "worker.py").write_text(WORKER)
        # A share of a simulated device, so that the machine's cores are not what bounds it.
        (self.work / "function.yaml").write_text(
            f"""functions:
  millrace:
    - name: nothing
      runner: process
      memory: 64Mi
      timeout: 60s
      accelerator: {{kind: gpu, count: 1, memory: {65536 // options.at_once}Mi, sharing: shared}}
      script: |
        {script}{kept if resident else ""}
      input: [{{storage_provider: millrace.default, path: nothing/in}}]
      output: [{{storage_provider: millrace.default, path: nothing/out}}]
"""
        )
        self.system = self.work / "system"
        self.jfr = options.jfr or self.work / "calls.jfr"
        environment = dict(os.environ, MILLRACE_JAVA_OPTIONS=self.flags())
        command = [options.command, "up", "--data", str(self.data), "--port", "0"]
        command += ["--store-port", "0", "--config", str(self.work / "config.yaml")]
        if options.count == "system":
            command = ["strace", "-f", "--seccomp-bpf", "-e", f"trace={SYSTEM}", "-o", self.system] + command
        self.out = open(self.work / "out", "w+b")
        began = time.monotonic()
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.out, stderr=subprocess.STDOUT, start_new_session=True
        )
        atexit.register(self.close)
        self.until(lambda: b"ready" in (self.work / "out").read_bytes(), "it is ready")
        self.ready = time.monotonic() - began
        self.pid = json.loads((self.data / "coordinator.json").read_text())["pid"]
        subprocess.run(
            [options.command, "deploy", self.work / "function.yaml", "--data", self.data],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.journal = sqlite3.connect(f"file:{self.data}/journal.db?mode=ro", uri=True, timeout=30)

    def flags(self):
        flags = os.environ.get("MILLRACE_JAVA_OPTIONS", "")
        if self.options.count == "calls":
            methods = ";".join(CALLS.values())
            flags += f" -XX:StartFlightRecording:filename={self.jfr},method-timing={methods}"
        elif self.options.jfr:
            flags += f" -XX:StartFlightRecording:filename={self.jfr},settings=profile"
        return flags

    def until(self, seen, what):
        end = time.monotonic() + 300
        while not seen():
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"not seen: {what}\n" + (self.work / "out").read_text()[-2000:])
            time.sleep(0.05)

    def succeeded(self):
        query = "SELECT jobs FROM job_counts WHERE state = 'SUCCEEDED'"
        return (self.journal.execute(query).fetchone() or [0])[0]

    def cpu(self):
        """Seconds of this process and of the children that it has waited for, apart."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def compilers(self):
        """Seconds of the threads that compile, which are busy until the program is warm."""
        ticks = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            try:
                name, rest = (task / "stat").read_text().rsplit(")", 1)
            except OSError:
                continue
            if "CompilerThre" in name:
                ticks += int(rest.split()[11]) + int(rest.split()[12])
        return ticks / 100

    def system_calls(self):
        counts = {}
        if self.options.count == "system":
            for name in re.findall(r"^\d+ +(\w+)\(", self.system.read_text(), re.MULTILINE):
                counts[name] = counts.get(name, 0) + 1
        return counts

    def method_calls(self):
        if self.options.count != "calls":
            return {}
        dump = self.work / "dump.jfr"
        jdk = pathlib.Path(f"/proc/{self.pid}/exe").resolve().parent
        subprocess.run(
            [jdk / "jcmd", str(self.pid), "JFR.dump", f"filename={dump}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        events = subprocess.run(
            [jdk / "jfr", "print", "--json", "--events", "jdk.MethodTiming", dump],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        counts = {}
        for event in json.loads(events)["recording"]["events"]:
            method = event["values"]["method"]
            name = method["type"]["name"].replace("/", ".") + "::" + method["name"]
            counts[name] = max(counts.get(name, 0), event["values"]["invocations"])
        return counts

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(60)
        if os.environ.get("KEEP"):
            print("kept:", self.work)
        else:
            shutil.rmtree(self.work)


def put_all(up, names, clients):
    """Puts so many objects from so many threads."""

    def some(mine):
        store = Store(up.data / "store.env")
        for name in mine:
            store.put(f"/nothing/in/{name}", b"x")

    threads = [threading.Thread(target=some, args=(names[i::clients],)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def at(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def stages(up, prefix):
    """Milliseconds that jobs spent in each state, by the journal's own timeline."""
    rows = up.journal.execute(
        "SELECT t.job, t.at, t.state FROM timeline t JOIN jobs j ON j.id = t.job"
        " WHERE j.object_key LIKE ? ORDER BY t.job, t.step",
        (f"in/{prefix}-%",),
    ).fetchall()
    received = dict(
        up.journal.execute(
            "SELECT j.id, min(n.received_at) FROM jobs j JOIN notices n"
            " ON n.object_key = j.object_key AND n.bucket = j.bucket"
            " WHERE j.object_key LIKE ? GROUP BY j.id",
            (f"in/{prefix}-%",),
        ).fetchall()
    )
    spans, claimed, whole = {}, [], []
    for before, row in zip(rows, rows[1:]):
        if before[0] == row[0]:
            spans.setdefault(f"{before[2]} to {row[2]}", []).append((row[1] - before[1]) / 1000)
    for job, moment, state in rows:
        if state == "RUNNING":
            claimed.append((moment - received[job]) / 1000)
        elif state == "SUCCEEDED":
            whole.append((moment - received[job]) / 1000)
    spans["NOTICE to RUNNING"], spans["NOTICE to SUCCEEDED"] = claimed, whole
    return spans


def within(up, prefix):
    """Milliseconds of each part of a run, by what its manifest says."""
    rows = up.journal.execute(
        "SELECT a.manifest, a.claimed_at, a.ended_at FROM attempts a JOIN jobs j ON j.id = a.job"
        " WHERE j.object_key LIKE ? AND a.manifest IS NOT NULL",
        (f"in/{prefix}-%",),
    ).fetchall()
    spans = {}
    for line, claimed, ended in rows:
        body = line.split(" ")[3]
        times = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["times"]
        moments = [claimed / 1000]
        for name in ("fetchedAt", "startedAt", "endedAt", "uploadedAt"):
            moments.append(datetime.datetime.fromisoformat(times[name]).timestamp() * 1000)
        moments.append(ended / 1000)
        names = ("claimed to fetched", "to started", "to ended", "to signed", "to settled")
        for name, before, after in zip(names, moments, moments[1:]):
            spans.setdefault("  run: " + name, []).append(after - before)
    return spans


def shown(spans):
    for name, values in spans.items():
        print(f"    {name.lower():28} p50 {at(values, 0.5):8.1f} ms   p99 {at(values, 0.99):8.1f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", choices=["process", "resident"], default="process")
    parser.add_argument("--jobs", type=int, default=400)
    parser.add_argument("--warm", type=int, default=200)
    parser.add_argument(
        "--phases", help="jobs of each phase in place of --warm and --jobs, for instance 500,1500,4000"
    )
    parser.add_argument("--idle", type=int, default=40, help="jobs that are put one after another")
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--count", choices=["calls", "system"])
    parser.add_argument("--jfr", type=pathlib.Path, help="where to write a profile")
    parser.add_argument("--command", default=str(HOME / "millrace"))
    options = parser.parse_args()
    up = Up(options)
    print(f"{options.runner}: ready after {up.ready:.1f} s")
    done = 0
    phases = [("cold", options.warm), ("warm", options.jobs)]
    if options.phases:
        phases = [(f"phase{i}", int(jobs)) for i, jobs in enumerate(options.phases.split(","))]
    for phase, jobs in phases:
        before = up.cpu(), up.system_calls(), up.method_calls(), time.process_time(), up.compilers()
        began = time.monotonic()
        put_all(up, [f"{phase}-{i}" for i in range(jobs)], options.clients)
        put = time.monotonic() - began
        done += jobs
        up.until(lambda: up.succeeded() >= done, f"{done} jobs have succeeded")
        took = time.monotonic() - began
        cpu = up.cpu() - before[0]
        own = time.process_time() - before[3]
        compiling = up.compilers() - before[4]
        print(
            f"  {phase}: {jobs} jobs in {took:.1f} s, {jobs / took:.1f}/s (uploads: {put:.1f} s);"
            f" coordinator {cpu * 1000 / jobs:.1f} ms of CPU a job,"
            f" {compiling * 1000 / jobs:.1f} of it compiling; this client {own * 1000 / jobs:.1f}"
        )
        if phase == phases[-1][0]:
            for now, past in ((up.system_calls(), before[1]), (up.method_calls(), before[2])):
                titles = {method: title for title, method in CALLS.items()}
                for name in now:
                    more = (now[name] - past.get(name, 0)) / jobs
                    print(f"    {titles.get(name, name):30} {more:8.2f} a job")
    if options.idle:
        # What follows a job's end, its entry in the ledger for one, belongs to it.
        time.sleep(2)
        before = up.system_calls()
        for i in range(options.idle):
            put_all(up, [f"idle-{i}"], 1)
            up.until(lambda: up.succeeded() > done, "a job has succeeded")
            done += 1
        time.sleep(2)
        print(f"  idle: {options.idle} jobs, one at a time, from the notice's receipt")
        for name, calls in up.system_calls().items():
            print(f"    {name:30} {(calls - before.get(name, 0)) / options.idle:8.2f} a job")
        shown(stages(up, "idle") | within(up, "idle"))


if __name__ == "__main__":
    main()

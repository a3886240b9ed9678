#!/usr/bin/env python3
"""Looks at every command on a terminal of 80 columns: with colours, without, and in a pipe.

    infra/checks/looks.py [--all] [--only COMMAND] [--keep FOLDER]

Without --all: no coordinator, one that has ended, a wrong token, an empty system, and one with jobs
in each state. With --all also a system with 100,000 jobs that ended in every way (attempts, receipts and
entries in the ledger, logs, inputs and outputs in the store) and 100,000 that wait, and what takes
longer: some quarter of an hour on two cores that have nothing else to do. Which
commands there are is taken from docs/cli.md, which the build holds against the program; one that is
not known here fails the check.

What is looked at: no line is wider than the terminal, no stack trace, no escape sequence where there
should be none, the documented exit code, an error that names a command, a file or an option, JSON
and nothing else with --json, and the time that it took; the restart with all those jobs by the clock
where nobody else used the machine meanwhile, and by processor time where somebody did. The screens are kept with --keep.
Needs Python 3 and a built ./millrace.
"""

import argparse
import concurrent.futures
import doctest
import fcntl
import glob
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent.parent
PATIENCE = float(os.environ.get("PATIENCE", "1"))
COLUMNS, LINES = 80, 24
WALL, CPU = 20 * PATIENCE, 3.0
# A machine is quiet where others use no more than this of its processors, in percent.
OTHERS_QUIET, STOLEN_QUIET = 15, 5
# A restart with all that --all makes, in seconds: of the clock, and of processors, which are two in that time.
RESTART_WALL, RESTART_CPU = 5, 10.0
MANY = 100_000
ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|.)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TRACE = re.compile(r"^\s+at [\w.$/@-]+\(|Exception in thread|^Caused by:|\b(java|dev)\.[a-z.]+[A-Z]\w+(Exception|Error)\b", re.M)
NEXT = re.compile(r"millrace [a-z]|--[a-z]|'[^']+'|\.(yaml|json|env|db)\b|/|s3:| above")
# Prints for a program or a shell, whoever reads it.
WIDE = {"completion", "token", "webhook", "ledger prove", "ledger checkpoint", "ledger key"}
STREAMS = ("ls", "jobs --all", "jobs --watch", "logs -f")
NO_JSON = {
    "demo": "a show for people",
    "up": "stays; coordinator.json and store.env say the same to programs",
    "store": "stays; store.env says the same",
    "coordinator": "stays; coordinator.json says the same",
    "provider": "stays",
    "ledger": "has commands of its own",
    "secret": "has commands of its own",
    "completion": "is a script",
}

FDL = """
functions:
  millrace:
%s"""
FUNCTION = """  - name: %s
    runner: process
    memory: 64Mi
    timeout: 60m
    retry: 1
    %s
    script: |
      %s
    input:
    - {storage_provider: millrace.default, path: %s}
    output:
    - {storage_provider: millrace.default, path: %s}
"""
GPU = "accelerator: {kind: gpu, memory: 48Gi}"
PRICED = "accelerator: {kind: gpu, memory: 1Gi}\n    price: {currency: EUR, per_gib_hour: 0.04}"
FUNCTIONS = FDL % "".join(
    [
        FUNCTION % ("good", "cpu: 0.1", 'cp "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/"', "good/in", "chain/in"),
        FUNCTION % ("chained", "cpu: 0.1", 'cp "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/"', "chain/in", "chain/out"),
        FUNCTION % ("bad", "cpu: 0.1", 'printf "what went wrong: \\033[31mred\\033[0m\\n" >&2; exit 3', "bad/in", "bad/out"),
        FUNCTION % ("held", GPU, "sleep 3000", "held/in", "held/out"),
        FUNCTION % ("huge", "accelerator: {kind: gpu, memory: 900Gi}", "true", "huge/in", "huge/out"),
    ]
)
# Of its own file: nothing happens to it but in the past, and that is made up.
PAST = FDL % (FUNCTION % ("many", PRICED, "true", "many/in", "many/out")).replace("retry: 1", "retry: {attempts: 2, delay: 1s}")
CONFIG = """provider:
  runs: 4
  runners: {process: {allow: ["*"]}, docker: {enabled: false}}
  simulated: [{kind: gpu, memory: 64Gi}]
"""
LONG = "in/a rather long name with \x1b[31m and 日本 in it " + "and more " * 12 + ".txt"


class Seen:
    """What a command printed, and how it ended."""

    def __init__(self, line, tty, colours):
        self.line, self.tty, self.colours = line, tty, colours
        self.out = self.err = ""
        self.code, self.wall, self.cpu = None, 0.0, 0.0


def environment(colours):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MILLRACE_TERMINAL", "NO_COLOR", "JAVA_TOOL"))}
    env.update(TERM="xterm-256color", MILLRACE_NO_BUILD="1", LC_ALL="C.UTF-8")
    env.setdefault("MILLRACE_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # they live for a second
    if not colours:
        env["NO_COLOR"] = "1"
    return env


def run(words, folder, tty=True, colours=True, limit=60.0, until=None):
    """Runs a command; on a terminal of its own where tty. `until` ends it once that is seen."""
    seen = Seen(" ".join(words), tty, colours)
    command = [str(HOME / "millrace"), *words]
    began = time.monotonic()
    if tty:
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where this runs in the background
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execve(command[0], command, environment(colours))
        text = drain(pid, [master], began + limit, until)[0]
        seen.out = text.replace("\r\n", "\n")
        os.close(master)
    else:
        (out, out_in), (err, err_in) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out_in, 1)
            os.dup2(err_in, 2)
            os.setsid()
            os.execve(command[0], command, environment(colours))
        os.close(out_in)
        os.close(err_in)
        seen.out, seen.err = drain(pid, [out, err], began + limit, until)
        os.close(out)
        os.close(err)
    _, status, used = os.wait4(pid, 0)
    seen.code = os.waitstatus_to_exitcode(status)
    seen.wall, seen.cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
    return seen


def drain(pid, files, end, until):
    got = {f: bytearray() for f in files}
    open_files = set(files)
    stopped = False
    while open_files:
        ready, _, _ = select.select(list(open_files), [], [], 0.2)
        for f in ready:
            try:
                more = os.read(f, 65536)
            except OSError:
                more = b""
            if not more:
                open_files.discard(f)
            got[f] += more
        if not stopped and until and any(until.encode() in g for g in got.values()):
            os.kill(pid, signal.SIGINT)
            stopped = True
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            break
    return [got[f].decode("utf-8", "replace") for f in files]


def width(text):
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def faults(seen, expected, wide=False, limit=WALL, cpu=CPU):
    """What is wrong with what was seen."""
    found = []
    everything = seen.out + seen.err
    plain = ESCAPE.sub("", everything)
    if seen.code not in expected:
        found.append(f"ended with {seen.code}, expected {' or '.join(map(str, expected))}")
    if TRACE.search(plain):
        found.append("shows a stack trace")
    if seen.tty and not wide:
        found += [f"{width(l)} columns: {l}" for l in re.split(r"[\r\n]+", plain) if width(l) > COLUMNS and str(HOME) not in l]
    everything = everything.replace("\r\x1b[K", "") if seen.tty else everything  # progress
    left = COLOUR.sub("", everything) if seen.tty and seen.colours else everything
    if "\x1b" in left and "--watch" not in seen.line and not seen.line.startswith("logs"):
        found.append("has escape sequences: " + repr(left[max(0, left.index("\x1b") - 20) :][:60]))
    if seen.code not in (0, None):
        said = seen.out if seen.tty else seen.err
        answered = "--json" in seen.line.split() and seen.out.strip()
        if not answered and not NEXT.search(ESCAPE.sub("", said).split("millrace: ", 1)[-1]):
            found.append("says not what to do: " + said.strip()[-200:])
    empty_stream = seen.code == 0 and "--json" in seen.line.split() and is_stream(seen)
    if not everything.strip() and "-h" not in seen.line and not empty_stream:
        found.append("prints nothing at all")
    if seen.wall > limit:
        found.append(f"took {seen.wall:.1f} s, at most {limit:.0f}")
    if seen.cpu > cpu:
        found.append(f"took {seen.cpu:.1f} s of CPU, at most {cpu:.0f}")
    if "--json" in seen.line.split() and not seen.tty:
        found += json_faults(seen)
    return found


def is_stream(seen):
    """Whether it prints one object a line, or none where there is nothing."""
    return any(seen.line.startswith(s + " ") or seen.line == s for s in STREAMS)


def json_faults(seen):
    streams = is_stream(seen)
    if seen.code != 0 and not seen.out:
        return []
    try:
        if streams:
            [json.loads(line) for line in seen.out.splitlines()]
        else:
            json.loads(seen.out)
    except ValueError as e:
        return [f"is not JSON ({e}): {seen.out[:200]!r}"]
    return []


def commands():
    """Every command of docs/cli.md with whether it takes --json."""
    page = (HOME / "docs/cli.md").read_text()
    sections = re.split(r"^## ", page, flags=re.M)[1:]
    named = [(s.split("\n", 1)[0], s) for s in sections]
    return {name: "`--json" in text for name, text in named if name not in ("Exit codes", "Commands")}


def ticks():
    """What the processors did since the machine started, as `cpu` in /proc/stat has it, without guests."""
    return [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


def shares(before, after, own):
    """What others used of all processors' time between two looks, and what the hypervisor took, in percent.

    >>> shares([0] * 8, [100, 0, 50, 40, 10, 0, 0, 0], own=1.5 * os.sysconf("SC_CLK_TCK") / 100)
    (0.0, 0.0)
    >>> shares([10] * 8, [70, 10, 10, 30, 10, 10, 10, 30], own=0)
    (60.0, 20.0)
    """
    spent = [b - a for a, b in zip(before, after)]
    whole = max(1, sum(spent))
    used = sum(spent) - spent[3] - spent[4] - spent[7]  # neither idle nor waiting for a disk, nor stolen
    return 100 * max(0.0, used - own * os.sysconf("SC_CLK_TCK")) / whole, 100 * spent[7] / whole


def quiet(others, stolen):
    return others <= OTHERS_QUIET and stolen <= STOLEN_QUIET


def restart_fault(wall, cpu, others, stolen, patience):
    """What is wrong with a restart; empty where nothing is. By the clock where the machine was quiet, as
    `millrace bench` judges it but for the load average, which what was seeded before still fills.

    >>> restart_fault(8.1, 6.0, 3.0, 0.2, 1)
    'restart takes 8.1 s, more than 5: by the clock, the machine was quiet (others 3 %, stolen 0 %)'
    >>> restart_fault(4.9, 40.0, 3.0, 0.2, 1)
    ''
    >>> restart_fault(8.1, 6.0, 62.0, 0.2, 1), restart_fault(8.1, 6.0, 3.0, 9.0, 1)
    ('', '')
    >>> restart_fault(8.1, 40.0, 62.0, 0.2, 1)
    'restart takes 40.0 s of CPU, more than 10: not by the clock, the machine was not quiet (others 62 %, stolen 0 %)'
    >>> restart_fault(8.1, 6.0, 3.0, 0.2, 2)
    ''
    """
    seen = f"(others {others:.0f} %, stolen {stolen:.0f} %)"
    if quiet(others, stolen):
        most = RESTART_WALL * patience
        return f"restart takes {wall:.1f} s, more than {most:.0f}: by the clock, the machine was quiet {seen}" if wall > most else ""
    return f"restart takes {cpu:.1f} s of CPU, more than {RESTART_CPU:.0f}: not by the clock, the machine was not quiet {seen}" if cpu > RESTART_CPU else ""


class System:
    """A coordinator with its store and a provider, on a folder of its own."""

    def __init__(self, folder):
        self.folder, self.process, self.ready, self.neighbours = folder, None, 0.0, (0.0, 0.0)
        folder.mkdir(parents=True)
        (folder / "millrace.yaml").write_text(CONFIG)

    def up(self):
        began, before = time.monotonic(), ticks()
        self.log = open(self.folder / "up.out", "wb")
        self.process = subprocess.Popen(
            [HOME / "millrace", "up", "--data", ".millrace", "--config", "millrace.yaml", "--port", "0", "--store-port", "0"],
            cwd=self.folder, env={**environment(False), "MILLRACE_JAVA_OPTIONS": ""}, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
        )
        while "ready" not in (self.folder / "up.out").read_text():
            if self.process.poll() is not None or time.monotonic() - began > 120 * PATIENCE:
                raise SystemExit("up did not start: " + (self.folder / "up.out").read_text())
            time.sleep(0.05)
        self.ready = time.monotonic() - began
        self.neighbours = shares(before, ticks(), self.cpu())
        return self

    def heap(self):
        """MiB of objects that are in use after a collection."""
        jcmd = str(pathlib.Path(os.readlink(f"/proc/{self.process.pid}/exe")).parent / "jcmd")
        subprocess.run([jcmd, str(self.process.pid), "GC.run"], capture_output=True, check=True)
        told = subprocess.run([jcmd, str(self.process.pid), "GC.heap_info"], capture_output=True, text=True, check=True).stdout
        return sum(int(k) for k in re.findall(r"used (\d+)K", told.split("Metaspace")[0])) / 1024

    def cpu(self):
        """Seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rests(self):
        """Whether it comes to use less than half a processor."""
        for _ in range(20):
            before = self.cpu()
            time.sleep(1)
            if self.cpu() - before < 0.5:
                return True
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def ask(self, *words):
        seen = run([*words, "--json"], self.folder, tty=False)
        if seen.code != 0:
            raise SystemExit(f"{words}: {seen.out}{seen.err}")
        return json.loads(seen.out) if seen.out.strip() else None

    def jobs(self):
        return {job["input"]["key"]: job for job in self.ask("jobs", "--limit", "500")}

    def await_states(self, wanted):
        end = time.monotonic() + 60 * PATIENCE
        while True:
            states = {key: job["state"] for key, job in self.jobs().items()}
            if all(states.get(k) == s for k, s in wanted.items()):
                return
            if time.monotonic() > end:
                raise SystemExit(f"these states were not reached: {wanted}, but {states}")
            time.sleep(0.5)


def with_few(folder):
    """Jobs in each state that stays."""
    system = System(folder).up()
    (folder / "f.yaml").write_text(FUNCTIONS)
    system.ask("deploy", "f.yaml")
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text("hello\n")
    system.ask("put", "a.txt", "s3://good/in/")
    system.ask("put", "a.txt", "s3://good/" + LONG)
    system.ask("put", "b.txt", "c.txt", "s3://bad/in/")
    system.ask("put", "a.txt", "s3://huge/in/huge.txt")
    system.ask("put", "a.txt", "s3://held/in/first")
    system.await_states({"in/first": "running", "in/b.txt": "dead", "in/c.txt": "dead", "in/huge.txt": "refused", "in/a.txt": "succeeded"})
    system.ask("put", "a.txt", "s3://held/in/second")
    system.ask("put", "a.txt", "s3://held/in/third")
    system.await_states({"in/second": "waiting", "in/third": "waiting"})
    jobs = system.jobs()
    system.ask("discard", jobs["in/c.txt"]["id"])
    system.ask("cancel", jobs["in/third"]["id"])
    return system


def seed(system, count):
    """As many jobs that ended and as many that wait, written while nobody has the folder."""
    (system.folder / "past.yaml").write_text(PAST)
    system.ask("deploy", "past.yaml")
    jar = [j for j in glob.glob(str(HOME / "orch-gpu/target/orch-gpu-*.jar")) if not re.search(r"-(tests|sources|javadoc)\.jar$", j)][0]
    java = os.readlink(f"/proc/{system.process.pid}/exe")
    system.stop()
    subprocess.run(
        [java, "--enable-native-access=ALL-UNNAMED", "-cp", f"{jar}:{HOME}/orch-gpu/target/lib/*", str(HERE / "seed/Seed.java"),
         str(system.folder / ".millrace"), str(count), "1"], check=True,
    )
    system.up()


def lines_of(known):
    """What is tried of each command: asks a coordinator or not, words, exit codes where there is nothing, and with jobs."""
    job, dead, held = known.get("job", "01zz"), known.get("dead", "01zz"), known.get("held", "01zz")
    ask, alone = True, False
    return {
        "demo": [(alone, ["demo", "--limit", "0"], [2])],
        "up": [(alone, ["up", "--config", "none.yaml"], [1])],
        "store": [(alone, ["store", "--config", "none.yaml"], [1])],
        "coordinator": [(alone, ["coordinator", "--config", "none.yaml"], [1])],
        "provider": [(alone, ["provider", "--config", "none.yaml"], [1])],
        "token": [(ask, ["token", "gpu-1"], [0]), (ask, ["token", "dash", "--role", "viewer", "--expires", "30d"], [0])],
        "token list": [(ask, ["token", "list"], [0])],
        "token revoke": [(ask, ["token", "revoke", "0123456789abcdef"], [1])],
        "secret": [(alone, ["secret"], [2])],
        "secret set": [(ask, ["secret", "set", "maps.key", "--from-file", "x.txt"], [0]), (alone, ["secret", "set", "maps.key", "x"], [2])],
        "secret list": [(ask, ["secret", "list"], [0])],
        "secret remove": [(ask, ["secret", "remove", "nosuch"], [1])],
        "secret rekey": [(ask, ["secret", "rekey"], [0])],
        "deploy": [(ask, ["deploy", "f.yaml"], [0])],
        "functions": [(ask, ["functions"], [0]), (ask, ["functions", "good"], [0, 1])],
        "remove": [(ask, ["remove", "nosuch"], [1])],
        "put": [(ask, ["put", "x.txt", "s3://else/where/"], [0])],
        "get": [(ask, ["get", "s3://good/in/a.txt", "got-%d"], [0, 1]), (ask, ["get", "s3://none/x", "y", "--wait", "1"], [1])],
        "ls": [(ask, ["ls"], [0]), (ask, ["ls", "s3://good/in/"], [0, 1]), (ask, ["ls", "s3://none/"], [1])],
        "jobs": [(ask, ["jobs"], [0]), (ask, ["jobs", "--all"], [0]), (ask, ["jobs", "--state", "dead,refused"], [0])],
        "job": [(ask, ["job", job], [0, 1]), (ask, ["job", dead], [0, 1]), (ask, ["job", held], [0, 1]), (ask, ["job", "nosuch"], [1, 2])],
        "logs": [(ask, ["logs", dead], [0, 1])],
        "cancel": [(ask, ["cancel", "01zz", "01zy"], [1])],
        "redrive": [(ask, ["redrive", job], [1])],
        "discard": [(ask, ["discard", job], [1])],
        "gpus": [(ask, ["gpus"], [0])],
        "explain": [(ask, ["explain", "s3://" + k], [0]) for k in ("good/" + LONG, "bad/in/b.txt", "chain/out/a.txt", "held/in/second", "none/x")],
        "ledger": [(alone, ["ledger"], [2])],
        "ledger list": [(ask, ["ledger", "list"], [0])],
        "ledger show": [(ask, ["ledger", "show", "0"], [0, 1])],
        "ledger verify": [(ask, ["ledger", "verify"], [0])],
        "ledger prove": [(ask, ["ledger", "prove", "0"], [0, 1])],
        "ledger checkpoint": [(ask, ["ledger", "checkpoint"], [0])],
        "ledger key": [(ask, ["ledger", "key"], [0])],
        "webhook": [(ask, ["webhook"], [0, 1]), (ask, ["webhook", "minio.default"], [1])],
        "validate": [(alone, ["validate", "f.yaml"], [0]), (alone, ["validate", "none.yaml"], [1, 2])],
        "init": [(alone, ["init", "new-%d"], [0]), (alone, ["init", "new-%d", "--sample", "thumbnails"], [0]), (alone, ["init", "x", "--sample", "thumbnail"], [2])],
        "doctor": [(alone, ["doctor"], [0, 1])],
        "backup": [(alone, ["backup", "b-%d.zip"], [0, 1])],
        "restore": [(alone, ["restore", "none.zip", "--data", "back"], [1])],
        "retention": [(ask, ["retention"], [0]), (ask, ["retention", "--logs", "30d", "--notices", "1h", "--jobs", "365d"], [0]), (ask, ["retention", "--logs", "30"], [2])],
        "retention run": [(ask, ["retention", "run"], [1])],
        "convert": [(alone, ["convert", "oscar.yaml"], [0])],
        "bench": [(alone, ["bench", "nosuch"], [2])],
        "completion": [(alone, ["completion"], [0])],
        "version": [(alone, ["version"], [0])],
    }


OSCAR = """functions:
  oscar:
  - here:
      name: old
      image: busybox
      memory: 512Mi
      script: f.sh
      input:
      - {storage_provider: minio.default, path: old/in}
      output:
      - {storage_provider: minio.default, path: old/out}
"""


class Check:
    """Looks at many commands side by side, and keeps what it saw."""

    def fail(self, what):
        self.bad += 1
        print(f"FAILED - {what}", file=sys.stderr)

    def __init__(self, only, keep):
        self.only, self.keep = only, keep
        self.pool = concurrent.futures.ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)))
        self.pending, self.bad, self.count = [], 0, 0

    def look(self, where, name, words, folder, expected, **how):
        if self.only and name.split()[0] != self.only.split()[0]:
            return
        self.count += 1
        wide = name in WIDE or how.pop("wide", False)
        bounds = {k: how.pop(k) for k in ("wall", "cpu") if k in how}
        words = [w % self.count if "%d" in w else w for w in words]
        future = self.pool.submit(run, words, folder, **how)
        self.pending.append((where, future, expected, wide, bounds))

    def settle(self):
        for where, future, expected, wide, bounds in self.pending:
            seen = future.result()
            found = faults(seen, expected, wide, bounds.get("wall", WALL), bounds.get("cpu", CPU))
            how = ("colours" if seen.colours else "NO_COLOR") if seen.tty else "pipe"
            if self.keep:
                with open(self.keep / f"{where}-{how}.txt", "a") as screen:
                    screen.write(f"$ millrace {seen.line}   [{seen.code}, {seen.wall:.1f} s, CPU {seen.cpu:.1f} s]\n{seen.out}{seen.err}\n")
            for fault in found:
                self.bad += 1
                print(f"FAILED - {where}, {how}: millrace {seen.line}: {fault}", file=sys.stderr)
        print(f"looked at {self.count} screens so far, {self.bad} faults", flush=True)
        self.pending = []


def every(check, where, folder, known, ways, expected=None, more=()):
    """All commands in one condition; `expected` replaces the codes of those that ask a coordinator."""
    names = commands()
    for name, tried in lines_of(known).items():
        for asks, words, codes in tried[:1] if expected is not None else tried:
            if expected is not None and not asks and where != "nobody":
                continue
            for tty, colours, as_json in ways:
                if as_json and not names[name]:
                    continue
                wanted = [expected] if asks and expected is not None else codes
                line = words + (list(more) if asks else []) + (["--json"] if as_json else [])
                check.look(where, name, line, folder, wanted, tty=tty, colours=colours)


COLOURS, PLAIN, JSON = (True, True, False), (True, False, False), (False, True, True)


def runs(folder):
    """Processes of functions whose folder this is."""
    found = subprocess.run(["pgrep", "-f", f"{folder}/.millrace/provider/runs/"], capture_output=True, text=True)
    return found.stdout.split()


def end_runs(folder):
    """Functions outlive their provider, and another starts where one is cancelled: ended when nothing starts any more."""
    for pid in runs(folder):
        try:
            os.killpg(os.getpgid(int(pid)), signal.SIGKILL)
        except ProcessLookupError:
            pass  # its group went with the one before


def prepare(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "f.yaml").write_text(FUNCTIONS)
    (folder / "oscar.yaml").write_text(OSCAR)
    (folder / "f.sh").write_text("true\n")
    (folder / "x.txt").write_text("x\n")
    (folder / "wrong").write_text("a-token-that-nobody-gave-out\n")


def stopped(check, folder):
    """jobs --watch says that the coordinator has stopped, and `up` looks well on a terminal."""
    folder.mkdir()
    (folder / "millrace.yaml").write_text(CONFIG)
    pool = concurrent.futures.ThreadPoolExecutor(1)
    up = pool.submit(run, ["up", "--config", "millrace.yaml", "--port", "0", "--store-port", "0"], folder, True, True, 60 * PATIENCE, "Ctrl-C")
    seen = up.result()
    found = faults(seen, [0, 130, 143], wide=False, limit=60 * PATIENCE, cpu=20)
    if not seen.out.startswith("Starting on .millrace ...\n"):
        found.append(f"says not at once what it does: {seen.out[:200]!r}")
    for fault in found:
        check.bad += 1
        print(f"FAILED - up on a terminal: {fault}", file=sys.stderr)
    system = System(folder / "watched").up()
    watching = pool.submit(run, ["jobs", "--watch"], system.folder, False, True, 60 * PATIENCE)
    end = time.monotonic() + 20 * PATIENCE
    while not connected(system.folder) and time.monotonic() < end:
        time.sleep(0.1)
    system.stop()
    seen = watching.result()
    if seen.code != 3 or "millrace up" not in seen.err:
        check.bad += 1
        print(f"FAILED - jobs --watch after the coordinator's end: {seen.code} {seen.out}{seen.err}", file=sys.stderr)
    return system


def connected(folder):
    """Whether somebody is connected to this coordinator's API."""
    endpoint = json.loads((folder / ".millrace/coordinator.json").read_text())["endpoint"]
    port = f":{int(endpoint.rsplit(':', 1)[1]):04X}"
    tables = [pathlib.Path(t).read_text().splitlines()[1:] for t in ("/proc/net/tcp", "/proc/net/tcp6") if os.path.exists(t)]
    rows = [line.split() for table in tables for line in table]
    return any(row[2].endswith(port) and row[3] == "01" for row in rows)


def many(check, folder, known_system):
    """100,000 jobs that ended, with all they left, and as many that wait: what must not become slow."""
    began = time.monotonic()
    seed(known_system, MANY)
    print(f"seeded and started after {time.monotonic() - began:.0f} s", flush=True)
    used, ready = known_system.cpu(), known_system.ready
    others, stolen = known_system.neighbours
    print(f"ready after {ready:.1f} s with {2 * MANY} jobs, CPU {used:.1f} s, heap {known_system.heap():.0f} MiB; others used {others:.0f} % of the machine, {stolen:.0f} % was stolen: the restart is judged by {'the clock' if quiet(others, stolen) else 'its CPU'}", flush=True)
    fault = restart_fault(ready, used, others, stolen, PATIENCE)
    if fault:
        check.fail(fault)
    ended = {state: known_system.ask("jobs", "--function", "many", "--state", state, "--limit", "1")[0] for state in ENDED}
    waiting = known_system.ask("jobs", "--state", "waiting", "--limit", "2")
    entries = known_system.ask("ledger", "list", "--from", str(MANY * 9 // 10), "--limit", "1")
    if not entries or entries[0]["index"] != MANY * 9 // 10:
        check.fail(f"the ledger has no entry {MANY * 9 // 10}: {entries}")
    lines = [
        ["jobs"], ["jobs", "--all"], ["jobs", "--state", "waiting", "--bucket", "held"], ["jobs", "--limit", "500"],
        ["jobs", "--state", "dead,refused"], ["jobs", "--function", "good", "--state", "dead"], ["jobs", "--bucket", "bad"],
        ["jobs", "--function", "many"], ["jobs", "--function", "many", "--state", "dead,cancelled,input-gone"],
        ["job", waiting[0]["id"]], *(["job", job["id"]] for job in ended.values()), ["logs", ended["dead"]["id"]],
        ["logs", ended["succeeded"]["id"]], ["explain", "s3://held/in/waiting-" + str(MANY - 1)], ["explain", "s3://held/in/waiting-7"],
        *(["explain", f"s3://many/in/{n:06}.txt"] for n in (0, MANY // 2)), ["explain", "s3://many/out/000001.txt"],
        ["gpus"], ["functions"], ["functions", "many"], ["ls"], ["ls", "s3://held"], ["ls", "s3://many"],
        ["ls", "s3://many/in/"], ["ls", "s3://many/in/", "--limit", "20"], ["ls", "s3://many", "--recursive", "--summarize"],
        ["get", "s3://many/in/000077.txt", "got-%d"], ["put", "x.txt", "s3://many/else/"],
        ["ledger", "list"], ["ledger", "list", "--from", str(MANY * 9 // 10)], ["ledger", "show", str(MANY - 1)],
        ["ledger", "prove", str(MANY // 2)], ["ledger", "checkpoint"], ["ledger", "verify"],
        ["cancel", waiting[1]["id"]], ["redrive", ended["cancelled"]["id"]], ["discard", ended["refused"]["id"]],
        ["doctor"], ["backup", "many-%d.zip"],
    ]
    for words in lines:
        for tty, colours, as_json in (COLOURS, JSON) if words[0] != "backup" else (COLOURS,):
            check.look("many", " ".join(words[:2]) if words[0] == "ledger" else words[0], words + (["--json"] if as_json else []), known_system.folder, CHANGES.get(words[0], [0]), tty=tty, colours=colours, **patience(words))
        check.settle()
    stopped_by_hand(check, known_system)
    restored(check, known_system)
    (known_system.folder / "late.txt").write_text("x\n")
    known_system.ask("put", "late.txt", "s3://good/in/")
    known_system.await_states({"in/late.txt": "succeeded"})
    heap = known_system.heap()
    print(f"heap after that {heap:.0f} MiB", flush=True)
    if heap > 256:
        check.fail(f"the heap holds {heap:.0f} MiB, at most 256")


ENDED = ("succeeded", "dead", "cancelled", "refused", "superseded", "input-gone", "discarded")
CHANGES = {"cancel": [0, 1], "doctor": [0, 1], "redrive": [1], "discard": [0, 1]}


def patience(words):
    """What may take its time, and shows that it does."""
    if words[0] == "backup" or words[-1] == "verify":
        return {"cpu": 60.0, "wall": 180.0 * PATIENCE, "limit": 300.0 * PATIENCE}
    return {"cpu": 15.0, "wall": 60.0 * PATIENCE, "limit": 120.0 * PATIENCE} if words in LONG_LISTS else {}


LONG_LISTS = [["jobs", "--all"], ["ls", "s3://many/in/"], ["ls", "s3://many", "--recursive", "--summarize"]]


def stopped_by_hand(check, system):
    """Long ones show how far they are, with rate and time left, and end at Ctrl-C; the coordinator rests then."""
    (system.folder / "folder").mkdir()
    for n in range(3_000):
        (system.folder / f"folder/{n}.txt").write_text(f"{n}\n")
    tries = [
        (["ledger", "verify"], " left"), (["jobs", "--all"], "waiting-"), (["ls", "s3://many/in/"], "in/0009"),
        (["get", "s3://many/in/", "gotten/"], " left"), (["put", "folder", "s3://folder/"], " left"), (["jobs", "--watch"], "waiting-"),
    ]
    for words, shown in tries:
        seen = run(words, system.folder, limit=60 * PATIENCE, until=shown)
        rested = system.rests()
        print(f"Ctrl-C: {' '.join(words)}: {seen.code} after {seen.wall:.1f} s, CPU {seen.cpu:.1f} s", flush=True)
        if seen.code != 130 or shown not in seen.out:
            check.fail(f"{' '.join(words)} did not show '{shown}' and end at Ctrl-C: {seen.code}, {seen.out[-300:]!r}")
        if not rested:
            check.fail(f"the coordinator works on after {' '.join(words)} was stopped")


def restored(check, system):
    """What was saved is brought back, beside."""
    saved = sorted(system.folder.glob("many-*.zip"))[-1]
    began = time.monotonic()
    seen = run(["restore", saved.name, "--data", "restored"], system.folder, limit=300 * PATIENCE)
    print(f"restored {saved.stat().st_size >> 20} MiB: {seen.code} in {time.monotonic() - began:.1f} s, CPU {seen.cpu:.1f} s", flush=True)
    for fault in faults(seen, [0], limit=180 * PATIENCE, cpu=60):
        check.fail(f"restore: {fault}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--all", action="store_true")
    options.add_argument("--only")
    options.add_argument("--keep", type=pathlib.Path)
    asked = options.parse_args()
    if doctest.testmod().failed:
        raise SystemExit(f"{__file__} judges wrongly")
    began = time.monotonic()
    names = commands()
    unknown = set(names) ^ set(lines_of({}))
    unsaid = {n for n, has in names.items() if not has} - set(NO_JSON)
    if unknown or unsaid:
        raise SystemExit(f"say in {__file__} how to look at {sorted(unknown)}, and why there is no --json: {sorted(unsaid)}")
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="millrace-looks."))
    check, systems = Check(asked.only, asked.keep), []
    try:
        look(check, asked, work, systems)
    finally:
        for system in systems:
            system.stop()
            end_runs(system.folder)
        shutil.rmtree(work, ignore_errors=True)
    print(f"{check.count} screens, {check.bad} faults, {time.monotonic() - began:.0f} s")
    return 1 if check.bad else 0


def look(check, asked, work, systems):
    for name in commands() if asked.all else ():
        check.look("help", name, [*name.split(), "--help"], work, [0])
    check.look("help", "millrace", [], work, [2])
    check.look("help", "millrace", ["--help"], work, [0])
    check.look("help", "millrace", ["jbos"], work, [2])
    prepare(work / "nobody")
    every(check, "nobody", work / "nobody", {}, [COLOURS] if not asked.all else [COLOURS, PLAIN, JSON], expected=3)
    check.settle()
    few = with_few(work / "few")
    systems.append(few)
    prepare(few.folder)
    jobs = few.jobs()
    told = " ".join(few.ask("explain", "s3://bad/in/b.txt")["sentences"])
    chain = " ".join(few.ask("explain", "s3://chain/in/a.txt")["sentences"])
    if "what went wrong: red" not in told or "made from s3://good/in/a.txt" not in chain:
        check.bad += 1
        print(f"FAILED - explain tells too little: {told}; {chain}", file=sys.stderr)
    store = re.search(r"http://[\w.:]+", (few.folder / ".millrace/store.env").read_text()).group()
    check.look("few", "jobs", ["jobs", "--endpoint", store], few.folder, [3])
    known = {"job": jobs["in/a.txt"]["id"], "dead": jobs["in/b.txt"]["id"], "held": jobs["in/second"]["id"]}
    every(check, "few", few.folder, known, [COLOURS, JSON] if not asked.all else [COLOURS, PLAIN, JSON])
    every(check, "token", few.folder, known, [PLAIN] if not asked.all else [COLOURS, PLAIN, JSON], expected=4, more=["--token-file", "wrong"])
    check.settle()
    empty = stopped(check, work / "empty")
    prepare(empty.folder)
    check.look("stopped", "jobs", ["jobs"], empty.folder, [3])
    check.look("stopped", "doctor", ["doctor"], empty.folder, [0, 1])
    check.settle()
    systems.append(empty.up())
    every(check, "empty", empty.folder, {}, [PLAIN] if not asked.all else [COLOURS, PLAIN, JSON])
    check.settle()
    if asked.all:
        many(check, work, few)


if __name__ == "__main__":
    sys.exit(main())

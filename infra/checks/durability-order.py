"""Reads strace's log of a store that was sent PUTs one after the other: each answer's order of syncs."""
import re
import sys

BLOB = re.compile(r"/blobs/([0-9a-f]{2})/([0-9a-f]{32})>")
SHARD = re.compile(r"/blobs/([0-9a-f]{2})>")
LINE = re.compile(r"^(\d+)\s+([\d.]+) (.*)$")


def calls(path):
    """Yields (start, end, text) of each call; a call cut in two is put together again."""
    unfinished = {}
    with open(path, errors="replace") as log:
        for line in log:
            match = LINE.match(line)
            if not match:
                continue
            thread, time, text = match.group(1), float(match.group(2)), match.group(3)
            if text.endswith("<unfinished ...>"):
                unfinished[thread] = (time, text[: -len("<unfinished ...>")])
            elif text.startswith("<... "):
                start, head = unfinished.pop(thread, (time, ""))
                yield start, time, head + text[text.index(">") + 1 :]
            else:
                yield time, time, text


def in_order(number, what, *times):
    """Ends the check when one did not happen, or not in this order."""
    if None in times or list(times) != sorted(times):
        sys.exit(f"answer {number} came before it was durable: {what} = {times}")


class Before:
    """What was seen since the last answer."""

    def __init__(self):
        self.shard = self.blob = self.directory = self.wal = self.bytes = None

    def see(self, start, end, text, number):
        sync = text.startswith(("fsync(", "fdatasync("))
        done = text.rstrip().endswith("= 0")
        if text.startswith("openat(") and "O_CREAT" in text and BLOB.search(text):
            self.shard, self.blob, self.directory, self.wal = BLOB.search(text).group(1), None, None, None
        elif sync and done and BLOB.search(text):
            self.blob = end
        elif sync and done and SHARD.search(text) and SHARD.search(text).group(1) == self.shard:
            self.directory = end
        elif sync and done and "names.sqlite-wal>" in text:
            self.wal = (start, end)
        elif text.startswith("pwrite64(") and "names.sqlite-wal>" in text:
            if f"object number {number}." in text:
                self.bytes = end

    def small(self, number, answered):
        synced, durable = self.wal or (None, None)
        in_order(number, "bytes in the log, log synced, 200", self.bytes, synced, durable, answered)
        print(f"answer {number}: small, log +{(durable - self.bytes) * 1e3:.2f} ms, 200 +{(answered - durable) * 1e3:.2f} ms")

    def large(self, number, answered):
        synced, durable = self.wal or (None, None)
        what = "file, directory, log synced, 200"
        in_order(number, what, self.blob, self.directory, synced, durable, answered)
        print(
            f"answer {number}: file synced, directory +{(self.directory - self.blob) * 1e3:.2f} ms,"
            f" log +{(durable - self.directory) * 1e3:.2f} ms, 200 +{(answered - durable) * 1e3:.2f} ms"
        )


def main() -> None:
    path, objects = sys.argv[1], int(sys.argv[2])
    answers, small = -1, 0
    before = Before()
    for start, end, text in calls(path):
        if "HTTP/1.1 200" not in text:
            before.see(start, end, text, answers + 1)
            continue
        answers += 1
        # The first is the bucket's.
        if answers > 0 and before.shard:
            before.large(answers, start)
        elif answers > 0:
            before.small(answers, start)
            small += 1
        before = Before()
    if answers != objects or small != (objects + 1) // 2:
        sys.exit(f"{objects} objects were answered 200, every other small; the trace shows {answers}, {small} small")
    print(
        f"before each of {answers} answers: the log with the bytes of {small} small objects was synced,"
        f" and file, directory and log of {answers - small} large ones"
    )


main()

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


def main() -> None:
    path, objects = sys.argv[1], int(sys.argv[2])
    blob = directory = wal = None
    answers = 0
    for start, end, text in calls(path):
        sync = text.startswith(("fsync(", "fdatasync("))
        done = text.rstrip().endswith("= 0")
        if text.startswith("openat(") and "O_CREAT" in text and BLOB.search(text):
            blob, directory, wal = [BLOB.search(text).group(1), None], None, None
        elif sync and done and BLOB.search(text) and blob:
            blob[1] = end
        elif sync and done and SHARD.search(text) and blob and SHARD.search(text).group(1) == blob[0]:
            directory = end
        elif sync and done and "names.sqlite-wal>" in text:
            wal = (start, end)
        elif "HTTP/1.1 200" in text and blob:
            answers += 1
            order = [blob[1], directory, wal[0] if wal else None, wal[1] if wal else None, start]
            if None in order or order != sorted(order):
                sys.exit(f"answer {answers} came before it was durable: blob, directory, wal, 200 = {order}")
            print(
                f"answer {answers}: blob synced, directory +{(directory - blob[1]) * 1e3:.2f} ms,"
                f" log +{(wal[1] - directory) * 1e3:.2f} ms, 200 +{(start - wal[1]) * 1e3:.2f} ms"
            )
            blob = None
    if answers != objects:
        sys.exit(f"{objects} objects were answered 200, the trace shows {answers}")
    print(f"blob, directory and log were synced before each of {answers} answers")


main()

import json, os, sys

frames_in, frames_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # from here on, what is printed goes to the job's log, and at once
sys.stdout.reconfigure(line_buffering=True)


def say(frame):
    body = json.dumps(frame).encode()
    frames_out.write(b"%d\n%s" % (len(body), body))
    frames_out.flush()


def work(job):
    name = os.path.basename(job["environment"]["INPUT_FILE_PATH"])
    with open(os.path.join(job["input"], name)) as file:
        text = file.read()
    print("read", len(text), "characters")
    with open(os.path.join(job["output"], name), "w") as file:
        file.write(text.upper())


# Load here what takes its time: a model, a table, a connection.
say({"millrace": 1})
while length := frames_in.readline():
    job = json.loads(frames_in.read(int(length)))
    if "job" not in job:
        break
    try:
        work(job)
        say({"job": job["job"], "exit": 0})
    except Exception as failure:
        print("failed:", failure)
        say({"job": job["job"], "exit": 1})

"""Takes what a store posts and keeps each message as it came: recorder.py FOLDER

Prints the port that it listens on, then writes FOLDER/001.json, 002.json and so on.
"""

import http.server
import itertools
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
numbers = itertools.count(1)


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body:
            number = next(numbers)
            part = folder / f"{number:03}.part"
            part.write_bytes(body)
            part.rename(folder / f"{number:03}.json")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
print(server.server_address[1], flush=True)
server.serve_forever()

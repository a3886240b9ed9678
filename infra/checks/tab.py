#!/usr/bin/env python3
"""Presses TAB in a real shell and tells the words that the line then has.

    infra/checks/tab.py bash|zsh|fish SCRIPT LINE...

Each line is typed behind a prompt, then TAB; what the shell would run is printed, a word a line, and an
empty line behind it. Runs in the current folder, on a terminal of its own. Needs Python 3.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time

PATIENCE = float(os.environ.get("PATIENCE", "1"))
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source '%s'; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'"),
    "zsh": (["zsh", "-f", "-i"], "autoload -Uz compinit && compinit -u -D; source '%s'; bindkey -e; unsetopt beep; unset zle_bracketed_paste"),
    "fish": (["fish", "--no-config", "-i"], "source '%s'; function fish_prompt; end"),
}
ESCAPE = re.compile(r"\x1b(\[[0-9;?>=]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|.)")


class Typist:
    def __init__(self, shell, script, home):
        words, setup = SHELLS[shell]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", HOME=home, HISTFILE="/dev/null", PS1="> ", LC_ALL="C.UTF-8")
            os.execvp(words[0], words)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
        self.run(setup % script)

    def until(self, text, limit):
        got, end = "", time.monotonic() + limit * PATIENCE
        while text not in got:
            if time.monotonic() > end:
                raise SystemExit(f"tab: '{text}' did not come: {got!r}")
            if select.select([self.terminal], [], [], 0.2)[0]:
                got += os.read(self.terminal, 65536).decode("utf-8", "replace")
        return got

    def settle(self, quiet, limit):
        """Reads until nothing has come for so long."""
        end, last, got = time.monotonic() + limit * PATIENCE, time.monotonic(), ""
        while time.monotonic() < end and time.monotonic() - last < quiet:
            if select.select([self.terminal], [], [], 0.1)[0]:
                got += os.read(self.terminal, 65536).decode("utf-8", "replace")
                last = time.monotonic()
        return got

    def type(self, text):
        os.write(self.terminal, text.encode())

    def run(self, line):
        self.type(line + "; printf 'DO%s\\n' NE\r")
        self.until("DONE", 30)
        self.settle(0.3, 5)

    def words(self, line):
        """Completes the line; its words are printed to a file, not to a screen that is drawn over."""
        answer = tempfile.mktemp(prefix="millrace-tab.")
        self.type(line)
        self.settle(0.3, 5)
        self.type("\t")
        # What is typed meanwhile waits for the shell: to the beginning of the line, where the words are
        # made those of another command.
        self.type("\x01printf '%s\\n' \x05 >" + answer + "; printf 'DO%s\\n' NE\r")
        self.until("DONE", 30)
        self.settle(0.2, 5)
        with open(answer, encoding="utf-8") as told:
            found = told.read()
        os.unlink(answer)
        return found


def main():
    shell, script, lines = sys.argv[1], sys.argv[2], sys.argv[3:]
    with tempfile.TemporaryDirectory(prefix="millrace-tab.") as home:
        typist = Typist(shell, script, home)
        for line in lines:
            print(typist.words(line))
        os.close(typist.terminal)
        os.waitpid(typist.pid, 0)


if __name__ == "__main__":
    main()

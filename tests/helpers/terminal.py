#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command on a pseudo-terminal as a shell would, and acts on it step by step.

terminal.py [--size ROWSxCOLUMNS] [STEP...] -- COMMAND [ARG...]

    expect=REGEX     until the output that has not been matched yet holds it (10 s, else failure)
    send=TEXT        types it; \\n \\r \\x03 and the like are read
    pause=SECONDS    nothing is typed meanwhile
    resize=RxC       the window changes
    signal=NAME      to the command (nsctl), not to its children
    modes            prints "modes same" or "modes differ": the terminal's against those before the command
    wait             until the command has ended; prints "status N" (128+N for signal N)
    restored         until the modes are those from before (2 s, else failure)
    typed            prints what stands in the terminal's input that nobody has read
    keep=NAME        puts the last match into the output as "NAME: match"
    pts              prints the name of the terminal

The command is in the foreground group of a session whose leader is not the command, as with a shell: the terminal outlives it.
What the command writes is printed only when a step fails.
"""

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
import tty


class Failure(Exception):
    pass


def set_size(fd, text):
    rows, columns = (int(part) for part in text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def lead(slave, command, report):
    """The session's leader: starts the command in a group of its own, in the foreground, and reports how it ended."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    # what a terminal that closes would send
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.read(ready, 1)
        for number in (signal.SIGTTOU, signal.SIGHUP, signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        for fd in range(3):
            os.dup2(slave, fd)
        os.closerange(3, 64)
        os.execvp(command[0], command)
    os.setpgid(pid, pid)
    os.tcsetpgrp(slave, pid)
    os.write(report, b"pid %d\n" % pid)
    os.write(go, b"g")
    _, status = os.waitpid(pid, 0)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    os.write(report, b"status %d\n" % code)
    # the terminal stays open, so that its modes can be looked at
    signal.pause()


class Terminal:
    def __init__(self, size, command):
        self.master, self.slave = os.openpty()
        set_size(self.master, size)
        self.before = termios.tcgetattr(self.master)
        self.output, self.seen, self.match = "", 0, None
        self.report, ours = os.pipe()
        self.status = self.pid = None
        self.buffer = b""
        self.leader = os.fork()
        if self.leader == 0:
            try:
                lead(self.slave, command, ours)
            finally:
                os._exit(99)
        os.close(ours)
        while self.pid is None:
            self.pump(10)

    def pump(self, seconds):
        ready, _, _ = select.select([self.master, self.report], [], [], max(seconds, 0))
        if self.master in ready:
            self.output += os.read(self.master, 65536).decode(errors="replace")
        if self.report in ready:
            self.buffer += os.read(self.report, 4096)
            while b"\n" in self.buffer:
                line, self.buffer = self.buffer.split(b"\n", 1)
                word, number = line.split()
                if word == b"pid":
                    self.pid = int(number)
                else:
                    self.status = int(number)
        return bool(ready)

    def until(self, seconds, condition, what):
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failure(what)
            self.pump(min(left, 0.02))

    def expect(self, pattern):
        def found():
            self.match = re.compile(pattern, re.S).search(self.output, self.seen)
            return self.match
        self.until(30, found, f"no {pattern!r} in what was not matched yet")
        self.seen = self.match.end()

    def drain(self):
        while self.pump(0.05) and select.select([self.master], [], [], 0)[0]:
            pass

    def modes_same(self):
        return termios.tcgetattr(self.master) == self.before

    def unread(self):
        """What was typed, or put in by TIOCSTI, and never read."""
        modes = termios.tcgetattr(self.slave)
        tty.setcbreak(self.slave, termios.TCSANOW)
        os.set_blocking(self.slave, False)
        try:
            return os.read(self.slave, 4096).decode(errors="replace")
        except BlockingIOError:
            return ""
        finally:
            os.set_blocking(self.slave, True)
            termios.tcsetattr(self.slave, termios.TCSANOW, modes)

    def step(self, text):
        name, _, value = text.partition("=")
        if name == "expect":
            self.expect(value)
        elif name == "keep":
            print(f"{value}: {self.match.group(self.match.lastindex or 0)}")
        elif name == "send":
            os.write(self.master, value.encode().decode("unicode_escape").encode())
        elif name == "pause":
            time.sleep(float(value))
        elif name == "resize":
            set_size(self.master, value)
        elif name == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + value))
        elif name == "modes":
            print("modes", "same" if self.modes_same() else "differ")
        elif name == "restored":
            self.until(5, self.modes_same, "the terminal's modes are not those from before")
        elif name == "wait":
            self.until(30, lambda: self.status is not None, "the command does not end")
            self.drain()
            print("status", self.status)
        elif name == "typed":
            print("typed", repr(self.unread()))
        elif name == "pts":
            print("pts", os.ttyname(self.slave), flush=True)
        else:
            raise Failure("unknown step: " + text)

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os.kill(self.leader, signal.SIGKILL)
        os.waitpid(self.leader, 0)


def main():
    words = sys.argv[1:]
    size = "24x80"
    if words[0] == "--size":
        size = words[1]
        words = words[2:]
    at = words.index("--")
    terminal = Terminal(size, words[at + 1:])
    try:
        for step in words[:at]:
            terminal.step(step)
    except Failure as failure:
        print(f"FAILED: {failure}; output: {terminal.output!r}")
        return 1
    finally:
        terminal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

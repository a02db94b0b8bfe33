"""The devices outside the machine: the simulators of `kuaiban simulate`, and the cable between the
PTY that a simulator opens and the socket of an emulated USB adapter."""

import json
import os
import select
import socket
import subprocess
import threading
import time
import termios
import tty

from machine import Failure


class Simulator:
    """`kuaiban simulate KIND`, told what to do over its standard input."""

    def __init__(self, binary, kind, log, *arguments):
        self.kind = kind
        self.lines = []
        self.process = subprocess.Popen(
            [str(binary), "simulate", kind, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(log, "w"), text=True, bufsize=1,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        self.place = self._expect(f"{kind}: ").removeprefix(f"{kind}: ")

    def _listen(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _expect(self, beginning):
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for line in self.lines:
                if line.startswith(beginning):
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure(f"the simulated {self.kind} does not come up; run `kuaiban simulate {self.kind}` by hand")

    def tell(self, command):
        """One command; its first line of answer."""
        count = len(self.lines)
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + 15
        while len(self.lines) == count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure(f"the simulated {self.kind} does not answer to \"{command}\"")
            time.sleep(0.02)
        answer = self.lines[count]
        if answer.startswith("error"):
            raise Failure(f"the simulated {self.kind} refuses \"{command}\": {answer}")
        return answer

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Cable:
    """Carries bytes between a PTY and the socket of an adapter, for as long as both exist. The
    socket stays when the adapter is pulled and plugged into another place: the cable is the same."""

    def __init__(self, pty, adapter):
        self.line = os.open(pty, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.line)
        # The simulators hear only their own speed; that of the emulated adapter does not come out.
        settings = termios.tcgetattr(self.line)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(self.line, termios.TCSANOW, settings)
        self.adapter = socket.socket(socket.AF_UNIX)
        self.adapter.connect(str(adapter))
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self):
        try:
            while True:
                ready, _, _ = select.select([self.line, self.adapter], [], [])
                if self.line in ready:
                    content = os.read(self.line, 4096)
                    self.adapter.sendall(content)
                if self.adapter in ready:
                    content = self.adapter.recv(4096)
                    if not content:
                        return
                    while content:
                        content = content[os.write(self.line, content) :]
        except OSError:
            pass

    def cut(self):
        self.adapter.close()
        os.close(self.line)


def books(path):
    """What the simulated platform has in its books, or nothing yet."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}

"""Programs as child processes: started, logged, waited for, and certainly gone afterwards."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_ports_taken: set[int] = set()


class NotReady(Exception):
    """Something did not become true in time; the message says what and where the logs are."""


def free_port() -> int:
    """Return a loopback port nobody listens on.

    Chosen below the range that the kernel hands out for outgoing connections, or one of those could take the port
    between this look and the program's start.
    """
    for _ in range(1000):
        port = random.randint(15000, 32000)
        if port in _ports_taken:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _ports_taken.add(port)
        return port
    raise NotReady("no free port between 15000 and 32000")


def wait_for(what: str, check: Callable[[], object], timeout: float, every: float = 0.25) -> None:
    """Call `check` until it returns something true; an exception of its own counts as "not yet".

    Raises NotReady with the last answer after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = check()
        except (OSError, RuntimeError, LookupError, ValueError) as error:
            last = error
        else:
            if last:
                return
        time.sleep(every)
    raise NotReady(f"{what}: not within {timeout:g} s; last seen: {last!r}")


def make_accessible(folder: Path) -> None:
    """Let us list and delete what a program keeps to itself, as the repo-server does with what it fetches."""
    # A Git that has outlived its parent may still remove files, which need no rights then.
    subprocess.run(["chmod", "-R", "u+rwX", folder], capture_output=True, check=False)


def _die_with_parent() -> None:
    """Ask the kernel to kill this child when the thread that started it ends, however it ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One program; `start` may be called again after `stop` or `kill`, the log is then continued."""

    def __init__(self, name: str, argv: Sequence[str | Path], env: Mapping[str, str], logs: Path, cwd: Path) -> None:
        self.name = name
        self.argv = [str(word) for word in argv]
        self.env = dict(env)
        self.log = logs / f"{name}.log"
        self.cwd = cwd
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the program has been started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running program."""
        if self._popen is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._popen.pid

    def start(self) -> None:
        """Start the program in a process group of its own, so that its children can be ended with it."""
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.argv,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def wait_ready(self, check: Callable[[], object], timeout: float = 60) -> None:
        """Wait until `check` is true; raises NotReady with the end of the log, at once if the program ended."""

        def alive_and_ready() -> object:
            if not self.running:
                raise NotReady(f"{self.name} ended; end of {self.log}:\n{self.tail()}")
            return check()

        try:
            wait_for(self.name, alive_and_ready, timeout)
        except NotReady as error:
            raise NotReady(f"{error}\nend of {self.log}:\n{self.tail()}") from None

    def stop(self, timeout: float = 10) -> None:
        """End the program as a pod is ended: SIGTERM, then SIGKILL for whoever of its group is left."""
        self._signal(signal.SIGTERM)
        if self._popen is not None:
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """End the program and its children at once, as a crash would."""
        self._signal(signal.SIGKILL)
        if self._popen is not None:
            self._popen.wait()

    def tail(self, lines: int = 25) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def memory(self) -> int:
        """Return the largest resident size so far, in bytes (0 where the system does not tell)."""
        status = Path(f"/proc/{self.pid}/status")
        if not self.running or not status.exists():
            return 0
        peak = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(peak[0].split()[1]) * 1024 if peak else 0

    def _signal(self, number: signal.Signals) -> None:
        if self._popen is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, number)


class Processes:
    """All programs of one installation; leaving the context ends them, the last started first."""

    def __init__(self, folder: Path) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._all: list[Process] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._all):
            process.stop(timeout=3)

    def start(self, name: str, argv: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Process:
        """Start a program with nothing of our environment but PATH and GOGC, folders of its own and `env`."""
        scratch = self.folder / "tmp"
        scratch.mkdir(exist_ok=True)
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(scratch)}
        # A third of what Go programs do here is to collect garbage, and there is memory enough.
        plain["GOGC"] = os.environ.get("GOGC", "400")
        process = Process(name, argv, {**plain, **(env or {})}, self.logs, self.folder)
        self._all.append(process)
        process.start()
        return process

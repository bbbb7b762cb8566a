"""What the tests of ``publish.isolate`` let run in a process of its own; a fresh Python finds it by name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from publish.errors import Place, Problem, PublishError


def double(number: int, times: int = 2) -> int:
    return number * times


def same(value: object) -> object:
    return value


def refuse() -> None:
    raise PublishError(Problem("wrong", Place("a.yaml", 2, 3), "right it"), Problem("more", kind="more"))


def fail() -> None:
    raise ZeroDivisionError("a bug of ours")


def take_memory(megabytes: int) -> int:
    return len(b"x" * (megabytes << 20))


def take_memory_and_hide_it(megabytes: int) -> None:
    try:
        take_memory(megabytes)
    except MemoryError as error:
        raise ValueError("something went wrong") from error


def compute() -> None:
    while True:
        pass


def wait() -> None:
    time.sleep(600)


def dive(depth: int = 0) -> int:
    return dive(depth + 1) + 1


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(3)


def speak() -> str:
    sys.stdout.write("to nobody\n")
    sys.stderr.write("to nobody\n")
    sys.stdout.flush()
    os.write(1, b"to nobody\n")
    os.write(2, b"to nobody\n")
    return "done"


def leave_a_file() -> str:
    handle, name = tempfile.mkstemp()
    os.write(handle, b"x")
    os.close(handle)
    return name


def leave_a_file_and_die() -> None:
    leave_a_file()
    be_killed()


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def write(path: str) -> None:
    Path(path).write_bytes(b"x")


def reach(what: str, path: str) -> None:
    """Do something that no rendering or reading needs."""
    match what:
        case "mkdir":
            Path(path).mkdir()
        case "unlink":
            Path(path).unlink()
        case "rename":
            Path(path).rename(f"{path}-2")
        case "connect":
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        case "resolve":
            socket.getaddrinfo("health.example", 80)
        case "program":
            subprocess.run([sys.executable, "-c", ""], check=True)
        case "system":
            os.system("true")
        case "fork":
            os.waitpid(os.fork() or os._exit(0), 0)  # type: ignore[func-returns-value]
        case _:
            raise ValueError(what)


class Unknown:
    """No value of ours."""


class Harmful:
    """Would run a program when it is read from a pickle."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def value(name: str) -> object:
    """Return something that is no value of ours; it is made here, so that it travels one way only."""
    return {"unknown": Unknown(), "harmful": Harmful(), "function": len, "path": Path("x")}[name]

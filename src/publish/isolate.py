"""Run a function in a process of its own, within limits: its result comes back, or a problem in plain words.

Layer 1. An article, a layout or a file from elsewhere may be made (or may happen) to use up a machine, to
crash a library written in C, or to reach for files and addresses it has no business with. What reads or
renders such things runs here: with limits on memory, computing time and waiting time; unable to write, to
use the network or to start programs; able to read only the folders it was given.

On Linux the process is a fork, which costs milliseconds and has every module that was imported before; on
other systems, and where threads run (a fork would take over their locks, but not them), a fresh Python.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar

from publish.errors import Problem, PublishError

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use: seconds of computing, seconds by the clock, bytes of memory.

    The clock is there for what waits and never computes; it is lenient, because other programs may keep
    the processors busy. Memory counts from what is mapped when the run begins.
    """

    computing: int
    waiting: float
    memory: int = 1_200_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """What is being done, as messages call it: "making edition “handout” of asthma".

    ``hint`` is what somebody can do when it takes too much. ``reads`` are the folders that may be read,
    beside the programs' own.
    """

    what: str
    limits: Limits
    hint: str = ""
    reads: tuple[Path, ...] = ()

    def problem(self, message: str) -> PublishError:
        return PublishError(Problem(f"{self.what} {message}", hint=self.hint, kind="limit"))


class TaskError(Exception):
    """A bug of ours that came up in the other process, doing ``what``; ``trace`` is its traceback there."""

    def __init__(self, what: str, trace: str) -> None:
        super().__init__(f"{what}:\n{trace}")
        self.what = what


def run(job: Job, function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """Return ``function(*given, **named)``, done in a process of its own.

    A ``PublishError`` raised there is raised here; so is one for every limit that was hit. Results are
    values of the model, of problems and of readings, or built-in ones: nothing else is accepted from a
    process that has touched what nobody trusts.
    """
    with start(job, function, *given, **named) as task:
        return task.result()


def start(
    job: Job, function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Task[Result]:
    """Begin ``function(*given, **named)``; several tasks may run side by side."""
    forked = sys.platform == "linux" and threading.active_count() == 1
    return (_Forked if forked else _Spawned)(job, lambda: function(*given, **named), (function, given, named))


def side_by_side(starts: Iterable[Callable[[], Task[Result]]], most: int) -> Iterator[Result]:
    """Yield the results of tasks in their order, up to ``most`` of them running at a time.

    At the first problem the others are ended.
    """
    running: deque[Task[Result]] = deque()
    try:
        for begin in starts:
            running.append(begin())
            if len(running) == most:
                yield _next(running)
        while running:
            yield _next(running)
    finally:
        for task in running:
            task.end()


def _next(running: deque[Task[Result]]) -> Result:
    with running.popleft() as task:
        return task.result()


# --- the process that asks -------------------------------------------------------------------

_CRASHES = {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGTRAP}
_LATE = 30.0
"""Seconds more for a result that has begun to come: it may be large, and nobody read it until now."""

_RESULT, _PROBLEMS, _MEMORY, _DEPTH, _BUG = b"R", b"P", b"M", b"D", b"B"
"""How an answer begins. What follows is pickled, but for the text of a bug."""


class Task(Generic[Result]):
    """A run that has begun. ``result`` waits for its end; leaving the ``with`` ends it in any case."""

    def __init__(self, job: Job) -> None:
        self.job = job
        # Libraries leave files in it when they are killed, so it is ours to delete.
        self.scratch = tempfile.mkdtemp(prefix="publish-")
        self.deadline = time.monotonic() + job.limits.waiting
        self.pipe: int | None = None

    def __enter__(self) -> Task[Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def result(self) -> Result:
        answer = self._answer()
        code = self._wait()
        kind, body = answer[:1], answer[1:]
        if kind == _RESULT and code == 0:
            result: Result = _Trusted(io.BytesIO(body)).load()
            return result
        if kind == _PROBLEMS:
            raise PublishError(*_Trusted(io.BytesIO(body)).load())
        if kind == _BUG:
            raise TaskError(self.job.what, body.decode("utf-8", "replace"))
        raise self.job.problem(self._end_of_it(kind, code))

    def _answer(self) -> bytes:
        assert self.pipe is not None, "a task has one result"
        answer = bytearray()
        ready = select.poll()
        ready.register(self.pipe, select.POLLIN)
        while ready.poll(max(self.deadline - time.monotonic(), 0) * 1000):
            piece = os.read(self.pipe, 1 << 20)
            if not piece:
                return bytes(answer)
            if not answer:
                self.deadline = max(self.deadline, time.monotonic() + _LATE)
            answer += piece
            if len(answer) > self.job.limits.memory:
                break
        self.end()
        raise self.job.problem(f"took more than {self.job.limits.waiting:.0f} seconds and was stopped")

    def _end_of_it(self, kind: bytes, code: int) -> str:
        """Say why a process ended without a result; ``code`` is negative for the signal that ended it."""
        limits = self.job.limits
        if kind == _MEMORY:
            return f"needed more than {limits.memory // 1_000_000} megabytes of memory and was stopped"
        if kind == _DEPTH:
            return "broke off: something stands too many levels deep inside itself"
        if code == -signal.SIGXCPU:
            return f"took more than {limits.computing} seconds of computing and was stopped"
        if code == -signal.SIGKILL:
            return "was ended from outside, most likely because this machine ran out of memory"
        if -code in _CRASHES:
            return f"broke down ({signal.Signals(-code).name}): too large, or nested too deep"
        return f"broke off without a word (exit code {code})"

    def end(self) -> None:
        """End the process if it still runs, and leave nothing of it behind."""
        if self.pipe is not None:
            self._kill()
            self._wait()
        rmtree(self.scratch, ignore_errors=True)

    def _wait(self) -> int:
        """Return the exit code of the process once it has ended; negative for a signal."""
        assert self.pipe is not None
        os.close(self.pipe)
        self.pipe = None
        return self._reap()

    def _kill(self) -> None:
        raise NotImplementedError

    def _reap(self) -> int:
        raise NotImplementedError


class _Forked(Task[Result]):
    def __init__(self, job: Job, work: Callable[[], Result], _: object) -> None:
        super().__init__(job)
        reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(reading)
            _work(job, self.scratch, work, writing)
        os.close(writing)
        self.pipe = reading

    def _kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)  # not reaped yet, so the number is still its own

    def _reap(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


_BOOT = """\
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from publish.isolate import spawned
spawned()
"""


class _Spawned(Task[Result]):
    def __init__(self, job: Job, _: object, call: tuple[Callable[..., Result], Sequence[Any], Any]) -> None:
        super().__init__(job)
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            pass_fds=(writing,),
        )
        os.close(writing)
        self.pipe = reading
        assert self.process.stdin
        with suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(pickle.dumps(sys.path) + pickle.dumps((job, self.scratch, writing, call)))

    def _kill(self) -> None:
        self.process.kill()

    def _reap(self) -> int:
        return self.process.wait()


class _Trusted(pickle.Unpickler):
    """Reads a pickle that may be made to do harm: it can name our own values and nothing that acts."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("datetime", "date"):
            return super().find_class(module, name)
        if module.startswith("publish.") and "." not in name:
            found = super().find_class(module, name)
            is_value = hasattr(found, "__dataclass_fields__") or hasattr(found, "model_fields")
            if isinstance(found, type) and is_value:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


# --- the process that is asked ---------------------------------------------------------------


def spawned() -> NoReturn:
    """Do the work that stands in the standard input; the fresh Python of ``_Spawned`` runs this."""
    job, scratch, writing, (function, given, named) = pickle.load(sys.stdin.buffer)
    _work(job, scratch, lambda: function(*given, **named), writing)


def _work(job: Job, scratch: str, work: Callable[[], object], writing: int) -> NoReturn:
    """Do ``work`` within the limits, write the answer and end this process: no handler of it may run."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that asks hears it, and ends us
        _silence(writing)
        _limit(job.limits)
        answer = _answered(job, scratch, work)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        code = 0
    except MemoryError:
        with suppress(OSError):
            os.write(writing, _MEMORY)
    except OSError:
        pass  # the one that asked has gone
    finally:
        rmtree(scratch, ignore_errors=True)
        os._exit(code)


def _answered(job: Job, scratch: str, work: Callable[[], object]) -> bytes:
    try:
        _fence(job.reads, scratch)
        return _RESULT + pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
    except PublishError as error:
        return _PROBLEMS + pickle.dumps(error.problems, pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        # Libraries may raise something else while they deal with the one that matters.
        if _came_from(error, MemoryError):
            raise MemoryError from error
        if _came_from(error, RecursionError):
            return _DEPTH
        return _BUG + traceback.format_exc().encode()


def _came_from(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def _silence(writing: int) -> None:
    """Let libraries complain to nobody: what they say of a strange file may steer a terminal."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        if stream != writing:
            os.dup2(nothing, stream)
    sys.stdout = sys.stderr = os.fdopen(nothing, "w")
    faulthandler.disable()


def _limit(limits: Limits) -> None:
    import resource

    def at_most(what: int, value: int, more: int = 0) -> None:
        _, ceiling = resource.getrlimit(what)
        if ceiling != resource.RLIM_INFINITY:
            value, more = min(value, ceiling), 0
        resource.setrlimit(what, (value, value + more))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_CPU, limits.computing, 5)
    at_most(resource.RLIMIT_FSIZE, 256 << 20)
    if sys.platform == "linux":  # others do not keep to RLIMIT_AS
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        at_most(resource.RLIMIT_AS, mapped + limits.memory)
    # What is there already will not be garbage; looking through it again and again takes a tenth of the time.
    gc.freeze()


_REFUSED = ("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.", "subprocess.")
_WRITES = {
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.mkfifo", "os.mknod"),
    *("os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate", "os.utime"),
}


def _fence(reads: Sequence[Path], scratch: str) -> None:
    """Refuse this process, for the rest of its life, all that no rendering or reading needs.

    Python tells a hook of everything it opens and starts (PEP 578). Libraries in C are not heard: those we
    use open nothing by themselves but fonts, and are told which (render/engine.py).
    """
    import mimetypes

    mimetypes.init(())  # else the machine's own list would be read, and could change what we make
    tempfile.tempdir = scratch
    own = f"{os.path.realpath(scratch)}{os.sep}"
    # Path.resolve would raise for a link that leads to itself.
    readable = (own, *(f"{os.path.realpath(each)}{os.sep}" for each in (*map(str, reads), *_programs())))

    def watch(event: str, about: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = about
            if isinstance(path, int):
                return
            writes = flags & (os.O_WRONLY | os.O_RDWR) or set(mode or "") & set("wax+")
            real = os.path.realpath(os.fsdecode(path))
            if not real.startswith(own if writes else readable) and real != os.devnull:
                raise PermissionError(13, "not to be opened while rendering or reading", path)
        elif event.startswith(_REFUSED):
            raise PermissionError(f"{event} is refused while rendering or reading")
        elif event in _WRITES and not os.path.realpath(os.fsdecode(about[0])).startswith(own):
            # Inside a folder that is being deleted, names are relative to it.
            if event in ("os.remove", "os.rmdir") and about[1] != -1:
                return
            raise PermissionError(f"{event} is refused while rendering or reading")

    sys.addaudithook(watch)


def _programs() -> Iterator[str]:
    """Yield the folders of Python, of its packages and of ourselves."""
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix)
    yield from (str(Path(each).parent) for each in (os.__file__, __file__))
    yield from (each for each in sys.path if each.endswith(("site-packages", "dist-packages")))

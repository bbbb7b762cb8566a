"""Functions in a process of their own: what comes back, what they cannot do, and what ends them."""

from __future__ import annotations

import gc
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import isolated
import pytest

from publish import isolate
from publish.errors import Problem, PublishError
from publish.formats import FORMATS
from publish.isolate import Job, Limits, TaskError, run, side_by_side, start
from publish.project import open_project
from publish.verify.reading import Block, Reading, Span

COMPLETE = Path(__file__).parent / "projects" / "complete"
LIMITS = Limits(computing=20, waiting=60, memory=300_000_000)


def job(*reads: Path, limits: Limits = LIMITS) -> Job:
    return Job("making something", limits, "do less", reads)


@pytest.fixture(params=["forked", "spawned"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to begin a process; the second is that of other systems than Linux."""
    if request.param == "spawned":
        monkeypatch.setattr(isolate, "_Forked", isolate._Spawned)
    elif sys.platform != "linux":
        pytest.skip("processes are forked on Linux only")
    return str(request.param)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files. After every test nothing is left in it, and no process of ours."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = open_files(), children()
    yield folder
    gc.collect()  # WeasyPrint's folders, of renderings in this process
    assert list(folder.iterdir()) == []
    assert (open_files(), children()) == before


def open_files() -> list[str]:
    return sorted(each.name for each in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else []


def children() -> list[str]:
    """The processes that this one began and did not see the end of, those of other tests among them."""
    tasks = Path("/proc/self/task").glob("*/children")
    return sorted(number for task in tasks for number in task.read_text("ascii").split())


def problem(function: Callable[..., Any], *given: Any, limits: Limits = LIMITS) -> Problem:
    with pytest.raises(PublishError) as caught:
        run(job(limits=limits), function, *given)
    (found,) = caught.value.problems
    return found


# --- what comes back -------------------------------------------------------------------------


def test_the_result_comes_back(way: str) -> None:
    assert run(job(), isolated.double, 4) == 8
    assert run(job(), isolated.double, 4, times=3) == 12
    large = b"x" * 20_000_000
    assert run(job(), isolated.same, large) == large


def test_values_of_ours_come_back_as_they_were(way: str) -> None:
    reading = Reading((Block("a", "heading", "A", spans=(Span(0, 1, "strong"),)),), {"title": "A"})
    assert run(job(), isolated.same, reading) == reading
    article = open_project(COMPLETE).sources()[0].article
    assert run(job(), isolated.same, article) == article


def test_problems_come_back_as_they_were(way: str) -> None:
    with pytest.raises(PublishError) as caught:
        run(job(), isolated.refuse)
    with pytest.raises(PublishError) as direct:
        isolated.refuse()
    assert caught.value.problems == direct.value.problems


def test_a_bug_comes_back_as_a_bug_with_its_traceback(way: str) -> None:
    with pytest.raises(
        TaskError, match=r"making something:[\s\S]*in fail[\s\S]*ZeroDivisionError: a bug of ours"
    ):
        run(job(), isolated.fail)


@pytest.mark.parametrize("name", ["unknown", "harmful", "function", "path"])
def test_nothing_but_values_is_accepted(name: str, way: str) -> None:
    with pytest.raises(isolate.pickle.UnpicklingError, match="is no value"):
        run(job(), isolated.value, name)


def test_what_it_says_is_heard_by_nobody(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(job(), isolated.speak) == "done"
    assert capfd.readouterr() == ("", "")


def test_a_fork_is_not_made_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolate, "_Forked", None)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert run(job(), isolated.double, 4) == 8
    finally:
        done.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["web", "handout", "ebook"])
def test_editions_have_the_same_bytes_wherever_they_are_made(edition: str, way: str) -> None:
    project = open_project(COMPLETE)
    (source,) = project.sources()
    chosen = project.house.editions[edition]
    render, given = FORMATS[chosen.format].render, (source.article, chosen, project.house, project.layouts)
    apart = run(job(*project.layouts.folders, limits=Limits(60, 120)), render, *given)
    assert apart == render(*given)


# --- limits ----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit memory")
@pytest.mark.parametrize("function", [isolated.take_memory, isolated.take_memory_and_hide_it])
def test_memory_is_limited(function: Callable[..., object], way: str) -> None:
    assert run(job(), isolated.take_memory, 100) == 100 << 20
    found = problem(function, 600)
    assert found.message == "making something needed more than 300 megabytes of memory and was stopped"
    assert (found.kind, found.hint) == ("limit", "do less")


def test_computing_is_limited(way: str) -> None:
    began = time.monotonic()
    found = problem(isolated.compute, limits=Limits(1, 60))
    assert found.message == "making something took more than 1 seconds of computing and was stopped"
    assert time.monotonic() - began < 30


def test_waiting_is_limited(way: str) -> None:
    found = problem(isolated.wait, limits=Limits(20, 1))
    assert found.message == "making something took more than 1 seconds and was stopped"


def test_nesting_without_end_is_a_problem_and_no_traceback(way: str) -> None:
    found = problem(isolated.dive)
    assert found.message == "making something broke off: something stands too many levels deep inside itself"


def test_a_crash_is_a_problem(way: str) -> None:
    found = problem(isolated.crash)
    assert found.message == "making something broke down (SIGSEGV): too large, or nested too deep"


def test_a_kill_from_outside_is_a_problem(way: str) -> None:
    assert (
        "ended from outside, most likely because this machine ran out of"
        in problem(isolated.be_killed).message
    )


def test_an_end_without_a_word_is_a_problem(way: str) -> None:
    assert problem(isolated.leave).message == "making something broke off without a word (exit code 3)"


def test_what_a_killed_process_leaves_is_deleted(way: str, scratch: Path) -> None:
    problem(isolated.leave_a_file_and_die)
    name = run(job(), isolated.leave_a_file)
    assert name.startswith(str(scratch))
    assert not Path(name).exists()


def test_an_interrupted_wait_ends_the_process(way: str) -> None:
    with pytest.raises(KeyboardInterrupt), start(job(), isolated.wait):
        raise KeyboardInterrupt


# --- the fence -------------------------------------------------------------------------------


def test_only_given_folders_are_read(way: str, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.txt").write_bytes(b"words")
    (inside / "link.txt").symlink_to(outside / "a.txt")
    assert run(job(inside), isolated.read, str(inside / "a.txt")) == b"words"
    for path in (outside / "a.txt", inside / "link.txt", inside / ".." / "outside" / "a.txt"):
        with pytest.raises(TaskError, match="PermissionError"):
            run(job(inside), isolated.read, str(path))
    with pytest.raises(TaskError, match="PermissionError"):
        run(job(), isolated.read, "/etc/passwd")


def test_nothing_is_written_but_scratch(way: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with pytest.raises(TaskError, match="PermissionError"):
        run(job(tmp_path), isolated.write, str(file))
    assert not file.exists()


@pytest.mark.parametrize(
    "what", ["mkdir", "unlink", "rename", "connect", "resolve", "program", "system", "fork"]
)
def test_nothing_else_is_done(what: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    if what in ("unlink", "rename"):
        file.touch()
    with pytest.raises(TaskError, match="PermissionError"):
        run(job(tmp_path), isolated.reach, what, str(file))
    assert file.exists() == (what in ("unlink", "rename"))


# --- side by side ----------------------------------------------------------------------------


def test_results_come_in_the_order_of_the_tasks() -> None:
    starts = [partial(start, job(), isolated.double, n) for n in range(6)]
    assert list(side_by_side(starts, 3)) == [0, 2, 4, 6, 8, 10]


def test_no_more_run_than_may() -> None:
    running = most = 0

    def begin(n: int) -> isolate.Task[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        return start(job(), isolated.double, n)

    for _ in side_by_side([partial(begin, n) for n in range(5)], 2):
        running -= 1
    assert most == 2


def test_a_problem_ends_those_that_still_run() -> None:
    starts = [partial(start, job(), each) for each in (isolated.refuse, isolated.wait, isolated.wait)]
    began = time.monotonic()
    with pytest.raises(PublishError):
        list(side_by_side(starts, 3))
    assert time.monotonic() - began < 20


def test_a_result_that_is_fetched_late_is_not_too_late() -> None:
    with start(job(limits=Limits(20, 1)), isolated.same, b"x" * 10_000_000) as task:
        time.sleep(2)
        assert len(task.result()) == 10_000_000


def test_children_use_no_more_memory_than_they_may() -> None:
    problem(isolated.take_memory, 5_000)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000

"""Killed at any instant, on a full disk, at a power cut: the output holds one release whole.

The processes that get killed, and those that mount disks of their own, run this file as a
program: ``python test_release_kill.py <what> <folder> …`` prints what it saw as JSON.
"""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from publish import release as module
from publish.errors import PublishError
from publish.manifest import Finished, manifest
from publish.release import draft, lock, release_all


def files(letter: str, size: int = 5000, article_id: str = "asthma") -> dict[str, bytes]:
    """Return a whole release whose every file says ``letter``; "b" has a file less than the others."""
    suffixes = ("html", "pdf") if letter == "b" else ("html", "pdf", "epub")
    data = {f"{article_id}.{suffix}": letter.encode() * size for suffix in suffixes}
    finished = (
        Finished(name, name.rpartition(".")[2], name, f"urn:uuid:{name}", each, (("title", letter),))
        for name, each in data.items()
    )
    record = manifest(article_id, finished, source=letter, publish="0.1.0", versions={})
    return {"manifest.json": record, **data}


def state(folder: Path, size: int = 5000) -> str:
    """Return "a" or "b": ``folder`` is that release whole; "none": it is missing; else what is wrong."""
    try:
        held = {path.name: path.read_bytes() for path in folder.iterdir()}
    except FileNotFoundError:
        return "none"
    for letter in "ab":
        if held == files(letter, size, folder.name):
            return letter
    parts = (f"{name} {data[:1].decode()}{len(data)}" for name, data in sorted(held.items()))
    return "torn: " + ", ".join(parts)


def build(output: Path, act: Callable[[], object] = lambda: None) -> None:
    with lock(output, lambda: None):
        act()


def leftovers(output: Path) -> list[str]:
    """Return the hidden names in ``output`` that no release leads to."""
    living = {str(path.readlink()) for path in output.iterdir() if path.is_symlink()}
    return sorted(path.name for path in output.glob(".*") if path.name not in {".lock", *living})


# --- the programs --------------------------------------------------------------------------


def unable(one: Path, other: Path) -> None:
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def release_b(output: Path) -> None:
    build(output, lambda: release_all(output, {"asthma": files("b")}))


def release_a(output: Path) -> None:
    build(output, lambda: release_all(output, {"asthma": files("a")}))


def with_links(act: Callable[[Path], None]) -> Callable[[Path], None]:
    """``act`` on a disk that cannot exchange folders."""

    def acted(output: Path) -> None:
        exchange, module._exchange = module._exchange, unable
        try:
            act(output)
        finally:
            module._exchange = exchange

    return acted


def litter(output: Path) -> None:
    """What three killed builds may leave: a partial stage, an earlier release, a link."""
    release_a(output)
    for name, data in files("a").items():
        for folder in (output / ".publish-asthma-00000001", output / ".publish-asthma-00000002"):
            folder.mkdir(exist_ok=True)
            if not (name == "manifest.json" and folder.name.endswith("2")):
                (folder / name).write_bytes(data)
    (output / ".publish-asthma-00000003").symlink_to(".publish-asthma-00000001")


def both(letter: str) -> Callable[[Path], None]:
    articles = {id: files(letter, article_id=id) for id in ("asthma", "gout")}
    return lambda output: build(output, lambda: release_all(output, articles))


def drafted(letter: str) -> Callable[[Path], None]:
    return lambda output: build(output, lambda: draft(output, "asthma", files(letter)))


def in_two_renames(output: Path) -> None:
    """The mistake that the exchange is there to avoid."""

    def two_renames(one: Path, other: Path) -> None:
        aside = other.parent / ".publish-aside-00000000"
        other.rename(aside)
        one.rename(other)
        aside.rename(one)

    module._exchange = two_renames
    release_b(output)


def in_place(output: Path) -> None:
    """The mistake that the staging is there to avoid."""
    module._fill(output / "asthma", {})
    for path in (output / "asthma").iterdir():
        path.unlink()
    module._fill(output / "asthma", files("b"))


SCENARIOS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "first": (lambda output: None, release_b),
    "replace": (release_a, release_b),
    "same": (release_b, release_b),
    "first-link": (lambda output: None, with_links(release_b)),
    "replace-link": (with_links(release_a), with_links(release_b)),
    "link-to-folder": (with_links(release_a), release_b),
    "sweep": (litter, release_b),
    "both": (both("a"), both("b")),
    "draft": (drafted("a"), drafted("b")),
    "broken-two-renames": (release_a, in_two_renames),
    "broken-in-place": (release_a, in_place),
}


CHANGES = {
    "chmod",
    "close",
    "fsync",
    "mkdir",
    "open",
    "rename",
    "replace",
    "rmdir",
    "symlink",
    "unlink",
    "write",
}


def hooked(act: Callable[[], None], hook: Callable[[int], None]) -> None:
    """Do ``act``, calling ``hook(n)`` before and after each call that may change what is on the disk.

    Files are written a piece at a time, so that some are half written at a step.
    """
    count = 0
    write = os.write
    os.write = lambda descriptor, data: write(descriptor, data[:2000])  # type: ignore[assignment]

    def profile(frame: FrameType, event: str, called: Any) -> None:
        nonlocal count
        system = event.startswith("c_") and getattr(called, "__module__", None) == "posix"
        exchange = not event.startswith("c_") and frame.f_code.co_name == "_exchange"
        if exchange or (system and called.__name__ in CHANGES):
            count += 1
            hook(count)

    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(None)
        os.write = write


def kill_at_every_step(folder: Path, scenario: str) -> list[dict[str, Any]]:
    """Return one entry per step: what stood there after the kill, and after the next build."""
    prepare, act = SCENARIOS[scenario]
    seen: list[dict[str, Any]] = []
    alive = False
    while not alive:
        step = len(seen) + 1
        output = folder / str(step)
        prepare(output)
        child = os.fork()
        if child == 0:
            die_at(step, act, output)
        _, status = os.waitpid(child, 0)
        alive = not os.WIFSIGNALED(status)
        found = {
            "exit": os.waitstatus_to_exitcode(status),
            "asthma": state(output / "asthma"),
            "gout": state(output / "gout"),
            "drafts": {path.name: draft_state(path) for path in output.glob("drafts/asthma/*")},
            "left": leftovers(output) if output.exists() else [],
        }
        if not scenario.startswith("broken"):
            build(output)
            found["after_sweep"] = state(output / "asthma"), leftovers(output)
            release_b(output)
            found["after"] = state(output / "asthma"), leftovers(output)
        seen.append(found)
        shutil.rmtree(output, ignore_errors=True)
    return seen


def die_at(step: int, act: Callable[[Path], None], output: Path) -> None:
    """Do ``act`` and be killed at ``step``, or live to the end. Called in a child; never returns."""

    def die(count: int) -> None:
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    # What a killed process wrote stands in memory, flushed or not: no need to wait for the disk.
    os.fsync = lambda descriptor: bool(os.fstat(descriptor)) and None
    try:
        hooked(lambda: act(output), die)
    except BaseException as error:
        print(repr(error), file=sys.stderr)
        os._exit(3)
    os._exit(0)


def draft_state(path: Path) -> str:
    data = path.read_bytes()
    return next((letter for letter in "ab" if files(letter).get(path.name) == data), f"torn {len(data)}")


def release_on(folder: Path) -> None:
    """Release one, then the other, as long as somebody is there to kill us."""
    parent = os.getppid()
    print("ready", flush=True)
    while os.getppid() == parent:
        release_a(folder)
        release_b(folder)


def read_on(folder: Path) -> dict[str, Any]:
    """Read a release over and over until told to stop; return how often, and what was wrong."""
    known = {data for letter in "ab" for data in files(letter).values()}
    looks, wrong, parent = 0, [], os.getppid()
    print("ready", flush=True)
    while os.getppid() == parent and not (folder / "stop").exists():
        looks += 1
        if not (folder / "asthma").is_dir():
            wrong.append("the folder is missing")
        for name in ("manifest.json", "asthma.html", "asthma.pdf"):
            for attempt in (1, 2):
                # A look-up that is under way while a folder is deleted may end in it; the next may not.
                try:
                    if (folder / "asthma" / name).read_bytes() not in known:
                        wrong.append(f"{name} is neither the one nor the other")
                    break
                except FileNotFoundError:
                    if attempt == 2:
                        wrong.append(f"{name} is missing")
    return {"looks": looks, "wrong": sorted(set(wrong))}


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def full_disk(folder: Path) -> list[Any]:
    """Release onto a disk of 512 KB with less and less room; return (state, message, leftovers) for each."""
    run("mount", "-t", "tmpfs", "-o", "size=512k", "disk", str(folder))
    output, seen = folder / "output", []
    release_a(output)
    for free in (100, 40, 36, 32, 28, 24, 20, 16, 12, 8, 4, 0):
        with (folder / "filler").open("wb") as filler, suppressed():
            filler.write(b"x" * (os.statvfs(folder).f_bavail * 4096 - free * 1024))
        message = ""
        try:
            build(output, lambda: release_all(output, {"asthma": files("b", 9000)}))
        except PublishError as error:
            message = str(error)
        seen.append((state(output / "asthma"), state(output / "asthma", 9000), message, leftovers(output)))
        (folder / "filler").unlink()
        release_a(output)
    return seen


class suppressed:  # noqa: N801
    """A disk that is full has no room for the filler's last bytes either."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        return isinstance(error, OSError) and error.errno == errno.ENOSPC


def lower_layer(folder: Path) -> list[Any]:
    """Replace a release that came with the image of a container: its folder cannot be renamed."""
    run("mount", "-t", "tmpfs", "disk", str(folder))
    lower, upper, work, merged = (folder / name for name in ("lower", "upper", "work", "merged"))
    for each in (lower, upper, work, merged):
        each.mkdir()
    release_a(lower / "output")
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    run("mount", "-t", "overlay", "-o", options, "layers", str(merged))
    try:
        release_b(merged / "output")
    except PublishError as error:
        message = str(error)
    else:
        message = ""
    output = merged / "output"
    return [state(output / "asthma"), message, leftovers(output)]


def power_cut(folder: Path, flush: str) -> list[Any]:
    """Cut the power at every step of a release onto a real ext4; return what each disk then holds.

    The image of a mounted disk, copied at an instant, is what the disk itself had got by then.
    """
    image, disk, again = folder / "disk.img", folder / "disk", folder / "again"
    disk.mkdir()
    again.mkdir()
    with image.open("wb") as made:
        made.truncate(8 << 20)
    run("mkfs.ext4", "-q", "-b", "1024", "-J", "size=1", str(image))
    run("mount", "-o", "loop", str(image), str(disk))
    release_a(disk / "output")
    os.sync()
    if flush == "unflushed":
        module._flush, flushed = lambda descriptor: None, module._flush
        sync = module._sync

        def synced(path: Path) -> None:  # folders still reach the disk; what is in the files need not
            module._flush = flushed
            sync(path)
            module._flush = lambda descriptor: None

        module._sync = synced
    copies: list[Path] = []

    def cut(count: int) -> None:
        copies.append(folder / f"{count}.img")
        subprocess.run(["cp", "--sparse=always", str(image), str(copies[-1])], check=True)

    hooked(lambda: release_b(disk / "output"), cut)
    cut(0)
    seen = []
    for copy in copies:
        run("mount", "-o", "loop", str(copy), str(again))
        found = state(again / "output" / "asthma")
        if found in {"a", "b"}:
            release_b(again / "output")
        seen.append((found, state(again / "output" / "asthma"), leftovers(again / "output")))
        run("umount", str(again))
        copy.unlink()
    run("umount", str(disk))
    return seen


PROGRAMS: dict[str, Callable[..., Any]] = {
    "kill": kill_at_every_step,
    "release": release_on,
    "read": read_on,
    "full-disk": full_disk,
    "lower-layer": lower_layer,
    "power-cut": power_cut,
}


def command(program: str, folder: Path, *more: str) -> list[str]:
    return [sys.executable, __file__, program, str(folder), *more]


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def told(*arguments: str) -> Any:
    done = subprocess.run(arguments, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told_with_own_mounts(*arguments: str, root: bool = False) -> Any:
    """Run a program that mounts; its mounts end with it. Skips where the system allows none."""
    if shutil.which("unshare") is None or (root and os.geteuid() != 0):
        pytest.skip("needs unshare" + " and root" * root)
    own = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    probe = ["sh", "-c", "mount -t tmpfs probe /tmp && { losetup --find || ! $0; }", str(root).lower()]
    if subprocess.run([*own, *probe], capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a disk")
    return told(*own, *arguments)


# --- the tests -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if not name.startswith("broken")])
def test_killed_at_any_step_the_output_holds_one_release_whole(tmp_path: Path, scenario: str) -> None:
    seen = told(*command("kill", tmp_path, scenario))
    assert seen[-1]["exit"] == 0, "the last one lived to the end"
    assert {each["exit"] for each in seen[:-1]} == {-signal.SIGKILL}
    old = {"first": "none", "first-link": "none", "same": "b", "draft": "none"}.get(scenario, "a")
    new = "none" if scenario == "draft" else "b"
    for name in ("asthma", "gout") if scenario == "both" else ("asthma",):
        states = [each[name] for each in seen]
        turn = states.index(new)
        assert states == [old] * turn + [new] * (len(states) - turn)
        assert old == new or 10 < turn < len(states) - 3
    for each in seen:
        assert set(each["drafts"].values()) <= {"a", "b"}
        assert each["after_sweep"] == [each["asthma"], []]
        assert each["after"] == ["b", []]
    assert seen[-1]["left"] == []
    assert any(each["left"] for each in seen) == (scenario != "same")
    if scenario == "draft":
        changing = [list(each["drafts"].values()).count("b") for each in seen]
        assert changing == sorted(changing)
        assert set(changing) == {0, 1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "wrong"), [("broken-two-renames", "none"), ("broken-in-place", "torn: asthma.html b2000")]
)
def test_the_kills_find_a_release_that_is_not_done_at_once(tmp_path: Path, scenario: str, wrong: str) -> None:
    assert wrong in [each["asthma"] for each in told(*command("kill", tmp_path, scenario))]


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", ["first", "replace", "first-link", "replace-link", "link-to-folder", "both"]
)
def test_stopped_by_the_author_at_any_step_the_output_holds_one_release_whole(
    tmp_path: Path, scenario: str
) -> None:
    prepare, act = SCENARIOS[scenario]
    seen: list[str] = []
    stopped = True
    while stopped:
        step, output = len(seen) + 1, tmp_path / str(len(seen))
        prepare(output)

        def stop(count: int, step: int = step) -> None:
            if count == step:
                raise KeyboardInterrupt

        try:
            hooked(lambda output=output: act(output), stop)  # type: ignore[misc]
            stopped = False
        except KeyboardInterrupt:
            pass
        seen.append(state(output / "asthma"))
        build(output)
        assert state(output / "asthma") == seen[-1]
        assert leftovers(output) == []
    old = "none" if scenario.startswith("first") else "a"
    turn = seen.index("b")
    assert turn > 10
    assert seen == [old] * turn + ["b"] * (len(seen) - turn)


@pytest.mark.slow
def test_killed_from_outside_at_random_times_the_output_holds_one_release_whole(tmp_path: Path) -> None:
    chance, states = random.Random(1), []
    for _ in range(30):
        with subprocess.Popen(command("release", tmp_path), env=ENVIRONMENT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.001, 0.06))
            child.kill()
        states.append(state(tmp_path / "asthma"))
        assert len(leftovers(tmp_path)) <= 3, "each build clears away what those before it left"
    assert "a" in states or "b" in states
    started = next(n for n, each in enumerate(states) if each != "none")
    assert set(states[started:]) <= {"a", "b"}
    release_b(tmp_path)
    assert (state(tmp_path / "asthma"), leftovers(tmp_path)) == ("b", [])


@pytest.mark.slow
@pytest.mark.parametrize("disk", ["exchange", "link"])
def test_readers_find_a_release_at_any_time(
    tmp_path: Path, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if disk == "link":
        monkeypatch.setattr(module, "_exchange", unable)
    looked = read_while(tmp_path, release_b)
    assert looked["wrong"] == []
    assert looked["looks"] > 200


@pytest.mark.slow
def test_readers_notice_a_moment_without_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_exchange", module._exchange)  # in_two_renames puts its own there
    assert "the folder is missing" in read_while(tmp_path, in_two_renames)["wrong"]


def read_while(folder: Path, replace: Callable[[Path], None]) -> dict[str, Any]:
    """Release 200 times while another process reads; return what it saw."""
    release_a(folder)
    with subprocess.Popen(command("read", folder), env=ENVIRONMENT, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"ready\n"
        try:
            for _ in range(100):
                replace(folder)
                release_a(folder)
        finally:
            (folder / "stop").touch()
        return dict(json.loads(reader.stdout.read()))


def test_a_full_disk_leaves_the_earlier_release_whole_and_nothing_else(tmp_path: Path) -> None:
    seen = told_with_own_mounts(*command("full-disk", tmp_path))
    refused = 0
    for old, new, message, left in seen:
        assert left == []
        if message:
            refused += 1
            assert old == "a"
            assert "there is no space left on this disk" in message
        else:
            assert new == "b"
    assert 5 <= refused < len(seen)


def test_a_release_in_a_lower_layer_of_a_container_is_kept_and_told(tmp_path: Path) -> None:
    found, message, left = told_with_own_mounts(*command("lower-layer", tmp_path))
    assert found == "a"
    assert "this disk cannot exchange two folders" in message
    assert left == []


@pytest.mark.slow
def test_after_a_power_cut_at_any_step_the_disk_holds_one_release_whole(tmp_path: Path) -> None:
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("needs mkfs.ext4")
    seen = told_with_own_mounts(*command("power-cut", tmp_path, "flushed"), root=True)
    states = [found for found, _, _ in seen]
    turn = states.index("b")
    assert states == ["a"] * turn + ["b"] * (len(states) - turn)
    assert 10 < turn < len(states) - 3
    assert all(each[1:] == ["b", []] for each in seen)


@pytest.mark.slow
def test_a_power_cut_finds_files_that_were_not_flushed(tmp_path: Path) -> None:
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("needs mkfs.ext4")
    seen = told_with_own_mounts(*command("power-cut", tmp_path, "unflushed"), root=True)
    assert any(found.startswith("torn") for found, _, _ in seen), {found for found, _, _ in seen}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is flushed, exchanged and deleted from here on, in order."""
    if sys.platform != "linux":
        pytest.skip("reads the names of open files in /proc")
    done: list[str] = []

    def noted(target: object, name: str, say: Callable[..., str]) -> None:
        real = getattr(target, name)

        def call(*arguments: Any, **named: Any) -> Any:
            done.append(say(*arguments))
            return real(*arguments, **named)

        monkeypatch.setattr(target, name, call)

    def opened(descriptor: int) -> str:
        return Path(f"/proc/self/fd/{descriptor}").readlink().name

    noted(os, "fsync", lambda descriptor: f"flush {opened(descriptor)}")
    noted(os, "unlink", lambda path, **_: f"delete {Path(path).name}")
    noted(os, "rmdir", lambda path, **_: f"delete {Path(path).name}")
    noted(module, "_exchange", lambda one, other: f"exchange {one.name} {other.name}")
    return done


def test_everything_is_flushed_in_the_order_that_a_power_cut_needs(tmp_path: Path, done: list[str]) -> None:
    release_a(tmp_path)
    done.clear()
    release_b(tmp_path)
    stage = done[3].removeprefix("flush ")
    assert stage.startswith(".publish-asthma-")
    assert done == [
        "flush asthma.html",
        "flush asthma.pdf",
        "flush manifest.json",
        f"flush {stage}",
        f"exchange {stage} asthma",
        f"flush {tmp_path.name}",
        "delete asthma.epub",
        "delete asthma.html",
        "delete asthma.pdf",
        "delete manifest.json",
        f"delete {stage}",
    ]


def test_an_exchange_of_a_dead_build_reaches_the_disk_before_what_it_replaced_is_deleted(
    tmp_path: Path, done: list[str]
) -> None:
    litter(tmp_path)
    done.clear()
    build(tmp_path)
    assert done[0] == f"flush {tmp_path.name}"
    assert all(each.startswith("delete") for each in done[1:])


def test_an_exchange_that_was_interrupted_reaches_the_disk_before_what_it_replaced_is_deleted(
    tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    release_a(tmp_path)
    done.clear()
    exchange = module._exchange

    def interrupted(one: Path, other: Path) -> None:
        exchange(one, other)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_exchange", interrupted)
    with pytest.raises(KeyboardInterrupt):
        release_b(tmp_path)
    behind = done[done.index(next(each for each in done if each.startswith("exchange"))) + 1 :]
    assert behind[0] == f"flush {tmp_path.name}"
    assert behind[1].startswith("delete")
    assert (state(tmp_path / "asthma"), leftovers(tmp_path)) == ("b", [])


def test_a_draft_is_flushed_too(tmp_path: Path, done: list[str]) -> None:
    drafted("b")(tmp_path)
    done.clear()
    drafted("b")(tmp_path)
    assert [re.sub(r"[0-9a-f]{8}$", "", each) for each in done] == [
        "flush asthma.html",
        "flush asthma.pdf",
        "flush manifest.json",
        "flush .publish-asthma-",
        "flush asthma",
        f"flush {tmp_path.name}",
        "delete .publish-asthma-",
    ]


def test_a_new_output_folder_itself_is_flushed(tmp_path: Path, done: list[str]) -> None:
    build(tmp_path / "deep" / "output")
    assert done == [f"flush {tmp_path.name}", "flush deep"]


if __name__ == "__main__":
    answer = PROGRAMS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
    print(json.dumps(answer))

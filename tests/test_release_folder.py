"""What a release does to a folder: all of it or nothing, and never to files that are not ours."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from publish import release as module
from publish.errors import PublishError
from publish.manifest import Finished, manifest
from publish.release import draft, lock, release_all


def files(letter: str, article_id: str = "asthma", *formats: str) -> dict[str, bytes]:
    """Return a whole release whose every file says ``letter``."""
    data = {f"{article_id}.{suffix}": letter.encode() * 5000 for suffix in formats or ("html", "pdf", "epub")}
    finished = (
        Finished(name, name.rpartition(".")[2], name, f"urn:uuid:{name}", each, (("title", letter),))
        for name, each in data.items()
    )
    record = manifest(article_id, finished, source=letter, publish="0.1.0", versions={})
    return {"manifest.json": record, **data}


def release(output: Path, article_id: str, files: dict[str, bytes]) -> bool:
    return release_all(output, {article_id: files})[article_id]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def hidden(output: Path) -> list[str]:
    """Return what a build left behind."""
    return sorted(
        path.name for path in output.iterdir() if path.name.startswith(".") and path.name != ".lock"
    )


def never() -> None:
    raise AssertionError("nobody else is building")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture(params=["exchange", "link"])
def any_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A disk that exchanges folders, and one that cannot (as NFS answers)."""
    if request.param == "link":
        monkeypatch.setattr(module, "_exchange", refusing(errno.EINVAL))
    return str(request.param)


def refusing(code: int) -> Callable[..., None]:
    def call(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


def told(caught: pytest.ExceptionInfo[PublishError]) -> str:
    return "\n".join(map(str, caught.value.problems))


# --- releases ------------------------------------------------------------------------------


@pytest.mark.usefixtures("any_disk")
def test_a_release_is_exactly_the_files_handed_over(output: Path) -> None:
    assert release(output, "asthma", files("a"))
    assert held(output / "asthma") == files("a")
    assert release(output, "asthma", files("b"))
    assert held(output / "asthma") == files("b")


@pytest.mark.usefixtures("any_disk")
def test_a_file_that_the_new_release_lacks_is_gone(output: Path) -> None:
    release(output, "asthma", files("a"))
    release(output, "asthma", files("b", "asthma", "html"))
    assert held(output / "asthma").keys() == {"asthma.html", "manifest.json"}


def test_nothing_is_left_behind(output: Path) -> None:
    for letter in "abc":
        release(output, "asthma", files(letter))
        assert [path.name for path in output.iterdir()] == ["asthma"]


def test_where_folders_cannot_be_exchanged_one_hidden_folder_stays(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exchange", refusing(errno.EINVAL))
    for letter in "abc":
        release(output, "asthma", files(letter))
        assert hidden(output) == [str((output / "asthma").readlink())]


def test_a_linked_release_becomes_a_plain_folder_where_folders_can_be_exchanged(output: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_exchange", refusing(errno.EINVAL))
        release(output, "asthma", files("a"))
    release(output, "asthma", files("b"))
    assert not (output / "asthma").is_symlink()
    assert held(output / "asthma") == files("b")
    assert hidden(output) == []


def test_a_plain_release_on_a_disk_that_cannot_exchange_is_kept_and_told(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(output, "asthma", files("a"))
    monkeypatch.setattr(module, "_exchange", refusing(errno.EXDEV))
    with pytest.raises(PublishError, match="cannot exchange two folders") as caught:
        release(output, "asthma", files("b"))
    assert "move the earlier release out" in told(caught)
    assert held(output / "asthma") == files("a")
    assert hidden(output) == []


def test_a_disk_with_neither_exchange_nor_links_gets_a_first_release(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exchange", refusing(errno.EINVAL))
    monkeypatch.setattr(os, "symlink", refusing(errno.EPERM))
    release(output, "asthma", files("a"))
    assert held(output / "asthma") == files("a")
    with pytest.raises(PublishError, match="cannot exchange two folders"):
        release(output, "asthma", files("b"))
    assert held(output / "asthma") == files("a")


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return inode and times of ``folder`` and everything in it."""
    return {
        str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns, path.lstat().st_ctime_ns)
        for path in (folder, *folder.rglob("*"))
    }


@pytest.mark.usefixtures("any_disk")
def test_the_same_content_again_changes_nothing_on_disk(output: Path) -> None:
    release(output, "asthma", files("a"))
    before = snapshot(output)
    assert release(output, "asthma", files("a")) is False
    assert snapshot(output) == before


def test_a_damaged_release_is_not_the_same_content(output: Path) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma" / "asthma.html").write_bytes(b"b" * 5000)
    assert release(output, "asthma", files("a")) is True
    assert held(output / "asthma") == files("a")
    (output / "asthma" / "asthma.pdf").unlink()
    assert release(output, "asthma", files("a")) is True
    assert held(output / "asthma") == files("a")


def test_modes_follow_the_umask(output: Path) -> None:
    before = os.umask(0o027)
    try:
        release(output, "asthma", files("a"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((output / "asthma").stat().st_mode) == 0o750
    assert {stat.S_IMODE(path.stat().st_mode) for path in (output / "asthma").iterdir()} == {0o640}


def test_an_empty_folder_is_filled(output: Path) -> None:
    (output / "asthma").mkdir(parents=True)
    (output / "asthma" / ".DS_Store").write_bytes(b"Bud1")
    release(output, "asthma", files("a"))
    assert held(output / "asthma") == files("a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"asthma.html": b"x"},
        {**files("a"), "extra.txt": b"x"},
        {**files("a"), "asthma.html": b"x"},
        {"manifest.json": files("a")["manifest.json"]},
        {**files("a"), "manifest.json": b"{}"},
        files("a", "diabetes"),
    ],
)
def test_files_that_their_manifest_does_not_describe_are_our_own_fault(
    output: Path, wrong: dict[str, bytes]
) -> None:
    with pytest.raises(ValueError, match="asthma"):
        release(output, "asthma", wrong)
    assert not output.exists()


@pytest.mark.parametrize("id", ["..", "a/b", "", ".lock", "/tmp", "a\n"])
def test_an_id_that_is_no_plain_name_is_our_own_fault(output: Path, id: str) -> None:
    with pytest.raises(ValueError, match="not the id of an article"):
        release(output, id, files("a"))
    with pytest.raises(ValueError, match="not the id of an article"):
        draft(output, id, files("a"))


@pytest.mark.parametrize("name", ["../a.html", "b/a.html", ".hidden", "", "/a.html"])
def test_a_file_name_that_is_no_plain_name_is_our_own_fault(output: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        draft(output, "asthma", {name: b"x"})
    with pytest.raises(ValueError, match="not a plain name"):
        release(output, "asthma", {**files("a"), name: b"x"})
    assert not output.exists()


def test_a_disk_that_takes_only_some_bytes_at_a_time_gets_all_of_them(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:999]))
    release(output, "asthma", files("a"))
    assert held(output / "asthma") == files("a")


def test_an_article_called_drafts_is_refused(output: Path) -> None:
    with pytest.raises(PublishError, match="give the article another id"):
        release(output, "drafts", files("a", "drafts"))


# --- many articles -------------------------------------------------------------------------


def test_all_articles_are_released_and_those_that_changed_are_named(output: Path) -> None:
    release(output, "asthma", files("a"))
    both = {"asthma": files("a"), "diabetes": files("b", "diabetes")}
    assert release_all(output, both) == {"asthma": False, "diabetes": True}
    assert held(output / "diabetes") == both["diabetes"]


def test_a_disk_that_fills_up_at_the_second_article_leaves_the_first_one_alone(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_all(output, {"asthma": files("a"), "diabetes": files("a", "diabetes")})
    before, write = snapshot(output), os.write

    def full(descriptor: int, data: bytes) -> int:
        if bytes(data[:1]) == b"c":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(PublishError, match="no space left") as caught:
        release_all(output, {"asthma": files("b"), "diabetes": files("c", "diabetes")})
    assert caught.value.problems[0].artifact == str(output / "diabetes")
    after = snapshot(output)
    assert {path: after[path] for path in before if path != str(output)} == {
        path: before[path] for path in before if path != str(output)
    }
    assert after.keys() == before.keys()


def test_a_failure_between_two_articles_names_what_is_already_released(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_all(output, {"asthma": files("a"), "diabetes": files("a", "diabetes")})
    exchange = module._exchange

    def busy(one: Path, other: Path) -> None:
        if other.name == "diabetes":
            raise OSError(errno.EBUSY, "busy")
        exchange(one, other)

    monkeypatch.setattr(module, "_exchange", busy)
    with pytest.raises(PublishError, match="already released: asthma") as caught:
        release_all(output, {"asthma": files("b"), "diabetes": files("b", "diabetes")})
    assert [problem.severity for problem in caught.value.problems] == ["error", "note"]
    assert held(output / "asthma") == files("b")
    assert held(output / "diabetes") == files("a", "diabetes")
    assert hidden(output) == []


# --- what is not ours ----------------------------------------------------------------------


def test_a_folder_of_the_authors_own_is_refused_and_kept(output: Path) -> None:
    (output / "asthma").mkdir(parents=True)
    (output / "asthma" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(PublishError, match=r"did not put there: thesis\.docx") as caught:
        release(output, "asthma", files("a"))
    assert "nothing was deleted" in told(caught)
    assert held(output / "asthma") == {"thesis.docx": b"years of work"}
    assert hidden(output) == []


def test_a_file_added_to_a_release_is_refused_and_kept(output: Path) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma" / "notes.txt").write_text("mine")
    with pytest.raises(PublishError, match=r"did not put there: notes\.txt"):
        release(output, "asthma", files("b"))
    assert held(output / "asthma") == {**files("a"), "notes.txt": b"mine"}


def test_a_folder_inside_a_release_is_refused_even_when_named_like_a_file_of_ours(output: Path) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma" / "asthma.html").unlink()
    (output / "asthma" / "asthma.html").mkdir()
    with pytest.raises(PublishError, match="did not put there"):
        release(output, "asthma", files("b"))


def test_many_strangers_are_told_in_short(output: Path) -> None:
    (output / "asthma").mkdir(parents=True)
    for n in range(6):
        (output / "asthma" / f"{n}.txt").touch()
    with pytest.raises(PublishError, match=r"0\.txt, 1\.txt, 2\.txt and 3 more"):
        release(output, "asthma", files("a"))


@pytest.mark.parametrize("data", [b'{"name": "My web app", "icons": []}', b"", b'{"format": 2}'])
def test_a_folder_with_a_manifest_of_something_else_is_refused(output: Path, data: bytes) -> None:
    (output / "asthma").mkdir(parents=True)
    (output / "asthma" / "manifest.json").write_bytes(data)
    with pytest.raises(PublishError, match="not a release of publish"):
        release(output, "asthma", files("a"))
    assert held(output / "asthma") == {"manifest.json": data}


def test_the_release_of_another_article_is_refused(output: Path) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma").rename(output / "diabetes")
    with pytest.raises(PublishError, match="release of another article, “asthma”"):
        release(output, "diabetes", files("a", "diabetes"))


def test_a_link_of_the_authors_own_is_refused_and_kept(output: Path, tmp_path: Path) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma").rename(tmp_path / "elsewhere")
    (output / "asthma").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="link was not made by publish"):
        release(output, "asthma", files("b"))
    assert held(tmp_path / "elsewhere") == files("a")


def test_refusals_of_all_articles_are_told_together_before_anything_is_written(output: Path) -> None:
    for id in ("asthma", "diabetes"):
        (output / id).mkdir(parents=True)
        (output / id / "mine").touch()
    with pytest.raises(PublishError) as caught:
        release_all(
            output,
            {"gout": files("a", "gout"), "asthma": files("a"), "diabetes": files("a", "diabetes")},
        )
    assert [problem.artifact for problem in caught.value.problems] == [
        str(output / "asthma"),
        str(output / "diabetes"),
    ]
    assert not (output / "gout").exists()


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "._asthma.html"])
def test_what_a_file_manager_drops_is_no_stranger(output: Path, name: str) -> None:
    release(output, "asthma", files("a"))
    (output / "asthma" / name).write_bytes(b"dropped")
    assert release(output, "asthma", files("a")) is False
    release(output, "asthma", files("b"))
    assert held(output / "asthma") == files("b")


def test_a_linked_file_in_a_release_is_unlinked_never_followed(output: Path, tmp_path: Path) -> None:
    release(output, "asthma", files("a"))
    (tmp_path / "precious").write_bytes(files("a")["asthma.html"])
    (output / "asthma" / "asthma.html").unlink()
    (output / "asthma" / "asthma.html").symlink_to(tmp_path / "precious")
    assert release(output, "asthma", files("a")) is True
    assert held(output / "asthma") == files("a")
    assert (tmp_path / "precious").exists()


def test_a_file_that_appears_in_the_last_moment_outlives_the_release(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(output, "asthma", files("a"))
    exchange = module._exchange

    def late(one: Path, other: Path) -> None:
        (output / "asthma" / "notes.txt").write_text("mine")
        exchange(one, other)

    monkeypatch.setattr(module, "_exchange", late)
    release(output, "asthma", files("b"))
    assert held(output / "asthma") == files("b")
    with pytest.raises(PublishError, match="nothing of it was deleted") as caught, lock(output, never):
        pass
    assert held(Path(caught.value.problems[0].artifact)) == {
        "manifest.json": files("a")["manifest.json"],
        "notes.txt": b"mine",
    }


# --- leftovers -----------------------------------------------------------------------------


def test_leftovers_of_dead_builds_are_cleared_by_the_next_one(output: Path) -> None:
    release(output, "asthma", files("a"))
    partial, earlier = output / ".publish-asthma-0123abcd", output / ".publish-gout-0123abcd"
    partial.mkdir()
    (partial / "asthma.html").write_bytes(b"half")
    earlier.mkdir()
    for name, data in files("b", "gout").items():
        (earlier / name).write_bytes(data)
    (output / ".publish-asthma-4567abcd").symlink_to(".publish-asthma-0123abcd")
    with lock(output, never):
        assert hidden(output) == []
    assert held(output / "asthma") == files("a")


def test_the_folder_that_a_linked_release_leads_to_is_no_leftover(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exchange", refusing(errno.EINVAL))
    release(output, "asthma", files("a"))
    with lock(output, never):
        assert held(output / "asthma") == files("a")


@pytest.mark.parametrize("name", [".staging", ".publish", ".publish-notes", ".git", "publish-a-0123abcd"])
def test_hidden_folders_that_only_look_like_ours_stay(output: Path, name: str) -> None:
    (output / name).mkdir(parents=True)
    (output / name / "mine").touch()
    with lock(output, never):
        assert (output / name / "mine").exists()


def test_a_leftover_link_never_leads_deletion_out_of_the_output(output: Path, tmp_path: Path) -> None:
    outside = tmp_path / ".publish-asthma-0123abcd"
    outside.mkdir()
    (outside / "mine").touch()
    output.mkdir()
    (output / ".publish-asthma-89abcdef").symlink_to(outside)
    with lock(output, never):
        pass
    assert (outside / "mine").exists()
    (output / "asthma").symlink_to(outside)
    with pytest.raises(PublishError, match="link was not made by publish"):
        release(output, "asthma", files("a"))
    assert (outside / "mine").exists()


# --- drafts --------------------------------------------------------------------------------


def test_a_draft_stands_apart_and_leaves_other_drafts_and_the_release_alone(output: Path) -> None:
    release(output, "asthma", files("a"))
    before = snapshot(output / "asthma")
    assert draft(output, "asthma", {"asthma.html": b"one"}) == output / "drafts" / "asthma"
    draft(output, "asthma", {"asthma.pdf": b"two"})
    draft(output, "asthma", {"asthma.pdf": b"three"})
    assert held(output / "drafts" / "asthma") == {"asthma.html": b"one", "asthma.pdf": b"three"}
    assert snapshot(output / "asthma") == before
    assert hidden(output) == []


def test_a_draft_that_does_not_fit_on_the_disk_changes_no_file(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(output, "asthma", {"a.html": b"1", "b.html": b"1"})
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if bytes(data[:1]) == b"3":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(PublishError, match="no space left"):
        draft(output, "asthma", {"a.html": b"2", "b.html": b"3"})
    assert held(output / "drafts" / "asthma") == {"a.html": b"1", "b.html": b"1"}
    assert hidden(output) == []


def test_a_folder_in_the_place_of_a_draft_is_told(output: Path) -> None:
    (output / "drafts" / "asthma" / "a.html").mkdir(parents=True)
    with pytest.raises(PublishError, match="a folder stands where a file should be") as caught:
        draft(output, "asthma", {"a.html": b"1"})
    assert caught.value.problems[0].artifact == str(output / "drafts" / "asthma" / "a.html")


# --- the disk refuses ----------------------------------------------------------------------


def test_a_file_where_the_output_should_be_is_told(output: Path) -> None:
    output.write_text("a file")
    for act in (lambda: release(output, "asthma", files("a")), lambda: enter(output)):
        with pytest.raises(PublishError, match="a file stands where a folder should be") as caught:
            act()
        assert caught.value.problems[0].artifact == str(output)


def enter(output: Path) -> None:
    with lock(output, never):
        pass


def test_a_file_above_the_output_is_named(output: Path) -> None:
    output.write_text("a file")
    with pytest.raises(PublishError, match="a file stands where a folder should be") as caught:
        enter(output / "deep" / "inside")
    assert caught.value.problems[0].artifact == str(output)


def test_a_file_where_the_release_or_the_drafts_should_be_is_told_and_kept(output: Path) -> None:
    output.mkdir()
    (output / "asthma").write_text("mine")
    (output / "drafts").write_text("mine")
    for act in (release, draft):
        with pytest.raises(PublishError, match="a file stands where a folder should be"):
            act(output, "asthma", files("a"))
    assert (output / "asthma").read_text() == (output / "drafts").read_text() == "mine"


def test_a_link_in_the_place_of_the_lock_is_not_followed(output: Path, tmp_path: Path) -> None:
    output.mkdir()
    (output / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="a link stands where publish keeps a file of its own"):
        enter(output)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EDQUOT, "no space left"),
        (errno.EACCES, "may not write here"),
        (errno.EROFS, "can only be read"),
        (errno.EFBIG, "larger than this disk allows"),
        (errno.EIO, "the disk refuses"),
        (errno.ENOLCK, "cannot do what a release needs"),
        (errno.EBUSY, "in use"),
        (errno.ENAMETOOLONG, "too long"),
    ],
)
def test_every_refusal_of_the_disk_has_plain_words_and_a_next_step(
    output: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    monkeypatch.setattr(os, "fsync", refusing(code))
    with pytest.raises(PublishError, match=words) as caught:
        release(output, "asthma", files("a"))
    assert caught.value.problems[0].hint


UNPRIVILEGED = """
import ctypes, fcntl, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_release_folder import PublishError, draft, enter, files, held, hidden, release
os.chdir(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
output = Path("output")
"""


def as_nobody(folder: Path, program: str) -> str:
    """Run ``program`` in ``folder`` without the powers of root; return what it prints."""
    folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED + program, str(folder), str(Path(__file__).parent)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_folder_of_somebody_else_is_told_not_thrown(output: Path) -> None:
    release(output, "asthma", files("a"))
    output.chmod(0o555)
    said = as_nobody(
        output.parent,
        """
for act in (lambda: enter(output), lambda: draft(output, "asthma", files("b")),
            lambda: release(output, "asthma", files("b"))):
    try:
        act()
    except PublishError as error:
        print(error)
""",
    )
    output.chmod(0o755)
    assert said.count("output: error: publish may not write here") == 3
    assert held(output / "asthma") == files("a")


def test_a_write_protected_release_is_replaced(output: Path) -> None:
    output.mkdir()
    output.chmod(0o777)
    said = as_nobody(
        output.parent,
        """
release(output, "asthma", files("a"))
(output / "asthma").chmod(0o555)
release(output, "asthma", files("b"))
print(held(output / "asthma") == files("b"), hidden(output))
""",
    )
    assert said == "True []\n"


# Everything that asks something of the disk and may be refused; deleting and closing apart.
CALLS = ("mkdir", "open", "write", "fsync", "rename", "symlink", "scandir")


@contextmanager
def failing_at(step: int) -> Iterator[list[str]]:
    """Let the ``step``th call to the disk (from 0) fail as on a full one; yields the calls made."""
    made: list[str] = []

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            made.append(name)
            if len(made) - 1 == step:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, counted(name, getattr(os, name)))
        patch.setattr(module, "_exchange", counted("exchange", module._exchange))
        yield made


@pytest.mark.parametrize("earlier", ["none", "folder", "link"])
def test_whichever_call_a_full_disk_refuses_a_whole_release_stands(tmp_path: Path, earlier: str) -> None:
    refused = 0
    for step in range(100):
        output = tmp_path / str(step)
        with pytest.MonkeyPatch.context() as patch:
            if earlier == "link":
                patch.setattr(module, "_exchange", refusing(errno.EINVAL))
            if earlier != "none":
                release(output, "asthma", files("a"))
            before = {} if earlier == "none" else snapshot(output / "asthma")
            with failing_at(step) as made:
                try:
                    release(output, "asthma", files("b"))
                except PublishError:
                    refused += 1
                    failed = True
                else:
                    failed = False
        old = {} if earlier == "none" else files("a")
        new_stands = (output / "asthma").exists() and held(output / "asthma") == files("b")
        if not failed:
            assert new_stands
        elif not new_stands:
            assert snapshot(output / "asthma") == before if old else not (output / "asthma").exists()
            left = hidden(output) if output.exists() else []
            assert left == ([str((output / "asthma").readlink())] if earlier == "link" else []), made
        else:
            # The name of the new release may not have reached the disk, so the earlier one is kept.
            assert made[step] in {"fsync", "open"}, made
        if output.exists():
            with lock(output, never):
                assert len(hidden(output)) <= (earlier == "link")
        if len(made) <= step:
            break
    assert refused >= 15
    assert not failed


def test_an_exchange_that_may_not_have_reached_the_disk_keeps_the_earlier_release(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(output, "asthma", files("a"))
    flush, failed = os.fsync, []

    def fails_once(descriptor: int) -> None:
        if not failed and held(output / "asthma") == files("b"):
            failed.append(descriptor)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fails_once)
    with pytest.raises(PublishError, match="the disk refuses"):
        release(output, "asthma", files("b"))
    (earlier,) = hidden(output)
    assert held(output / earlier) == files("a")


# --- two builds at once --------------------------------------------------------------------


def test_a_second_build_waits_and_says_so_once(output: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        def say() -> None:
            order.append("waiting")
            waiting.set()

        with lock(output, say):
            order.append("second")
            release(output, "asthma", files("b"))

    thread = threading.Thread(target=second)
    with lock(output, never):
        thread.start()
        assert waiting.wait(10)
        release(output, "asthma", files("a"))
        order.append("first")
    thread.join(10)
    assert order == ["waiting", "first", "second"]
    assert held(output / "asthma") == files("b")


def test_the_lock_is_free_after_an_error_inside(output: Path) -> None:
    with pytest.raises(KeyError), lock(output, never):
        raise KeyError
    enter(output)


def test_the_lock_is_free_although_a_child_still_has_its_file_open(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, kept = module._locked, []

    def as_a_child_would(*arguments: Any) -> int:
        descriptor = locked(*arguments)
        kept.append(os.dup(descriptor))
        return descriptor

    monkeypatch.setattr(module, "_locked", as_a_child_would)
    enter(output)
    enter(output)
    for descriptor in kept:
        os.close(descriptor)


def test_an_error_of_the_caller_inside_the_lock_stays_what_it_is(output: Path) -> None:
    with pytest.raises(FileNotFoundError), lock(output, never):
        raise FileNotFoundError("not ours")


def test_a_lock_whose_folder_was_deleted_meanwhile_is_taken_anew(output: Path) -> None:
    waiting, entered, leave = threading.Event(), threading.Event(), threading.Event()

    def second() -> None:
        with lock(output, waiting.set):
            entered.set()
            assert leave.wait(10)

    thread = threading.Thread(target=second)
    with lock(output, never):
        thread.start()
        assert waiting.wait(10)
        (output / ".lock").unlink()
        output.rmdir()
    assert entered.wait(10)
    told_again = threading.Event()
    third = threading.Thread(target=lambda: enter_with(output, told_again.set))
    third.start()
    assert told_again.wait(10), "two builds hold the output at once"
    leave.set()
    thread.join(10)
    third.join(10)


def test_a_build_that_has_to_wait_twice_says_so_once(output: Path) -> None:
    said = threading.Semaphore(0)
    thread = threading.Thread(target=lambda: enter_with(output, said.release))
    with ExitStack() as first:
        first.enter_context(lock(output, never))
        thread.start()
        assert said.acquire(timeout=10)
        (output / ".lock").unlink()
        with lock(output, never):
            first.close()  # now the other one holds a lock that guards nothing, and must wait for this one
            thread.join(0.2)
            assert thread.is_alive()
    thread.join(10)
    assert not said.acquire(blocking=False)


def enter_with(output: Path, say: Callable[[], object]) -> None:
    with lock(output, say):
        pass


BUILDS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_release_folder import files, release, lock, held
output = Path(sys.argv[1])
waits = []
for n in range(12):
    with lock(output, lambda: waits.append(n)):
        letter = sys.argv[2] if n % 2 else sys.argv[2].upper()
        release(output, "asthma", files(letter))
        if held(output / "asthma") != files(letter):
            sys.exit("somebody else was building too")
print(len(waits))
"""


def test_builds_in_many_processes_take_turns(output: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", BUILDS, str(output)]
    here = str(Path(__file__).parent)
    running = [
        subprocess.Popen(
            [*command, letter, here],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for letter in "abc"
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert held(output / "asthma") in [files(letter) for letter in "abc"]
    assert hidden(output) == []

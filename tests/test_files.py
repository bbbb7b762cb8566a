"""Reading one file: a plain one, inside its folder, and not too large."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from publish.errors import PublishError
from publish.files import read_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "a.txt").write_bytes(b"words")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return tmp_path / "folder"


def refusal(path: Path, *folders: Path, most: int = 100) -> str:
    with pytest.raises(PublishError) as caught:
        read_file(path, "a file", most, *folders)
    (problem,) = caught.value.problems
    return problem.message


def test_a_file_in_its_folder_is_read(folder: Path) -> None:
    assert read_file(folder / "a.txt", "a file", 5, folder, folder.parent) == b"words"
    assert read_file(folder / "a.txt", "a file", 5) == b"words"


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "inner" / "b.txt").symlink_to(folder / "a.txt")
    assert read_file(folder / "inner" / "b.txt", "a file", 5, folder) == b"words"
    assert refusal(folder / "inner" / "b.txt", folder, folder / "inner") == "a file leads out of inner/"


def test_a_folder_that_is_itself_reached_by_a_link_is_no_fault(folder: Path) -> None:
    (folder.parent / "way").symlink_to(folder)
    way = folder.parent / "way"
    assert read_file(way / "a.txt", "a file", 5, way) == b"words"


def test_a_way_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "up").symlink_to(folder.parent)
    for path in ("link.txt", "up/secret.txt", "../secret.txt", "inner/../../secret.txt"):
        assert refusal(folder / path, folder) == "a file leads out of folder/"


def test_what_is_no_plain_file_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for path in (folder / "pipe", folder / "inner", Path("/dev/zero")):
        assert refusal(path) == "a file cannot be read: it is no plain file"


def test_what_cannot_be_opened_is_told(folder: Path) -> None:
    (folder / "circle").symlink_to(folder / "circle")
    assert refusal(folder / "b.txt") == "a file cannot be read: No such file or directory"
    assert refusal(folder / "circle").startswith("a file cannot be read: ")
    assert refusal(folder / "a\0.txt").startswith("a file cannot be read: ")


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    assert refusal(folder / "a.txt", most=4) == "a file has more than 4 bytes"

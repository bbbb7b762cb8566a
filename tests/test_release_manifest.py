"""``manifest.json``: what it says, that it says the same every time, and that a changed one is noticed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from publish.errors import PublishError
from publish.manifest import Finished, Manifest, Record, manifest, read_manifest

WEB = Finished(
    edition="web",
    format="html",
    name="asthma.html",
    identifier="urn:uuid:1",
    data="<p>Käse</p>".encode(),
    blocks=(("title", "Asthma"), ("lede-p1", "Breathe — slowly."), ("faq-cure-answer-p1", "No.")),
)
HANDOUT = Finished(
    edition="handout",
    format="pdf",
    name="asthma-letter.pdf",
    identifier="urn:uuid:2",
    data=b"%PDF-1.7",
    blocks=(("title", "Asthma"), ("faq-cure-answer-p1", "No.")),
    pages=9,
    omissions=(("disclaimers", "stands on the back of the form"),),
)


def made(*editions: Finished, **changes: Any) -> bytes:
    values = {"source": "ab" * 32, "publish": "0.1.0", "versions": {"weasyprint": "70.0", "lxml": "6.1"}}
    return manifest("asthma", editions or (WEB, HANDOUT), **(values | changes))


def faults(data: bytes) -> list[str]:
    with pytest.raises(PublishError) as caught:
        read_manifest(data, "output/asthma/manifest.json")
    assert all(problem.artifact == "output/asthma/manifest.json" for problem in caught.value.problems)
    return [problem.message for problem in caught.value.problems]


def sha(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def test_a_manifest_says_what_an_auditor_asks() -> None:
    value = json.loads(made())
    assert value["format"] == 1
    assert value["blocks"] == {
        "title": sha("Asthma"),
        "lede-p1": sha("Breathe — slowly."),
        "faq-cure-answer-p1": sha("No."),
    }
    web, handout = value["editions"]
    assert (web["file"], web["sha256"], web["size"]) == ("asthma.html", sha(WEB.data), len(WEB.data))
    assert "pages" not in web
    assert web["blocks"]["left_out"] == []
    assert handout["pages"] == 9
    assert handout["omissions"] == {"disclaimers": "stands on the back of the form"}
    assert handout["blocks"] == {
        "count": 2,
        "sha256": sha(f"title {sha('Asthma')}\nfaq-cure-answer-p1 {sha('No.')}\n"),
        "left_out": ["lede-p1"],
    }


def test_the_order_in_which_versions_are_handed_over_does_not_matter() -> None:
    assert made() == made(versions={"lxml": "6.1", "weasyprint": "70.0"})


def test_a_manifest_read_and_written_again_is_the_same_bytes() -> None:
    found = read_manifest(made())
    assert found.to_bytes() == made()
    assert found.files == {"manifest.json", "asthma.html", "asthma-letter.pdf"}
    assert found.editions[1].blocks == ("title", "faq-cure-answer-p1")


def with_blocks(name: str, *ids: str) -> Finished:
    return Finished(name, "html", f"{name}.html", f"urn:uuid:{name}", b"", tuple((id, id) for id in ids))


def test_blocks_of_editions_that_leave_different_parts_out_are_merged_in_reading_order() -> None:
    data = made(
        with_blocks("a", "title", "body-1", "body-2"),
        with_blocks("b", "title", "faq"),
        with_blocks("c", "title", "body-1", "body-2", "faq", "about"),
    )
    assert list(json.loads(data)["blocks"]) == ["title", "body-1", "body-2", "faq", "about"]


def test_order_that_only_a_later_edition_knows_is_kept() -> None:
    data = made(with_blocks("a", "title", "faq"), with_blocks("b", "title", "body", "faq"))
    assert list(json.loads(data)["blocks"]) == ["title", "body", "faq"]


def test_editions_that_contradict_each_other_are_our_own_fault() -> None:
    with pytest.raises(ValueError, match="order"):
        made(with_blocks("a", "title", "faq"), with_blocks("b", "faq", "title"))
    other = Finished("b", "html", "b.html", "urn:uuid:b", b"", (("title", "Astma"),))
    with pytest.raises(ValueError, match="another text"):
        made(WEB, other)
    with pytest.raises(ValueError, match="without an id"):
        made(with_blocks("a", "title", "title"))
    with pytest.raises(ValueError, match="without an id"):
        made(with_blocks("a", ""))
    with pytest.raises(ValueError, match=r"same file, “asthma\.html”"):
        made(WEB, WEB)


@pytest.mark.parametrize(
    "name", ["../asthma.html", "a/b.html", "/etc/passwd", ".hidden", "manifest.json", ""]
)
def test_a_file_name_that_leads_out_of_the_release_is_refused(name: str) -> None:
    value = json.loads(made())
    value["editions"][0]["file"] = name
    assert any("plain name" in message or "must be a text" in message for message in faults(dump(value)))


def dump(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not readable as JSON"),
        (b"\xff\xfe", "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"[]", "not a manifest of publish"),
        (b'{"name": "My app", "icons": []}', "not a manifest of publish"),
        (b'{"format": 2}', "format 2; this publish reads format 1"),
        (b'{"format": true}', "format true"),
        (b'{"format": 1, "format": 1}', "stand twice: format"),
        (b'{"format": 1}', "“article” is missing"),
    ],
)
def test_what_is_not_a_manifest_is_refused_in_plain_words(data: bytes, message: str) -> None:
    assert any(message in found for found in faults(data))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside ``value``."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [leaf for key, each in below for leaf in leaves(each, (*path, key))]


ALL = leaves(json.loads(made()))


def changed(path: tuple[Any, ...], to: Any) -> bytes:
    value = json.loads(made())
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    if to is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = to
    return dump(value)


OPTIONAL = {("editions", 1, "pages"), ("editions", 1, "omissions"), ("editions", 0), ("editions", 1)}


@pytest.mark.parametrize("path", ALL, ids=lambda path: ".".join(map(str, path)))
def test_every_field_is_needed_and_has_its_kind(path: tuple[Any, ...]) -> None:
    free = (path[0] == "versions" and len(path) == 2) or (path[2:3] == ("omissions",) and len(path) == 4)
    if path not in OPTIONAL and not free:
        assert faults(changed(path, None))
    assert faults(changed(path, -1.5))
    assert faults(changed(path, [[]]))


def test_a_block_digest_changed_by_hand_is_noticed() -> None:
    message = "editions[0].blocks.sha256 does not belong to the blocks left in"
    assert message in faults(changed(("blocks", "title"), sha("Astma")))


def test_a_count_that_does_not_fit_is_noticed() -> None:
    path = ("editions", 1, "blocks", "count")
    assert faults(changed(path, 3)) == ["editions[1].blocks.count says 3, but 2 blocks are left in"]
    assert faults(changed(("editions", 0, "size"), True)) == [
        "“editions[0].size” must be a whole number, 0 or more"
    ]


def test_a_left_out_block_that_there_is_not_is_noticed() -> None:
    path = ("editions", 1, "blocks", "left_out")
    assert faults(changed(path, ["lede-p1", "lede-p9"])) == [
        "editions[1].blocks.left_out names “lede-p9”, which is not among the blocks"
    ]


def test_a_block_digest_that_is_none_is_noticed() -> None:
    record = Record("web", "html", "a.html", "urn:uuid:1", sha(b""), 0, ("title",))
    data = Manifest("asthma", "0.1.0", "ab", {}, (record,), {"title": "Asthma"}).to_bytes()
    assert faults(data) == ["blocks: the digest of “title” is not a SHA-256"]


def test_an_unknown_field_is_noticed() -> None:
    assert faults(changed(("editions", 0, "sha1"), "x")) == ["“editions[0].sha1” is unknown"]


def test_all_faults_are_told_at_once() -> None:
    value = json.loads(made())
    value["editions"][0]["sha256"] = "x"
    value["editions"][1]["size"] = -1
    assert faults(dump(value)) == [
        "editions[0].sha256 is not a SHA-256",
        "“editions[1].size” must be a whole number, 0 or more",
    ]

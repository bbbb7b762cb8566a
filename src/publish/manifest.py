"""The finished editions of an article in, ``manifest.json`` out: what was released, digest by digest.

Layer 2. A manifest answers three questions without ``publish`` at hand: is this file, found
anywhere, the one that was released (SHA-256, and the identifier that stands in its own
metadata); which words were proven in it (the digest of every block's canonical text, and which
blocks the edition leaves out); and what made it (source, tools, fonts). See docs/release.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from publish.errors import Problem, PublishError

FORMAT = 1
NAME = "manifest.json"
MAX_BYTES, MAX_EDITIONS, MAX_FAULTS = 20_000_000, 200, 100
"""Of one manifest, far more than one ever has; a release may come from a stranger, too."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One proven file, as the pipeline hands it over.

    ``blocks`` are (id, canonical text) of every block it was compared with, in reading order;
    ``omissions`` are (part, reason) of the required parts that it leaves out on purpose.
    """

    edition: str
    format: str
    name: str
    identifier: str
    data: bytes
    blocks: tuple[tuple[str, str], ...]
    pages: int | None = None
    omissions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What the manifest says of one file; ``blocks`` are the ids it carries, in reading order."""

    edition: str
    format: str
    file: str
    identifier: str
    sha256: str
    size: int
    blocks: tuple[str, ...]
    pages: int | None = None
    omissions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One release. ``blocks`` maps every id to the SHA-256 of its canonical text, in reading order.

    ``publish`` is our own version, ``source`` the digest of all that was read, ``versions`` name
    the tools and fonts.
    """

    article: str
    publish: str
    source: str
    versions: Mapping[str, str] = field(default_factory=dict)
    editions: tuple[Record, ...] = ()
    blocks: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """The names of all files of the release, the manifest's own among them."""
        return frozenset((NAME, *(record.file for record in self.editions)))

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON, UTF-8: the same values, the same bytes."""
        value = {
            "format": FORMAT,
            "publish": self.publish,
            "article": self.article,
            "source": self.source,
            "versions": dict(sorted(self.versions.items())),
            "editions": [self._edition(record) for record in self.editions],
            "blocks": dict(self.blocks),
        }
        return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()

    def _edition(self, record: Record) -> dict[str, Any]:
        """A full list of ids would stand there once per edition; those left out are few, mostly none."""
        carried = frozenset(record.blocks)
        pages = {} if record.pages is None else {"pages": record.pages}
        omissions = {"omissions": dict(record.omissions)} if record.omissions else {}
        return {
            "edition": record.edition,
            "format": record.format,
            "file": record.file,
            "identifier": record.identifier,
            "size": record.size,
            **pages,
            "sha256": record.sha256,
            "blocks": {
                "count": len(record.blocks),
                "sha256": _digest(record.blocks, self.blocks),
                "left_out": [id for id in self.blocks if id not in carried],
            },
            **omissions,
        }


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest(
    article_id: str,
    editions: Iterable[Finished],
    *,
    source: str,
    publish: str,
    versions: Mapping[str, str],
) -> bytes:
    """Return ``manifest.json`` for one article; ``ValueError`` where the editions contradict each other.

    Editions stand in the order given. Blocks are the union of all editions' blocks in reading
    order, which is the same in every edition (``verify.expected``), some left out.
    """
    finished = tuple(editions)
    texts: dict[str, str] = {}
    for each in finished:
        ids = tuple(id for id, _ in each.blocks)
        if len(set(ids)) != len(ids) or "" in ids:
            raise ValueError(f"{each.name}: a block without an id of its own")
        for id, text in each.blocks:
            if texts.setdefault(id, text) != text:
                raise ValueError(f"{each.name}: block {id} has another text than in the editions before")
    records = tuple(
        Record(
            edition=each.edition,
            format=each.format,
            file=each.name,
            identifier=each.identifier,
            sha256=sha256(each.data),
            size=len(each.data),
            blocks=tuple(id for id, _ in each.blocks),
            pages=each.pages,
            omissions=each.omissions,
        )
        for each in finished
    )
    order = _merged(record.blocks for record in records)
    blocks = {id: sha256(texts[id].encode()) for id in order}
    data = Manifest(article_id, publish, source, versions, records, blocks).to_bytes()
    try:
        read_manifest(data)  # whatever cannot be read again must not be released
    except PublishError as error:
        raise ValueError(str(error)) from error
    return data


def _merged(editions: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the union of ``editions`` in an order in which each of them keeps its own.

    Always the first edition goes on whose next id no other edition has further back, as in
    C3 (how Python orders base classes): so an edition that leaves parts out changes nothing.
    """
    rest = [deque(ids) for ids in editions]
    behind = Counter(id for ids in rest for id in list(ids)[1:])
    order: list[str] = []
    while rest := [ids for ids in rest if ids]:
        id = next((ids[0] for ids in rest if not behind[ids[0]]), None)
        if id is None:
            raise ValueError(f"the editions disagree about the order of blocks around {rest[0][0]}")
        order.append(id)
        for ids in rest:
            if ids[0] == id:
                ids.popleft()
                if ids:
                    behind[ids[0]] -= 1
    return tuple(order)


def _digest(ids: Iterable[str], digests: Mapping[str, str]) -> str:
    """Return one digest for many blocks: SHA-256 over the lines "id, space, digest, line feed"."""
    return sha256("".join(f"{id} {digests[id]}\n" for id in ids).encode())


def read_manifest(data: bytes, artifact: str = NAME) -> Manifest:
    """Return the manifest that ``data`` holds; raise ``PublishError`` with every fault found.

    ``artifact`` is the path shown in messages. Names of files are plain names, never paths: a
    release is deleted by them.
    """
    return _Reader(artifact).read(data)


_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[a-z0-9][A-Za-z0-9._-]*")


class _Reader:
    """Reads one manifest, gathering faults."""

    def __init__(self, artifact: str) -> None:
        self.artifact = artifact
        self.problems: list[Problem] = []

    def fault(self, message: str, hint: str = "") -> None:
        if len(self.problems) < MAX_FAULTS:
            self.problems.append(Problem(message, hint=hint, kind="manifest", artifact=self.artifact))

    def read(self, data: bytes) -> Manifest:
        value = self.parse(data)
        found = None if self.problems else self.manifest(value)
        if found is None or self.problems:
            raise PublishError(*self.problems)
        return found

    def parse(self, data: bytes) -> dict[str, Any]:
        try:
            value = json.loads(data.decode("utf-8"), object_pairs_hook=self.object)
        except (ValueError, RecursionError) as error:
            self.fault(f"this is not readable as JSON: {error}")
            return {}
        if not isinstance(value, dict) or "format" not in value:
            self.fault("this is not a manifest of publish: it says no “format”")
        elif value["format"] != FORMAT or isinstance(value["format"], bool):
            shown = json.dumps(value["format"], ensure_ascii=False)
            self.fault(
                f"this manifest is of format {shown}; this publish reads format {FORMAT}",
                hint="use the version of publish that wrote it, or a newer one",
            )
        return value if isinstance(value, dict) else {}

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted(name for name, count in Counter(names).items() if count > 1)
            self.fault(f"these names stand twice: {', '.join(twice[:20])}")
        return value

    def manifest(self, value: dict[str, Any]) -> Manifest | None:
        self.names(value, "", {"format", "publish", "article", "source", "versions", "editions", "blocks"})
        blocks = self.texts(value, "", "blocks")
        for id, digest in blocks.items():
            if not _SHA256.fullmatch(digest):
                self.fault(f"blocks: the digest of “{id}” is not a SHA-256")
        article, publish = self.text(value, "", "article"), self.text(value, "", "publish")
        source = self.text(value, "", "source")
        versions = self.texts(value, "", "versions")
        editions = value.get("editions")
        if not isinstance(editions, list):
            self.fault("“editions” must be a list")
            return None
        if len(editions) > MAX_EDITIONS:
            self.fault(f"“editions” has more than {MAX_EDITIONS}")
        if self.problems:
            return None
        records = tuple(self.record(each, f"editions[{n}].", blocks) for n, each in enumerate(editions))
        for what in ("edition", "file", "identifier"):
            counts = Counter(getattr(record, what) for record in records)
            for name in sorted(name for name, count in counts.items() if count > 1):
                self.fault(f"two editions have the same {what}, “{name}”")
        return Manifest(article, publish, source, versions, records, blocks)

    def record(self, value: Any, at: str, digests: Mapping[str, str]) -> Record:
        if not isinstance(value, dict):
            self.fault(f"{at[:-1]} must be an object")
            value = {}
        needed = {"edition", "format", "file", "identifier", "size", "sha256", "blocks"}
        self.names(value, at, needed, frozenset({"pages", "omissions"}))
        file, digest = self.text(value, at, "file"), self.text(value, at, "sha256")
        if file == NAME or not _FILE_NAME.fullmatch(file):
            self.fault(f"{at}file: “{file}” is not the plain name of an edition's file")
        if not _SHA256.fullmatch(digest):
            self.fault(f"{at}sha256 is not a SHA-256")
        return Record(
            edition=self.text(value, at, "edition"),
            format=self.text(value, at, "format"),
            file=file,
            identifier=self.text(value, at, "identifier"),
            sha256=digest,
            size=self.number(value, at, "size"),
            blocks=self.carried(value.get("blocks"), f"{at}blocks.", digests),
            pages=self.number(value, at, "pages") if "pages" in value else None,
            omissions=tuple(self.texts(value, at, "omissions").items()) if "omissions" in value else (),
        )

    def carried(self, value: Any, at: str, digests: Mapping[str, str]) -> tuple[str, ...]:
        """Return the ids an edition carries: all but those left out; prove them by their digest."""
        if not isinstance(value, dict):
            self.fault(f"{at[:-1]} must be an object")
            return ()
        self.names(value, at, {"count", "sha256", "left_out"})
        left_out = value.get("left_out")
        if not isinstance(left_out, list) or not all(isinstance(id, str) for id in left_out):
            self.fault(f"{at}left_out must be a list of block ids")
            return ()
        for id in left_out:
            if id not in digests:
                self.fault(f"{at}left_out names “{id}”, which is not among the blocks")
        without = frozenset(left_out)
        ids = tuple(id for id in digests if id not in without)
        count, digest = self.number(value, at, "count"), self.text(value, at, "sha256")
        if count != len(ids):
            self.fault(f"{at}count says {count}, but {len(ids)} blocks are left in")
        elif digest != _digest(ids, digests):
            self.fault(f"{at}sha256 does not belong to the blocks left in", hint="the manifest was changed")
        return ids

    def names(
        self, value: dict[str, Any], at: str, needed: set[str], optional: frozenset[str] = frozenset()
    ) -> None:
        for name in sorted(needed - value.keys()):
            self.fault(f"“{at}{name}” is missing")
        for name in sorted(value.keys() - needed - optional):
            self.fault(f"“{at}{name}” is unknown")

    def text(self, value: dict[str, Any], at: str, name: str) -> str:
        found = value.get(name, "")
        if name in value and (not isinstance(found, str) or not found):
            self.fault(f"“{at}{name}” must be a text")
        return found if isinstance(found, str) else ""

    def number(self, value: dict[str, Any], at: str, name: str) -> int:
        found = value.get(name, 0)
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            self.fault(f"“{at}{name}” must be a whole number, 0 or more")
            return 0
        return found

    def texts(self, value: dict[str, Any], at: str, name: str) -> dict[str, str]:
        found = value.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            self.fault(f"“{at}{name}” must map names to texts")
            return {}
        return found

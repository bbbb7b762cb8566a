"""Proven files in, ``output/<id>/`` out: all of a release at once, or nothing of it.

Layer 4. What is promised, how, and where it does not hold: docs/release.md. In short: files are
written and flushed in a hidden folder beside the release, then the two folders are exchanged in
one step of the file system, then the earlier release is deleted. Killed at any instant, the
output holds one release whole, and the next build clears away what was left behind.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from publish.errors import Problem, PublishError
from publish.manifest import MAX_BYTES, Manifest, read_manifest, sha256
from publish.manifest import NAME as MANIFEST

DRAFTS = "drafts"
LOCK = ".lock"

_CANNOT_EXCHANGE = {
    errno.EINVAL,  # Linux: the file system does not know RENAME_EXCHANGE (NFS, many FUSE)
    errno.ENOSYS,  # no such call: a C library without renameat2, a kernel before 3.15
    errno.ENOTSUP,  # macOS: HFS+, exFAT
    errno.EOPNOTSUPP,
    errno.EXDEV,  # overlayfs: the folder comes from a lower layer of the image
}
_CANNOT_LINK = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

_STAGED = re.compile(r"\.publish-[a-z0-9-]+-[0-9a-f]{8}")
"""A folder of ours in the output: a release being staged, or one just replaced; where folders
cannot be exchanged, the one that the link ``output/<id>`` leads to."""


def release_all(output: Path, articles: Mapping[str, Mapping[str, bytes]]) -> dict[str, bool]:
    """Put the files of each article (id -> name -> bytes, a manifest among them) into ``output/<id>/``.

    Returns for each article whether anything changed. Call it inside ``lock(output)``. All are staged
    before the first appears, so a full disk is met before anything is released. Each article is released
    whole; if the disk fails between two of them, the error names those that are already out. Raises
    ``PublishError`` where the disk refuses, or where ``output/<id>`` holds anything that is not ours.
    """
    _check(articles)
    _refuse_strangers(output / article_id for article_id in articles)
    staged: dict[Path, Path] = {}
    released: list[str] = []
    try:
        with _plainly(output):
            _make(output)
        for article_id, files in articles.items():
            with _plainly(output / article_id):
                if not _same(output / article_id, files):
                    staged[output / article_id] = folder = _fresh(output, article_id)
                    _fill(folder, files)
        for target, folder in tuple(staged.items()):
            with _plainly(target):
                earlier = _put(folder, target)
                del staged[target]
                _sync(output)
            released.append(target.name)
            if earlier:
                with suppress(OSError):  # the new release stands; the next build clears this away
                    _delete(earlier)
    except BaseException as error:
        _discard(output, staged)
        if released and isinstance(error, PublishError):
            note = Problem(f"already released: {', '.join(released)}", severity="note", kind="output")
            raise PublishError(*error.problems, note) from error
        raise
    return {article_id: article_id in released for article_id in articles}


def draft(output: Path, article_id: str, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` to ``output/drafts/<article_id>/``, each whole or not at all; return that folder.

    Other files there stay, and the release is not touched. Call it inside ``lock(output)``.
    """
    _check_names(article_id, files)
    folder, staged = output / DRAFTS / article_id, {}
    if link := next((each for each in (folder.parent, folder) if each.is_symlink()), None):
        hint = "move it out of the output, then build again; nothing was written"
        raise PublishError(
            Problem("this link was not made by publish", hint=hint, kind="foreign", artifact=str(link))
        )
    try:
        with _plainly(folder):
            _make(folder)
            staged[folder] = stage = _fresh(output, article_id)
            _fill(stage, files)
            for name in files:
                (stage / name).replace(folder / name)
            _sync(folder)
    finally:
        _discard(output, staged)
    return folder


@contextmanager
def lock(output: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold ``output`` for one build; another one waits, having called ``waiting()`` once.

    Makes the folder where it is missing, and clears away what dead builds left in it. The lock
    is the kernel's, so it ends with the process, however that ends.
    """
    descriptor = _locked(output, waiting)
    try:
        with _plainly(output):
            _sweep(output)
        yield
    finally:
        _unlock(descriptor)


def _locked(output: Path, waiting: Callable[[], None]) -> int:
    """Return the descriptor of ``output/.lock``, locked."""
    try:
        import fcntl
    except ImportError:  # Windows
        problem = Problem("this system has no file locks", hint="publish releases on Linux and macOS")
        raise PublishError(problem) from None

    path, told = output / LOCK, False
    while True:
        with _plainly(output):
            _make(output)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            with _plainly(path):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    held = True
                except BlockingIOError:
                    held = False
            if not held:
                if not told:
                    waiting()
                    told = True
                with _plainly(path):
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            with _plainly(path):
                # Somebody may have deleted the whole output meanwhile: this lock would guard nothing.
                if os.fstat(descriptor).st_nlink and path.exists():
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _unlock(descriptor: int) -> None:
    """A child that lives on has the lock's file open too; closing ours alone would not unlock it."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


# --- what stands in the output -------------------------------------------------------------


def _check(articles: Mapping[str, Mapping[str, bytes]]) -> None:
    """Raise where the caller's files are not a whole release: a fault of ours, not of an author."""
    for article_id, files in articles.items():
        _check_names(article_id, files)
        if article_id == DRAFTS:
            raise PublishError(
                Problem(
                    f"an article cannot have the id “{DRAFTS}”: output/{DRAFTS} holds the drafts",
                    hint="give the article another id",
                    kind="output",
                )
            )
        try:
            manifest = read_manifest(files.get(MANIFEST, b""))
        except PublishError as error:
            raise ValueError(f"{article_id}: {error}") from error
        digests = {record.file: record.sha256 for record in manifest.editions}
        if digests != {name: sha256(data) for name, data in files.items() if name != MANIFEST}:
            raise ValueError(f"{article_id}: {MANIFEST} does not describe the files released with it")
        if manifest.article != article_id:
            raise ValueError(f"{article_id}: {MANIFEST} is of article {manifest.article}")


def _check_names(article_id: str, files: Iterable[str]) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", article_id):
        raise ValueError(f"“{article_id}” is not the id of an article")
    for name in files:
        if not re.fullmatch(r"[a-z0-9][A-Za-z0-9._-]*", name):
            raise ValueError(f"“{name}” is not a plain name")


def _refuse_strangers(targets: Iterable[Path]) -> None:
    """Raise for every target that holds anything but an earlier release of its own article."""
    problems: list[Problem] = []
    for target in targets:
        try:
            with _plainly(target):
                _refuse_stranger(target)
        except PublishError as error:
            problems += error.problems
    if problems:
        raise PublishError(*problems)


def _refuse_stranger(target: Path) -> None:
    def refuse(message: str) -> PublishError:
        hint = "move it out of the output, then build again; nothing was deleted"
        return PublishError(Problem(message, hint=hint, kind="foreign", artifact=str(target)))

    if target.is_symlink() and not _leads_to(target):
        raise refuse("this link was not made by publish")
    try:
        with os.scandir(target) as entries:
            names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except FileNotFoundError:
        return
    own: frozenset[str] = frozenset()
    if MANIFEST in names:
        try:
            manifest = _manifest_in(target)
        except PublishError as error:
            first = error.problems[0].message
            raise refuse(f"this is not a release of publish: {MANIFEST}: {first}") from error
        if manifest.article != target.name:
            raise refuse(f"this is the release of another article, “{manifest.article}”")
        own = manifest.files
    strangers = sorted(name for name, folder in names.items() if folder or not belongs(name, own))
    if strangers:
        shown = ", ".join(strangers[:3]) + (f" and {len(strangers) - 3} more" if strangers[3:] else "")
        raise refuse(f"this folder holds what publish did not put there: {shown}")


def _manifest_in(folder: Path) -> Manifest:
    """Read the manifest of a release. In its place could be a link, a pipe, or more than anybody can read."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(folder / MANIFEST, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise PublishError(Problem("it is no plain file", kind="unreadable"))
        return read_manifest(file.read(MAX_BYTES))


def belongs(name: str, own: frozenset[str]) -> bool:
    """Whether a file called ``name`` may be deleted with its release.

    A file manager drops files of its own into every folder somebody looks into; nobody misses them.
    """
    return name in own or name in {".DS_Store", "Thumbs.db", "desktop.ini"} or name.startswith("._")


def _same(target: Path, files: Mapping[str, bytes]) -> bool:
    """Whether ``target`` is a release of exactly these files, byte for byte."""
    try:
        with os.scandir(target) as entries:
            found = {entry.name: entry for entry in entries if not belongs(entry.name, frozenset())}
            return found.keys() == files.keys() and all(
                entry.is_file(follow_symlinks=False)
                and entry.stat().st_size == len(files[name])
                and Path(entry.path).read_bytes() == files[name]
                for name, entry in found.items()
            )
    except FileNotFoundError:
        return False


# --- staging and exchange ------------------------------------------------------------------


def _make(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, so that it outlasts a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _sync(each.parent)


def _name(output: Path, article_id: str) -> Path:
    return output / f".publish-{article_id}-{os.urandom(4).hex()}"


def _fresh(output: Path, article_id: str) -> Path:
    """Return a new hidden folder in ``output``: on the same file system, unseen by readers."""
    folder = _name(output, article_id)
    folder.mkdir()
    return folder


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write and flush ``files``; the manifest last, so that whatever has one is whole."""
    for name in sorted(files, key=lambda name: name == MANIFEST):
        # 0o666 less the umask, as any program's files: a web server has to read them.
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            rest = memoryview(files[name])
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            _flush(descriptor)
        finally:
            os.close(descriptor)
    _sync(folder)


def _put(folder: Path, target: Path) -> Path | None:
    """Let ``folder`` be the release ``target`` in one step; return the path of what it replaced."""
    if not (target.is_symlink() or target.exists()):
        if not _exchanges(target.parent):
            return _link(folder, target)
        folder.rename(target)
        return None
    try:
        _exchange(folder, target)
    except OSError as error:
        if error.errno not in _CANNOT_EXCHANGE:
            raise
        if target.is_symlink():
            return _link(folder, target)
        problem = Problem(
            "this disk cannot exchange two folders, so the new release cannot replace the earlier one "
            "without a moment in which there is neither",
            hint="move the earlier release out of the output, then build again; "
            "or choose a folder on a disk of this computer with --output",
            kind="output",
            artifact=str(target),
        )
        raise PublishError(problem) from error
    return folder


def _exchange(one: Path, other: Path) -> None:
    """Let two names of one folder change places, at once; see rename(2), RENAME_EXCHANGE.

    macOS: renamex_np(2), RENAME_SWAP. Their kinds may differ: a folder and a link will do.
    """
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = libc.renamex_np(*names, 2)
    elif hasattr(libc, "renameat2"):
        failed = libc.renameat2(-100, names[0], -100, names[1], 2)  # -100 is AT_FDCWD
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(other))
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def _exchanges(output: Path) -> bool:
    """Whether this file system exchanges folders, tried with two empty ones.

    Asked before the first release of an article: put there as a plain folder where folders
    cannot be exchanged, it could never be replaced.
    """
    one = _fresh(output, "try")
    try:
        other = _fresh(output, "try")
        try:
            _exchange(one, other)
        finally:
            other.rmdir()
    except OSError as error:
        if error.errno not in _CANNOT_EXCHANGE:
            raise
        return False
    finally:
        one.rmdir()
    return True


def _link(folder: Path, target: Path) -> Path | None:
    """Let ``target`` be a link to ``folder``; return the folder it led to before.

    The way for disks that cannot exchange: renaming a link over a link is one step on any.
    """
    earlier = _leads_to(target)
    link = _name(target.parent, target.name)
    try:
        link.symlink_to(folder.name)
    except OSError as error:
        if error.errno not in _CANNOT_LINK or earlier:
            raise
        folder.rename(target)  # no links either, but also nothing that it would replace
        return None
    try:
        link.rename(target)
    except BaseException:
        link.unlink(missing_ok=True)
        raise
    return earlier


def _leads_to(link: Path) -> Path | None:
    """Return the hidden folder of ours, beside ``link``, that it leads to; None for anything else."""
    if not link.is_symlink() or not _STAGED.fullmatch(str(link.readlink())):
        return None
    return link.parent / link.readlink()


# --- deleting ------------------------------------------------------------------------------


def _delete(path: Path) -> None:
    """Delete a hidden folder of ours, or a hidden link and the folder it leads to.

    Only files we wrote: those its manifest names; without a manifest it was never whole, and
    nobody but us has seen it. So the manifest goes last, and stays where a file of somebody else
    stays: saved into the earlier release at the very moment in which it was replaced.
    """
    if path.is_symlink():
        folder = _leads_to(path)
        path.unlink()
        if folder is None or not folder.is_dir():
            return
        path = folder
    with suppress(OSError):
        path.chmod(0o700)  # a write-protected release is still ours
    own: frozenset[str] | None = None
    with suppress(PublishError, FileNotFoundError):
        own = _manifest_in(path).files
    with os.scandir(path) as entries:
        names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    ours = {name for name, folder in names.items() if not folder and (own is None or belongs(name, own))}
    for name in sorted(ours - {MANIFEST}):
        (path / name).unlink()
    if names.keys() - ours:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(path))
    if MANIFEST in ours:
        (path / MANIFEST).unlink()
    path.rmdir()


def _discard(output: Path, staged: Mapping[Path, Path]) -> None:
    """Delete staged folders; where somebody interrupted us behind an exchange, what they replaced."""
    with suppress(OSError):
        _sync(output)  # an exchange must be on the disk before the earlier release is deleted
        for target, folder in staged.items():
            if (folder.is_symlink() or folder.exists()) and _leads_to(target) != folder:
                _delete(folder)


def _sweep(output: Path) -> None:
    """Delete what dead builds left in ``output``. Only under the lock: nobody else is building."""
    with os.scandir(output) as entries:
        names = sorted(entry.name for entry in entries)
    living = {_leads_to(output / name) for name in names if not _STAGED.fullmatch(name)}
    dead = [output / name for name in names if _STAGED.fullmatch(name) and output / name not in living]
    if dead:
        _sync(output)  # as in _discard
    for path in dead:
        if path.is_symlink():
            path.unlink()  # the folder it leads to is the release, or is on this list itself
        elif path.is_dir():
            _delete(path)


# --- the disk ------------------------------------------------------------------------------


def _flush(descriptor: int) -> None:
    """Let what was written reach the disk itself, past its cache."""
    import fcntl

    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync(2) leaves it in the drive's cache
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def _sync(folder: Path) -> None:
    """Let the names in ``folder`` reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _flush(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network disks flush no folders
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """Say in plain words what the disk refused; ``path`` is what an author knows of."""
    try:
        yield
    except OSError as error:
        raise PublishError(_problem(error, path)) from error


def _problem(error: OSError, path: Path) -> Problem:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            message, hint = "there is no space left on this disk", "free some space, then build again"
        case errno.EFBIG:
            message, hint = "a file is larger than this disk allows", "choose another disk with --output"
        case errno.EACCES | errno.EPERM:
            named = Path(os.fsdecode(error.filename or path))
            there = (each for each in (named, *named.parents) if os.path.exists(each))  # noqa: PTH110
            path = next((each for each in there if not os.access(each, os.W_OK)), path)
            message = "publish may not write here"
            hint = "see who owns this folder, or choose another with --output"
        case errno.EROFS:
            message, hint = "this disk can only be read", "choose another disk with --output"
        case errno.ENOTDIR | errno.EEXIST:
            path = next((each for each in (path, *path.parents) if os.path.isfile(each)), path)  # noqa: PTH113
            message, hint = "a file stands where a folder should be", "move it away, then build again"
        case errno.EISDIR:
            path = Path(os.fsdecode(error.filename2 or error.filename or path))
            message, hint = "a folder stands where a file should be", "move it away, then build again"
        case errno.ENOTEMPTY:
            path = Path(os.fsdecode(error.filename or path))
            message = "this hidden folder holds what publish did not put there"
            hint = "move that out of the output, then build again; nothing of it was deleted"
        case errno.ELOOP:
            path = Path(os.fsdecode(error.filename or path))
            message, hint = "a link stands where publish keeps a file of its own", "move it away"
        case errno.EXDEV:
            message, hint = "this folder is on another disk than the output", "let both be on one"
        case errno.EBUSY:
            message, hint = "this folder is a disk of its own, or in use", "choose another with --output"
        case errno.ENAMETOOLONG:
            message, hint = "this name is too long for the disk", "shorten the article's id"
        case errno.ENOLCK | errno.ENOTSUP | errno.ENOSYS:
            message = f"this disk cannot do what a release needs: {error.strerror}"
            hint = "choose a folder on a disk of this computer with --output"
        case _:
            message, hint = f"the disk refuses: {error.strerror}", "look after the disk, then build again"
    return Problem(message, hint=hint, kind="output", artifact=str(path))

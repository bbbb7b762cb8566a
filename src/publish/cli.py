"""The command line: the only place that prints or chooses an exit code.

Exit code 0: done; 1: problems found; 2: wrong usage.
PUBLISH_TRACEBACK=1 in the environment shows where in our code a fault of ours came up.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publish.errors import Problem, PublishError

if TYPE_CHECKING:
    from publish.inspection import Measured, Verdict
    from publish.pipeline import Built
    from publish.project import Project

DONE, PROBLEMS, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a letter that a terminal has no code for ends nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(_parser().parse_args(arguments))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone: `publish check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEMS
    return code


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.run(options))
    except PublishError as error:
        _say_problems(error.problems, options)
        return PROBLEMS
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        print("stopped; every release is whole, the earlier or the new one", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("PUBLISH_TRACEBACK"):
            raise
        _say_problems([_broken_off(error)], options)
        return PROBLEMS


def _broken_off(error: Exception) -> Problem:
    """What to say of an error that nobody foresaw: the machine refused something, or we made a mistake."""
    from publish.isolate import TaskError

    if isinstance(error, OSError) and error.errno:
        name = f"{error.filename}: " if error.filename else ""
        return Problem(f"{name}{error.strerror}", hint="every release is whole, as it was", kind="machine")
    what = error.what if isinstance(error, TaskError) else "publish"
    return Problem(
        f"{what} broke off: this is a fault of publish, not yours",
        hint="every release is whole, as it was; please report the fault where you have publish from, "
        "with what the same command says when PUBLISH_TRACEBACK=1 stands before it",
        kind="bug",
    )


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    project = argparse.ArgumentParser(add_help=False)
    project.add_argument(
        "--project",
        type=Path,
        metavar="DIR",
        help="the folder that has source/publish.yaml (default: this folder, or the nearest above it)",
    )
    output = argparse.ArgumentParser(add_help=False)
    output.add_argument(
        "--output", type=Path, metavar="DIR", help="where releases go (default: output/ of the project)"
    )
    parser = argparse.ArgumentParser(
        prog="publish",
        description="Publish health articles as web page, print handout and e-book, every word proven.",
        epilog="Exit code: 0 done, 1 problems found, 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    build = commands.add_parser(
        "build",
        parents=[project, output, common],
        usage="%(prog)s [ID ...] [--edition NAME ...] [--type-size POINTS]\n"
        "                     [--project DIR] [--output DIR] [--json]",
        help="make every edition, prove it, release it",
        description="Make every edition of the articles, read the finished files back, compare every word "
        "with the source, and release all of them, or none.",
    )
    build.add_argument("ids", nargs="*", metavar="ID", help="articles to publish (default: all)")
    build.add_argument(
        "--edition",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="make these editions only, into output/drafts/; nothing is released",
    )
    build.add_argument(
        "--type-size",
        type=_points,
        metavar="POINTS",
        help="make only large print of this size, 14 to 28 points, into output/drafts/; nothing is released",
    )
    build.set_defaults(run=_build)

    check = commands.add_parser(
        "check",
        parents=[project, common],
        help="check the sources only",
        description="Read the sources and list every fault, with file, line and column.",
    )
    check.add_argument("ids", nargs="*", metavar="ID", help="articles to check (default: all)")
    check.set_defaults(run=_check)

    verify = commands.add_parser(
        "verify",
        parents=[project, output, common],
        help="prove releases, or any file, against the sources",
        description="Read finished files back and say, block by block, whether they carry what the source "
        "says. Name articles to verify their releases (default: all), or files from anywhere.",
    )
    verify.add_argument("targets", nargs="*", metavar="ID|FILE", help="articles or files")
    verify.add_argument("--all-blocks", action="store_true", help="list intact blocks, too")
    verify.add_argument(
        "--read", action="store_true", help="only print what a screen reader would speak of the files"
    )
    verify.add_argument(
        "--print",
        action="store_true",
        dest="measure",
        help="measure how any PDF looks instead: type, lines, contrast, margins, and which rules it keeps",
    )
    verify.add_argument(
        "--profile",
        choices=("clear-print", "aph-large-18", "acb-large-18"),
        help="with --print: list each place where the file breaks these rules",
    )
    verify.set_defaults(run=_verify)

    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of a source file",
        description="Print the JSON Schema that lets an editor complete and check source files while typing.",
    )
    schema.add_argument(
        "file", nargs="?", choices=("article", "publish", "disclaimers"), default="article", help="which file"
    )
    schema.set_defaults(run=_schema)

    init = commands.add_parser(
        "init",
        help="start a new project",
        description="Make a folder with house settings and a first article to change, ready to build.",
    )
    init.add_argument("directory", type=Path, metavar="DIR")
    init.set_defaults(run=_init)
    return parser


def _points(text: str) -> int:
    """A type size that large print is made in."""
    from publish.model import SIZES_ON_REQUEST

    if not text.isascii() or not text.isdigit() or int(text) not in SIZES_ON_REQUEST:
        least, most = SIZES_ON_REQUEST[0], SIZES_ON_REQUEST[-1]
        raise argparse.ArgumentTypeError(f"{text} is no whole number from {least} to {most}")
    return int(text)


# --- commands ------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> int:
    from publish import pipeline

    if options.edition and options.type_size:
        _say("publish build: error: --edition and --type-size name different things to make", sys.stderr)
        return WRONG_USAGE
    project = _project(options)
    progress = _Progress(options)
    try:
        built = pipeline.build(
            project,
            _output(options, project),
            options.ids,
            options.edition,
            progress,
            lambda: _say("another build is running in this folder; waiting for it to end", sys.stderr),
            options.type_size,
        )
    finally:
        progress.end()
    notes = [note for each in built for note in each.source.notes]
    if options.json:
        _say_json(
            {"articles": [_built_json(each) for each in built], "problems": _problems_json(notes, options)}
        )
    else:
        for each in built:
            _say_built(each, draft=bool(options.edition or options.type_size))
        if notes:
            _say(f"{len(notes)} note{'s' * (len(notes) > 1)} on the source; to see: publish check")
    return DONE


def _check(options: argparse.Namespace) -> int:
    sources = _project(options).sources(options.ids)
    notes = [note for source in sources for note in source.notes]
    if options.json:
        _say_json(
            {
                "articles": [source.article.id for source in sources],
                "problems": _problems_json(notes, options),
            }
        )
    else:
        _say_problems(notes, options)
        for source in sources:
            _say(f"{source.article.id}: no fault found")
    return DONE


def _verify(options: argparse.Namespace) -> int:
    if options.measure:
        return _measure(options)
    if options.read:
        return _read(options)
    from publish import inspection
    from publish.source.article import article_ids

    project = _project(options)
    output = _output(options, project)
    known = article_ids(project.folder)
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    for target in options.targets or known:
        try:
            if target in known and not Path(target).is_file():
                verdicts += inspection.verify_release(project, target, output)
            elif Path(target).is_file():
                verdicts.append(inspection.verify_file(project, Path(target), output))
            else:
                what = "a folder, not a file" if Path(target).is_dir() else "neither an article nor a file"
                hint = f"name a file, or an article of this project: {', '.join(known)}"
                problems.append(Problem(f"“{target}” is {what}", hint=hint, kind="unknown-target"))
        except PublishError as error:
            problems += error.problems
    found = [problem for verdict in verdicts for problem in verdict.problems] + problems
    if options.json:
        _say_json(
            {"files": [_verdict_json(each) for each in verdicts], "problems": _problems_json(found, options)}
        )
    else:
        for verdict in verdicts:
            _say_verdict(verdict, options.all_blocks)
        _say_problems(found, options)
    return PROBLEMS if any(problem.severity == "error" for problem in found) else DONE


def _measure(options: argparse.Namespace) -> int:
    from publish.inspection import measured

    if not options.targets:
        raise PublishError(
            Problem("there is no file to measure", hint="name one: publish verify --print FILE")
        )
    found: list[Problem] = []
    files = []
    for target in options.targets:
        print_ = measured(_file(target), options.profile)
        found += print_.problems
        if options.json:
            files.append(
                {
                    "file": target,
                    **dataclasses.asdict(print_.summary),
                    "profiles": {name: not kinds for name, kinds in print_.profiles.items()},
                    "notes": _problems_json(print_.notes, options),
                }
            )
        else:
            _say_print(target, print_, options)
    if options.json:
        _say_json({"files": files, "problems": _problems_json(found, options)})
    else:
        _say_problems(found, options)
    return PROBLEMS if found else DONE


def _read(options: argparse.Namespace) -> int:
    from publish.inspection import read_aloud

    if not options.targets:
        hint = "publish verify --read output/asthma/asthma-letter.pdf"
        raise PublishError(Problem("there is no file to read", hint=hint, kind="unknown-target"))
    read = {target: read_aloud(_file(target)) for target in options.targets}
    if options.json:
        _say_json({"files": [{"file": file, "transcript": text} for file, text in read.items()]})
    else:
        _say("\n".join(text.rstrip("\n") + "\n" for text in read.values()).rstrip("\n"))
    return DONE


def _schema(options: argparse.Namespace) -> int:
    from publish.source.schema import article_schema, disclaimers_schema, house_schema

    schema = {"article": article_schema, "publish": house_schema, "disclaimers": disclaimers_schema}
    _say_json(schema[options.file]())
    return DONE


def _init(options: argparse.Namespace) -> int:
    from publish.starter import start

    for path in start(options.directory):
        _say(f"made {path}")
    _say(f"\nNow write {options.directory}/source/my-first-article/article.yaml, then run:\n")
    _say(f"    publish build --project {shlex.quote(str(options.directory))}")
    return DONE


# --- finding the project -------------------------------------------------------------------


def _project(options: argparse.Namespace) -> Project:
    from publish.project import open_project

    options.folder = options.project or _nearest_project(Path.cwd())
    if not (options.folder / "source" / "publish.yaml").is_file():
        hint = f"name the folder that has source/, or start a project there: publish init {options.folder}"
        message = f"{options.folder} is no project: it has no source/publish.yaml"
        raise PublishError(Problem(message, hint=hint, kind="no-project"))
    return open_project(options.folder)


def _nearest_project(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "source" / "publish.yaml").is_file():
            return folder
    raise PublishError(
        Problem(
            "there is no source/publish.yaml in this folder or above it",
            hint="go to your project's folder, name it with --project DIR, or start one: publish init DIR",
            kind="no-project",
        )
    )


def _output(options: argparse.Namespace, project: Project) -> Path:
    if options.output:
        return Path(options.output)
    output = project.folder / "output"
    # A project from a stranger could have a link to a folder of this machine.
    if not Path(os.path.realpath(output)).is_relative_to(os.path.realpath(project.folder)):
        hint = "if releases shall go there, name the folder yourself: --output DIR"
        raise PublishError(Problem(f"{output} leads out of the project", hint=hint, kind="refused"))
    return output


def _file(target: str) -> Path:
    """Return the path of a file that somebody named; raise ``PublishError`` where there is none."""
    if not Path(target).is_file():
        what = "a folder, not a file" if Path(target).is_dir() else "no file"
        hint = "name a file, such as output/asthma/asthma-letter.pdf"
        raise PublishError(Problem(f"“{target}” is {what}", hint=hint, kind="unknown-target"))
    return Path(target)


# --- saying things -------------------------------------------------------------------------


def _say(text: str, stream: Any = None) -> None:
    # Control characters of a strange file would drive the terminal.
    shown = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", text)
    print(shown, file=stream or sys.stdout)


def _say_json(value: dict[str, Any]) -> None:
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not unicode, indent=2)
    # JSON may have the control characters U+007F to U+009F as they are, a terminal may not.
    _say(re.sub(r"[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text))


def _shown(file: str, options: argparse.Namespace) -> str:
    """A path of the project as the reader would type it from where they stand."""
    if Path(file).is_absolute():
        return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file
    folder = getattr(options, "folder", None)
    if folder and (folder / file).exists():
        path = os.path.relpath(folder / file)
        return path if not path.startswith("../..") else str(folder / file)
    return file


def _say_problems(problems: Iterable[Problem], options: argparse.Namespace) -> None:
    problems = list(problems)
    if getattr(options, "json", False):
        if any(problem.severity == "error" for problem in problems):
            _say_json({"problems": _problems_json(problems, options)})
        return
    for problem in problems:
        _say(_problem_text(problem, options), sys.stderr)
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        _say(f"{errors} problem{'s' if errors > 1 else ''}", sys.stderr)


def _problem_text(problem: Problem, options: argparse.Namespace) -> str:
    where = ""
    if problem.place:
        place = problem.place
        where = f"{_shown(place.file, options)}:{place.line}:{place.column}: "
    inside = ""
    if problem.artifact:
        page = f", page {problem.page}" if problem.page else ""
        inside = f"{problem.artifact}{page}: "
    lines = problem.hint.replace("\n", "\n    ")
    hint = f"\n  hint: {lines}" if lines else ""
    return f"{where}{problem.severity}: {inside}{problem.message}{hint}"


def _problems_json(problems: Iterable[Problem], options: argparse.Namespace) -> list[dict[str, Any]]:
    listed = []
    for problem in problems:
        entry: dict[str, Any] = {
            "kind": problem.kind,
            "severity": problem.severity,
            "message": problem.message,
        }
        if problem.place:
            entry |= {
                "file": _shown(problem.place.file, options),
                "line": problem.place.line,
                "column": problem.place.column,
            }
        for name in ("hint", "block", "artifact", "page"):
            if value := getattr(problem, name):
                entry[name] = value
        listed.append(entry)
    return listed


class _Progress:
    """Says what is being made: one line that changes on a terminal, plain lines otherwise."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.quiet = options.json
        self.terminal = sys.stderr.isatty()
        self.width = 0

    def __call__(self, article: str, edition: str, state: str) -> None:
        if self.quiet:
            return
        text = {"render": "making", "prove": "proving", "done": "proven"}[state]
        line = f"{article}: {text} {edition}"
        if self.terminal:
            sys.stderr.write("\r" + line.ljust(self.width))
            sys.stderr.flush()
            self.width = len(line)
        elif state == "done":
            _say(f"{article}: made {edition} and read it back", sys.stderr)

    def end(self) -> None:
        if self.terminal and self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()


def _say_built(built: Built, draft: bool) -> None:
    article = built.source.article
    faq, disclaimers = len(article.faq), len(article.disclaimers)
    rows = [("edition", "file", "size", "pages", "blocks", "FAQ", "disclaimers", "read back")]
    for proof in built.proofs:
        parts = proof.edition.parts
        pages = proof.reading.pages if proof.edition.format == "pdf" else None
        rows.append(
            (
                proof.edition.name,
                proof.file,
                f"{len(proof.data) / 1024:.0f} KB",
                str(pages or "–"),
                str(len(proof.expected)),
                str(faq) if "faq" in parts else "left out",
                str(disclaimers) if "disclaimers" in parts else "left out",
                "every word intact",
            )
        )
    _say_table(rows)
    if draft:
        _say(f"draft in {_short(built.folder)}; nothing was released")
    elif built.changed:
        _say(f"released in {_short(built.folder)}")
    else:
        _say(f"unchanged: the release in {_short(built.folder)} already is this one, byte for byte")


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("../..") else str(path)


def _say_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _say_verdict(verdict: Verdict, all_blocks: bool) -> None:
    counts: dict[str, int] = {}
    for state in verdict.states:
        counts[state.state] = counts.get(state.state, 0) + 1
    summary = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    _say(f"{verdict.file}: edition “{verdict.edition}” of {verdict.article}: {summary}")
    same = {
        True: "  this very file was released, byte for byte",
        False: "  this is not the released file: its bytes differ",
        None: "  there is no release to compare its bytes with",
    }
    _say(same[verdict.same_bytes])
    if verdict.made_with:
        again = f"to compare like with like, build again: publish build {verdict.article}"
        _say(f"  made with {verdict.made_with}: what differs need not be a fault of the file; {again}")
    for state in verdict.states:
        if all_blocks or state.state != "intact":
            _say(f"  {state.state:9} {state.id or '(no id)'}{': ' + state.detail if state.detail else ''}")


def _say_print(target: str, print_: Measured, options: argparse.Namespace) -> None:
    summary = print_.summary
    _say(f"{target}: {summary.pages} page{'s' * (summary.pages != 1)}")
    used = [f"{size:g} pt {share:.0%}" for size, share in summary.sizes if share >= 0.005]
    smallest = min((size for size, _ in summary.sizes), default=0)
    rows = [
        ("type", f"{', '.join(used)} of all letters; the smallest is {smallest:g} pt"),
        ("faces", ", ".join(summary.fonts)),
    ]
    if summary.pitches:
        low, middle = summary.pitches
        headings = f", of headings {summary.heading_pitch:.2f}" if summary.heading_pitch else ""
        closest = f"; the closest are {low:.2f} times{headings}"
        rows.append(("line to line", f"{middle:.2f} times the type size in most of the text{closest}"))
    if summary.characters:
        usual, most = summary.characters
        rows.append(("line length", f"{usual} characters as a rule, {most} in the longest of 20 lines"))
    if summary.contrast and summary.grey:
        rows.append(("contrast", f"{summary.contrast:.1f}:1 at the lowest, {summary.grey:.1f}:1 in grey"))
    if summary.margins:
        sides = zip(("top", "right", "bottom", "left"), summary.margins, strict=True)
        rows.append(
            ("margins", ", ".join(f"{side} {space:.0f} pt ({space / 72:.2g} in)" for side, space in sides))
        )
    for name, kinds in print_.profiles.items():
        rows.append((name, f"not kept: {', '.join(kinds)}" if kinds else "kept"))
    _say_table([(f"  {name}", value) for name, value in rows])
    if options.profile is None and any(print_.profiles.values()):
        _say("to see where, page by page: publish verify --print FILE --profile NAME")
    _say_problems(print_.notes, options)


def _built_json(built: Built) -> dict[str, Any]:
    return {
        "id": built.source.article.id,
        "folder": str(built.folder),
        "changed": built.changed,
        "editions": [
            {
                "name": proof.edition.name,
                "file": proof.file,
                "format": proof.edition.format,
                "size": len(proof.data),
                "pages": proof.reading.pages,
                "blocks": len(proof.expected),
                "sha256": proof.sha256,
            }
            for proof in built.proofs
        ],
    }


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "file": verdict.file,
        "article": verdict.article,
        "edition": verdict.edition,
        "same_bytes": verdict.same_bytes,
        "made_with": verdict.made_with,
        "blocks": [{"id": s.id, "state": s.state, "detail": s.detail} for s in verdict.states],
    }


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("publish")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0 (not installed)"

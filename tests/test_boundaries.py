"""The walls of the code: what may import, print and write what, read from the sources themselves."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "src" / "publish"

Modules = Mapping[str, str]
"""Module name -> its source; a package by its plain name: "publish.render"."""


def read(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


MODULES = read(PACKAGE)


# --- imports -------------------------------------------------------------------------------


def imports(modules: Modules) -> dict[str, frozenset[str]]:
    """Return the imports of every module, wherever in it they stand.

    Of our own modules the module itself, of others the top-level name. A text that is the name of
    one of our modules counts too: ``formats`` imports the ones that its rows name.
    """
    names = frozenset(modules)
    return {name: _imports(source, names) for name, source in modules.items()}


@cache
def _imports(source: str, modules: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {_module(alias.name, modules) for alias in names}
            case ast.ImportFrom(module=module, names=names, level=level):
                assert level == 0, "a relative import hides where it leads"
                found |= {_module(f"{module}.{alias.name}", modules) for alias in names}
            case ast.Constant(value=str(text)) if text in modules and text != "publish":
                found.add(text)
    return frozenset(found)


def _module(imported: str, modules: frozenset[str]) -> str:
    """ "publish.model.Article" -> "publish.model"; "lxml.etree" -> "lxml"."""
    if imported.split(".")[0] != "publish":
        return imported.split(".")[0]
    while imported not in modules:
        imported, _, rest = imported.rpartition(".")
        assert rest, f"there is no module {imported}"
    return imported


def layers(map: str) -> dict[str, int]:
    """Return the layer of every entry of the map in ``publish/__init__.py``: "model" -> 1, "render" -> 3."""
    found, layer = {}, -1
    for line in map.splitlines():
        if entry := re.match(r"    (\d)  ([a-z_]+)/? +\S", line):
            layer = int(entry[1])
        elif not (entry := re.match(r"     ()  ([a-z_]+)/?  +\S", line)):
            continue
        found[entry[2]] = layer
    return found


MAP = layers(ast.get_docstring(ast.parse(MODULES["publish"]), clean=False) or "")


def entry(module: str) -> str:
    """ "publish.render.pdf" -> "render"."""
    return module.split(".")[1]


def wrong_ways(modules: Modules, map: Mapping[str, int]) -> list[str]:
    """Return every import that does not go down; inside one folder all are free."""
    found = []
    for name, imported in imports(modules).items():
        for other in sorted(imported):
            # "publish" holds nothing but the map; __main__ stands above it and only starts cli.
            if {name, other} & {"publish", "publish.__main__"} or not other.startswith("publish."):
                continue
            if entry(name) != entry(other) and map[entry(name)] <= map[entry(other)]:
                found.append(f"{name} -> {other}")
    return found


def circle(modules: Modules) -> list[str]:
    """Return the modules of a circle of imports, if there is one."""
    try:
        TopologicalSorter(imports(modules)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def reached(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """Return everything that ``start`` and what it imports import."""
    found, waiting = set[str](), [start]
    while waiting:
        new = set(graph.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def through_the_wall(modules: Modules) -> list[str]:
    """Return what the readers of ``verify/`` share with the renderers, and must not."""
    forbidden = {"publish.layout", "weasyprint", "pydyf", "ebooklib", "jinja2", "markupsafe", "markdown_it"}
    graph = imports(modules)
    return [
        f"{name} reaches {each}"
        for name in modules
        if name.startswith("publish.verify.")
        for each in sorted(reached(graph, name))
        if each in forbidden or each.startswith(("publish.render", "publish.source"))
    ]


def renderers(modules: Modules) -> set[str]:
    """Return the modules of ``render/`` that make an edition; the others are shared helpers."""
    return {
        name
        for name, source in modules.items()
        if name.startswith("publish.render.")
        and any(
            isinstance(node, ast.FunctionDef) and node.name == "render" for node in ast.parse(source).body
        )
    }


def renderers_imported_by_others(modules: Modules) -> list[str]:
    own = renderers(modules)
    return [
        f"{name} -> {each}"
        for name, imported in imports(modules).items()
        if name.startswith("publish.render.")
        for each in sorted(imported & own - {name})
    ]


PUBLIC = {
    "weasyprint": {"CSS", "HTML"},
    "weasyprint.text.fonts": {"FontConfiguration"},
    "weasyprint.urls": {"FatalURLFetchingError", "URLFetcherResponse"},
}
"""What WeasyPrint's own reference names, of what we use; its version needs none of this to fit."""


def private_parts(modules: Modules) -> list[str]:
    """Return where WeasyPrint, or an object that may be its own, is entered by a door that is not public."""
    found = []
    for name, source in modules.items():
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Import(names=names):
                    found += [f"{name}: {each.name}" for each in names if _private(each.name)]
                case ast.ImportFrom(module=str(module), names=names):
                    found += [
                        f"{name}: {module}.{each.name}" for each in names if _private(module, each.name)
                    ]
                case ast.Attribute(value=ast.Name(id="weasyprint"), attr=attr) if _private(
                    "weasyprint", attr
                ):
                    found.append(f"{name}: weasyprint.{attr}")
                case ast.Attribute(value=value, attr=attr) if (
                    name.startswith("publish.render.")
                    and re.match(r"_(?!_)", attr)
                    and ast.unparse(value) not in ("self", "cls", "super()")
                ):
                    found.append(f"{name}: {ast.unparse(node)}")
    return found


def _private(module: str, name: str = "") -> bool:
    if module.split(".")[0] != "weasyprint":
        return False
    return module not in PUBLIC or (bool(name) and name not in PUBLIC[module])


def test_one_module_alone_touches_private_parts_of_weasyprint() -> None:
    assert {each.split(":")[0] for each in private_parts(MODULES)} == {"publish.render.tags"}


@pytest.mark.parametrize(
    "line",
    [
        "import weasyprint.pdf",
        "from weasyprint.formatting_structure import boxes",
        "import weasyprint\nweasyprint.DEFAULT_OPTIONS",
        "from weasyprint.urls import default_url_fetcher",
        "document.pages[0]._page_box",
    ],
)
def test_another_module_that_touches_them_is_found(line: str) -> None:
    found = {each.split(":")[0] for each in private_parts(broken("publish.render.cover", line))}
    assert found == {"publish.render.tags", "publish.render.cover"}


def test_the_version_whose_private_parts_are_known_is_the_one_that_is_installed_with_us() -> None:
    import tomllib

    from publish.render.tags import VERSION

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"weasyprint=={VERSION}" in project["dependencies"]


def test_every_module_is_on_the_map() -> None:
    assert MAP["errors"] == 0 < MAP["model"] < MAP["render"] == MAP["verify"] < MAP["pipeline"] < MAP["cli"]
    modules = {entry(name) for name in MODULES if name not in {"publish", "publish.__main__"}}
    assert modules == MAP.keys()


def test_imports_go_down() -> None:
    assert wrong_ways(MODULES, MAP) == []


def test_imports_make_no_circle() -> None:
    assert circle(MODULES) == []


def test_verify_shares_nothing_with_what_it_proves() -> None:
    assert through_the_wall(MODULES) == []


def test_renderers_do_not_import_each_other() -> None:
    assert {entry.rpartition(".")[2] for entry in renderers(MODULES)} == {"html", "pdf", "epub"}
    assert renderers_imported_by_others(MODULES) == []


def broken(module: str, line: str) -> dict[str, str]:
    """Our modules, with ``line`` at the end of one of them."""
    assert module in MODULES
    return {**MODULES, module: f"{MODULES[module]}\n{line}\n"}


def test_an_import_that_goes_up_is_found() -> None:
    for line in (
        "import publish.cli",
        "from publish import cli",
        "def f():\n    from publish.cli import main",
    ):
        assert wrong_ways(broken("publish.model", line), MAP) == ["publish.model -> publish.cli"]
    aside = broken("publish.release", "import publish.formats")
    assert wrong_ways(aside, MAP) == ["publish.release -> publish.formats"]
    named = broken("publish.layout", 'import_module("publish.render.pdf")')
    assert wrong_ways(named, MAP) == ["publish.layout -> publish.render.pdf"]


def test_a_circle_is_found() -> None:
    assert circle(broken("publish.verify.reading", "from publish.verify.compare import compare"))


@pytest.mark.parametrize(
    "line",
    ["from publish.layout import Layouts", "from publish.render import html", "import weasyprint.text.fonts"],
)
def test_a_hole_in_the_wall_is_found_also_behind_a_helper(line: str) -> None:
    assert through_the_wall(broken("publish.verify.html", line))
    assert any("verify.pdf" in each for each in through_the_wall(broken("publish.verify.page", line)))


def test_a_renderer_that_another_imports_is_found() -> None:
    found = renderers_imported_by_others(broken("publish.render.epub", "from publish.render import html"))
    assert found == ["publish.render.epub -> publish.render.html"]
    assert renderers_imported_by_others(broken("publish.render.cover", "import publish.render.epub"))


# --- printing and writing ------------------------------------------------------------------


def called(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield the dotted name of everything that is called: "print", "sys.exit", "path.write_text"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


SPEAKING = {"print", "input", "exit", "quit", "sys.exit", "os._exit", "os.abort", "SystemExit"}


def speaking(source: str) -> list[str]:
    """Return every call that prints, asks or ends the program."""
    spoken = re.compile(r"sys\.(stdout|stderr|__stdout__|__stderr__)\b")
    return [name for name, _ in called(source) if name in SPEAKING or spoken.match(name)]


WRITING = {
    *("write_text", "write_bytes", "touch", "mkdir", "rmdir", "unlink", "rename", "symlink_to"),
    *("hardlink_to", "chmod", "extractall"),
    *(f"os.{name}" for name in ("open", "write", "remove", "replace", "makedirs", "system", "link")),
}
WRITING_MODULES = {"shutil", "tempfile", "subprocess"}


def writing(source: str) -> list[str]:
    """Return every call that changes something on the disk, or starts a program that may."""
    return [name for name, call in called(source) if _writes(name, call)]


def _writes(name: str, call: ast.Call) -> bool:
    last = name.rpartition(".")[2]
    if {name, last} & WRITING or name.split(".")[0] in WRITING_MODULES:
        return True
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if last in {"write_pdf", "write_png"}:
        return bool(call.args) or "target" in named  # without a target it returns bytes
    if last == "open":
        modes = [each.value for each in (*call.args[:2], named.get("mode")) if isinstance(each, ast.Constant)]
        return any(set(str(mode)) <= set("rwaxbt+") and set(str(mode)) & set("wax+") for mode in modes)
    return False


def test_only_the_command_line_prints_and_exits() -> None:
    spoken = {name: speaking(source) for name, source in MODULES.items()}
    assert spoken.pop("publish.cli")
    assert spoken.pop("publish.__main__") == ["SystemExit"]
    assert spoken.pop("publish.isolate") == ["os._exit"]  # of the processes that it began
    assert {name: calls for name, calls in spoken.items() if calls} == {}


def test_only_releases_and_new_projects_are_written() -> None:
    written = {name: writing(source) for name, source in MODULES.items()}
    assert written.pop("publish.release")
    assert written.pop("publish.starter")
    written.pop("publish.cli")  # may write what an author asks for by name
    assert written.pop("publish.isolate")  # a scratch folder that it deletes, and pipes
    assert {name: calls for name, calls in written.items() if calls} == {}


@pytest.mark.parametrize(
    "line",
    ["print(1)", "sys.exit(1)", "raise SystemExit(1)", "sys.stderr.write('x')", "def f():\n    print(1)"],
)
def test_a_module_that_speaks_is_found(line: str) -> None:
    assert speaking(line)


@pytest.mark.parametrize(
    "line",
    [
        "open(path, 'wb')",
        "path.open('a')",
        "open(path, mode='r+')",
        "path.write_bytes(b'')",
        "os.replace(a, b)",
        "os.open(path, os.O_WRONLY)",
        "shutil.copy(a, b)",
        "tempfile.mkdtemp()",
        "subprocess.run(['rm'])",
        "document.write_pdf('x.pdf')",
        "document.write_pdf(target=out)",
    ],
)
def test_a_module_that_writes_is_found(line: str) -> None:
    assert writing(line)


@pytest.mark.parametrize(
    "line",
    ["open(path)", "open(path, 'rb')", "document.write_pdf()", "text.replace('a', 'b')", "Image.open(x)"],
)
def test_reading_is_not_taken_for_writing(line: str) -> None:
    assert writing(line) == []


WATCHED = """
import os, sys
project, scratch, extra = sys.argv[1:]
said = os.dup(1)  # in processes begun by us, standard output is closed
def watch(event, arguments):
    path = arguments[0] if arguments else None
    if event == "open":
        mode, flags = arguments[1:]
        if isinstance(path, int):
            return  # a pipe between processes
        if not (set(mode) & set("wax+") if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR)):
            return
    elif event not in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link"}:
        return
    elif event in {"os.remove", "os.rmdir"} and arguments[1] != -1:
        return  # inside a folder that is being deleted
    if not str(path).startswith((scratch, os.devnull)):
        os.write(said, f"changed: {event} {path}\\n".encode())
from pathlib import Path
from publish.pipeline import prove_all
from publish.project import open_project
opened = open_project(Path(project))
(source,) = opened.sources()
sys.addaudithook(watch)
for proof in prove_all(opened, source, tuple(opened.house.editions.values())):
    print(proof.edition.name, len(proof.data), flush=True)
if extra:
    open(extra, "w").close()
    from publish.isolate import Job, Limits, run
    run(Job("a test", Limits(9, 9)), os.mkdir, extra + "-2")
"""


@pytest.mark.slow
def test_nothing_is_written_while_every_edition_is_rendered_and_proven(tmp_path: Path) -> None:
    """But WeasyPrint's own copies of fonts, in the system's folder for such, which it deletes."""
    scratch, file = tmp_path / "scratch", tmp_path / "file"
    scratch.mkdir()
    project = REPOSITORY / "tests" / "projects" / "complete"
    for extra, changed in (("", []), (str(file), [f"open {file}", f"os.mkdir {file}-2"])):
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, str(project), str(scratch), extra],
            env={
                **os.environ,
                "PYTHONPATH": str(PACKAGE.parent),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(scratch),
            },
            capture_output=True,
            text=True,
        )
        assert bool(done.returncode) == bool(extra), done.stderr
        assert len(done.stdout.splitlines()) >= 3
        found = [line for line in done.stdout.splitlines() if line.startswith("changed: ")]
        assert found == [f"changed: {each}" for each in changed]
        assert list(scratch.iterdir()) == []
    assert not file.with_name("file-2").exists()


# --- files ---------------------------------------------------------------------------------


def tracked() -> list[Path]:
    """Return the files under version control, and those that are about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True)
    if done.returncode:
        pytest.skip("this is no checkout")
    names = filter(None, done.stdout.decode().split("\0"))
    return [path for name in names if (path := REPOSITORY / name).is_file()]


# Put together from pieces, so that this file does not name what it looks for.
HOMES = "|".join(("ho" + "me", "ro" + "ot", "Us" + "ers", "wo" + "rk", "mn" + "t", "sr" + "v"))
ABSOLUTE = re.compile(rf"(?<![\w.:/<>)*}}-])/({HOMES})/[\w.]|\b[A-Z]:\\+(Users|Documents)")
REGISTRY = re.compile(
    "|".join(
        (
            r"\bpypi\.(org|python)" + r"\b",
            r"pythonhosted" + r"\.org",
            r"registry\.(npmjs|yarnpkg)" + r"\.",
            r"repo1?\.maven" + r"\.",
            r"proxy\.golang" + r"\.org",
            r"\b(ghcr|quay|docker)" + r"\.io/",
            r"--(extra-)?index-" + r"url[ =]\S",
            r"\bregistry *= *https?:" + "//",
        )
    )
)


def names_a_place(text: str) -> list[str]:
    """Return what only holds on one machine or one network."""
    return [found[0] for pattern in (ABSOLUTE, REGISTRY) for found in pattern.finditer(text)]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data and (places := names_a_place(data.decode("utf-8"))):
            found[str(path.relative_to(REPOSITORY))] = places
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /ho" + "me/anna/publish",
        'path = "/wo' + 'rk/main"',
        "C:\\Us" + "ers\\anna",
        '"resolved": "https://regis' + 'try.npmjs.org/axe-core"',
        "https://files.python" + "hosted.org/packages",
        "pip install --index-" + "url https://mirror.example",
    ],
)
def test_a_registry_or_path_is_found(text: str) -> None:
    assert names_a_place(text)


@pytest.mark.parametrize(
    "text", ["layouts/root/x", "https://example.org/home/page", "/usr/bin/env", "./folder/x"]
)
def test_what_holds_everywhere_is_not_taken_for_a_path_of_one_machine(text: str) -> None:
    assert names_a_place(text) == []


def undocumented(paths: Iterable[Path]) -> list[str]:
    return [
        str(path.relative_to(REPOSITORY))
        for path in paths
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in tracked() if path.suffix == ".py"]
    assert PACKAGE / "model.py" in modules
    assert undocumented(modules) == []


def test_a_package_holds_a_docstring_and_nothing_else() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1, path


# --- the wheel -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip does, without any network, and unpack it."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", build], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.strip()) as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.mark.slow
def test_the_wheel_brings_every_layout_font_and_licence(wheel: Path) -> None:
    layouts = {path.relative_to(REPOSITORY) for path in tracked() if REPOSITORY / "layouts" in path.parents}
    assert {path.suffix for path in layouts} >= {".jinja", ".css", ".ttf", ".yaml"}
    missing = [str(path) for path in sorted(layouts) if not (wheel / "publish" / path).is_file()]
    assert missing == []
    (metadata,) = wheel.glob("publish-*.dist-info")
    licences = {path.relative_to(metadata / "licenses") for path in metadata.glob("licenses/**/LICENSE*")}
    wanted = {path.relative_to(REPOSITORY) for path in tracked() if path.name.startswith("LICENSE")}
    assert wanted <= licences
    assert "layouts/LICENSE" in map(str, licences)


@pytest.mark.slow
def test_the_wheel_brings_every_module_and_no_test_or_output(wheel: Path) -> None:
    ours = {path.relative_to(PACKAGE) for path in tracked() if PACKAGE in path.parents}
    packed = {
        path.relative_to(wheel / "publish") for path in (wheel / "publish").rglob("*") if path.is_file()
    }
    assert ours <= packed
    assert {path for path in packed - ours if path.parts[0] != "layouts"} == set()
    assert {path.name for path in wheel.iterdir() if path.suffix != ".dist-info"} == {"publish"}


@pytest.mark.slow
def test_publish_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    asked = (
        "import publish.layout as layout; print(layout.__file__); print(layout.packaged_layouts()); "
        "print(layout.Layouts.of(layout.Path('.')).words('en')('faq'))"
    )
    for program in (["-c", asked], ["-m", "publish", "--help"], ["-m", "publish", "init", "project"]):
        done = subprocess.run(
            [sys.executable, *program],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(wheel)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        if program[0] == "-c":
            file, layouts, words = done.stdout.splitlines()
            assert file == str(wheel / "publish" / "layout.py")
            assert layouts == str(wheel / "publish" / "layouts")
            assert words
    assert (tmp_path / "project" / "source" / "publish.yaml").is_file()

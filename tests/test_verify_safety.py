"""Spoil finished files so that they run, fetch, send or bring along something, and expect to be told."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from publish.errors import Problem, PublishError
from publish.project import Project
from publish.proof import examine
from publish.source.article import Source
from publish.verify.reading import Block, Danger, Reading, Span
from publish.verify.safety import addresses, compare_safety

pytestmark = pytest.mark.slow


File = Callable[[str], bytes]
Found = Callable[[str, bytes], list[Problem]]


@pytest.fixture
def found(project: Project, source: Source) -> Found:
    """The problems of this kind that a file of an edition has, or those for which it is not read at all."""

    def found(edition: str, data: bytes) -> list[Problem]:
        try:
            proof = examine(project, source, project.house.editions[edition], data, "file")
        except PublishError as error:
            return [*error.problems]
        return [problem for problem in proof.problems if problem.kind == "unsafe"]

    return found


@pytest.mark.parametrize("edition", ["web", "handout", "ebook"])
def test_our_own_files_are_safe(edition: str, file: File, found: Found) -> None:
    assert found(edition, file(edition)) == []


# --- HTML ------------------------------------------------------------------------------------

MARKUP = [
    ("<script>alert(1)</script>", "a script: alert(1)"),
    ("<script src='https://evil.example/a.js'></script>", "a script: https://evil.example/a.js"),
    ("<script type='module'>1</script>", "a script: 1"),
    ("<script type='text/x'>1</script>", "a script: 1"),
    ("<p onclick='a()'>", "a script: onclick on <p>"),
    ("<img src='data:image/png;base64,AAAA' onerror='a()'>", "a script: onerror on <img>"),
    ("<iframe src='https://evil.example/'></iframe>", "a <iframe> element"),
    ("<object data='a.swf'></object>", "a <object> element"),
    ("<embed src='a.swf'>", "a <embed> element"),
    ("<form action='https://evil.example/'></form>", "a <form> element"),
    ("<input name='a'>", "a <input> element"),
    ("<button>a</button>", "a <button> element"),
    ("<video src='a.mp4'></video>", "a <video> element"),
    ("<portal></portal>", "a <portal> element"),
    ("<fencedframe></fencedframe>", "a <fencedframe> element"),
    ("<noscript>a</noscript>", "a <noscript> element"),
    ("<base href='https://evil.example/'>", "a <base> element"),
    ("<meta http-equiv='refresh' content='0;url=x'>", "a <meta> that acts: refresh: 0;url=x"),
    ("<meta http-equiv='Set-Cookie' content='a'>", "a <meta> that acts: set-cookie: a"),
    ("<img src='https://evil.example/a.png'>", "<img> that asks for https://evil.example/a.png"),
    ("<img src='//evil.example/a.png'>", "<img> that asks for //evil.example/a.png"),
    ("<img src='a.png'>", "<img> that asks for a.png"),
    ("<img src='data:text/html;base64,AAAA'>", "<img> that brings along text/html"),
    ("<img srcset='https://evil.example/a.png 2x'>", "<img> with srcset: https://evil.example/a.png 2x"),
    ("<a ping='https://evil.example/' href='#title'>a</a>", "<a> with ping: https://evil.example/"),
    ("<table background='a.png'></table>", "<table> with background: a.png"),
    ("<div itemid='https://evil.example/'></div>", "<div> with itemid: https://evil.example/"),
    ("<link rel='icon' href='/favicon.ico'>", "<link rel=icon> that asks for /favicon.ico"),
    (
        "<link rel='alternate stylesheet' href='a.css'>",
        "the style sheet “a.css” is not in the file",
    ),
    ("<link rel='preconnect' href='https://a.example'>", "<link rel=preconnect> that asks for"),
    ("<link rel='dns-prefetch' href='//a.example'>", "<link rel=dns-prefetch> that asks for"),
    ("<style>p { background: url(https://evil.example/a.png) }</style>", "a style with url( ) that asks for"),
    (r"<style>p { background: u\72l(https://evil.example/a) }</style>", "a style with url( ) that asks for"),
    ("<style>@import 'https://evil.example/a.css';</style>", "have the imported style sheet"),
    (r"<style>@\69mport 'a.css';</style>", "have the imported style sheet"),
    (
        "<style>p { background: image-set('a.png' 1x) }</style>",
        "a style with image-set( ) that asks for a.png",
    ),
    ("<style>@font-face { src: url('a.ttf') }</style>", "a style with url( ) that asks for a.ttf"),
    ("<style>p { behavior: url(#a) }</style>", "a style with a script that asks for behavior"),
    (
        "<p style='background: url(//evil.example/)'>a</p>",
        "a style with url( ) that asks for //evil.example/",
    ),
    ("<svg><script>1</script></svg>", "a <script> element"),
    ("<svg><use href='#a'/></svg>", "a <use> element"),
    ("<svg><foreignObject/></svg>", "a <foreignObject> element"),
    ("<svg><rect fill='url(https://evil.example/#a)'/></svg>", "a style with url( ) that asks for"),
    ("<math><maction/></math>", "a <math> element"),
]


@pytest.mark.parametrize(("markup", "message"), MARKUP)
def test_a_page_that_does_something_is_found(markup: str, message: str, file: File, found: Found) -> None:
    spoilt = file("web").replace(b"</main>", markup.encode() + b"</main>", 1)
    assert spoilt != file("web")
    assert message in found("web", spoilt)[0].message


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a <script> element"),
        ("<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>", "a script: onload on <svg>"),
        (
            "<svg xmlns='http://www.w3.org/2000/svg'><image href='https://evil.example/'/></svg>",
            "a <image> element",
        ),
        (
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>",
            "an SVG with a DOCTYPE",
        ),
        ("<svg", "an SVG that cannot be read"),
    ],
)
def test_a_picture_inside_a_page_that_does_something_is_found(
    picture: str, message: str, file: File, found: Found
) -> None:
    for markup in (
        f'<img alt="" src="data:image/svg+xml,{picture.replace("<", "%3C").replace("#", "%23")}">',
        f'<style>p {{ background: url("data:image/svg+xml,{picture}") }}</style>',
    ):
        spoilt = file("web").replace(b"</main>", markup.encode() + b"</main>", 1)
        assert message in found("web", spoilt)[0].message


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://evil.example/">a</a>',
        '<a href="HTTPS://EVIL.EXAMPLE/">a</a>',
        '<a href="//evil.example/">a</a>',
        '<a href="https:evil.example">a</a>',
        '<a href="https://health.example@evil.example/">a</a>',
        '<a href="https://health.example\\@evil.example/">a</a>',
        '<a href="https://health.example.evil.example/">a</a>',
        '<a href="http://health.example/">a</a>',
        '<a href="https://health.example:8443/">a</a>',
        '<a href="java\tscript:alert(1)">a</a>',
        '<a href="data:text/html,a">a</a>',
        '<a href="file:///etc/passwd">a</a>',
        '<a href="other.html">a</a>',
        '<a href="mailto:thief@evil.example">a</a>',
        '<link rel="canonical" href="https://evil.example/">',
        '<meta property="og:image" content="https://evil.example/a.png">',
        "<meta http-equiv='Content-Security-Policy' content=\"report-uri https://evil.example/\">",
        '<script type="application/ld+json">{"@context": "https://evil.example/"}</script>',
        '<script type="application/ld+json">[{"url": "https://evil.example/"}]</script>',
    ],
)
def test_a_page_that_leads_elsewhere_is_found(markup: str, file: File, found: Found) -> None:
    spoilt = file("web").replace(b"</main>", f"<div>{markup}</div></main>".encode(), 1)
    (problem,) = found("web", spoilt)
    assert re.fullmatch(r"the file leads to .+, and the source does not", problem.message)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://health.example/another/page">a</a>',
        '<a href="small-article.epub">a</a>',
        "<style>@namespace svg url(http://www.w3.org/2000/svg); p { color: red }</style>",
        '<style>p { background: url("data:image/png;base64,AAAA") }</style>',
        '<meta name="description" content="See https://evil.example/ for more.">',
        '<svg><linearGradient id="g"/><rect fill="url(#g)"/></svg>',
        "<details><summary>a</summary></details>",
        '<script type="application/ld+json">{"@context": "https://schema.org", "name": "a"}</script>',
    ],
)
def test_what_is_harmless_is_let_pass(markup: str, file: File, found: Found) -> None:
    assert found("web", file("web").replace(b"</main>", f"{markup}</main>".encode(), 1)) == []


# --- EPUB ------------------------------------------------------------------------------------

Members = dict[str, bytes]


def repacked(data: bytes, change: Callable[[Members], object]) -> bytes:
    """Return an e-book whose members ``change`` has changed, added to or taken from."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    before = dict(members)
    change(members)
    assert members != before
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in members.items():
            new.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def replaced(name: str, old: str, new: str) -> Callable[[Members], object]:
    return lambda members: members.update({name: members[name].replace(old.encode(), new.encode(), 1)})


def added(name: str, content: str, item: str = "") -> Callable[[Members], object]:
    """Add a member, and ``item`` to the manifest."""

    def add(members: Members) -> None:
        members[name] = content.encode()
        opf = "EPUB/content.opf"
        members[opf] = members[opf].replace(b"</manifest>", f"{item}</manifest>".encode())

    return add


FAQ, OPF, STYLE = "EPUB/faq.xhtml", "EPUB/content.opf", "EPUB/style.css"
IMAGE = "EPUB/images/sugar-curve.svg"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (replaced(FAQ, "</main>", "<script>1</script></main>"), "has a script: 1 in faq.xhtml"),
        (replaced(FAQ, "<body", '<body onload="a()"'), "has a script: onload on <body> in faq.xhtml"),
        (
            replaced(FAQ, "</main>", '<img alt="" src="https://evil.example/a.png"/></main>'),
            "has <img> that asks for https://evil.example/a.png in faq.xhtml",
        ),
        (
            replaced(FAQ, "</main>", '<img alt="" src="../../outside.png"/></main>'),
            "has <img> that asks for ../../outside.png in faq.xhtml",
        ),
        (
            replaced(FAQ, "</head>", '<link rel="stylesheet" href="https://evil.example/a.css"/></head>'),
            "this is no e-book that can be read",
        ),
        (replaced(FAQ, "</main>", "<iframe/></main>"), "has a <iframe> element in faq.xhtml"),
        (replaced(FAQ, "</main>", "<form/></main>"), "has a <form> element in faq.xhtml"),
        (
            replaced(FAQ, "</main>", "<?xml-stylesheet href='a.css'?></main>"),
            "has a processing instruction: href='a.css' in faq.xhtml",
        ),
        (
            replaced(FAQ, "</main>", '<p><a href="https://evil.example/">a</a></p></main>'),
            "leads to https://evil.example/, and the source does not",
        ),
        (replaced(STYLE, "body", "@import 'a.css'; body"), "the imported style sheet “a.css”"),
        (
            replaced(STYLE, "body {", "body { background: url(http://a.example/);"),
            "asks for http://a.example/",
        ),
        (replaced(IMAGE, "</svg>", "<script>1</script></svg>"), "has a <script> element in sugar-curve.svg"),
        (
            replaced(IMAGE, "<svg", "<?xml-stylesheet href='a.css'?><svg"),
            "has a processing instruction in sugar-curve.svg: href='a.css'",
        ),
        (
            replaced(OPF, 'href="faq.xhtml"', 'href="faq.xhtml" properties="scripted"'),
            "has the property “scripted” on faq.xhtml",
        ),
        (
            replaced(OPF, 'href="faq.xhtml"', 'href="faq.xhtml" properties="remote-resources"'),
            "has the property “remote-resources” on faq.xhtml",
        ),
        (
            replaced(OPF, "</manifest>", '<item id="x" href="https://a.example/a.mp3"/></manifest>'),
            "has a file that is not in the book: https://a.example/a.mp3",
        ),
        (
            added("EPUB/a.js", "1", '<item id="x" href="a.js" media-type="text/javascript"/>'),
            "has a file of the kind text/javascript: a.js",
        ),
        (added("EPUB/a.js", "1"), "has a file that its package does not name: EPUB/a.js"),
        (
            added("META-INF/encryption.xml", "<encryption/>"),
            "has a file that its package does not name: META-INF/encryption.xml",
        ),
        (
            added(
                "EPUB/x.xhtml",
                '<html xmlns="http://www.w3.org/1999/xhtml"><body><script>2</script></body></html>',
                '<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>',
            ),
            "has a script: 2 in x.xhtml",
        ),
        (
            replaced(OPF, "</metadata>", '<link rel="record" href="https://evil.example/"/></metadata>'),
            "leads to https://evil.example/, and the source does not",
        ),
        (
            replaced("EPUB/toc.ncx", 'src="faq.xhtml', 'src="https://evil.example/faq.xhtml'),
            "has an entry that leads to https://evil.example/faq.xhtml",
        ),
        (
            replaced(
                "META-INF/container.xml",
                "</rootfiles>",
                '<rootfile full-path="EPUB/other.opf" media-type="application/xml"/></rootfiles>',
            ),
            "has a second book inside: EPUB/other.opf",
        ),
    ],
)
def test_an_ebook_that_does_something_is_found(
    change: Callable[[Members], object],
    message: str,
    file: File,
    found: Found,
) -> None:
    spoilt = repacked(file("ebook"), change)
    problems = [str(problem) for problem in found("ebook", spoilt)]
    assert any(message in problem for problem in problems), problems


# --- PDF -------------------------------------------------------------------------------------


def changed(data: bytes, change: Callable[[Any], object]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of forms that are not whole
            pdf.save(out)
    return out.getvalue()


def of_root(name: str, value: Callable[[Any], Any]) -> Callable[[Any], object]:
    return lambda pdf: pdf.Root.__setitem__(name, value(pdf))


def action(**entries: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, **entries)


def annotation(**entries: Any) -> Callable[[Any], object]:
    """Put an annotation on the second page."""

    def annotate(pdf: Any) -> None:
        page = pdf.pages[1].obj
        if "/Annots" not in page:
            page.Annots = Array([])
        page.Annots.append(pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **entries)))

    return annotate


def link(target: Dictionary) -> Callable[[Any], object]:
    return annotation(Subtype=Name.Link, A=target)


JAVASCRIPT = action(S=Name.JavaScript, JS=String("app.alert(1)"))


def names(**entries: Any) -> Callable[[Any], object]:
    def name(pdf: Any) -> None:
        if "/Names" not in pdf.Root:
            pdf.Root.Names = Dictionary()
        for key, value in entries.items():
            pdf.Root.Names[f"/{key}"] = value

    return name


def attached(pdf: Any) -> None:
    pdf.attachments["a.txt"] = b"words"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (of_root("/OpenAction", lambda pdf: JAVASCRIPT), "the file has a script"),
        (
            of_root("/OpenAction", lambda pdf: action(S=Name.Launch, F=String("a.exe"))),
            "the file has an action /Launch",
        ),
        (
            of_root("/OpenAction", lambda pdf: action(S=Name.Named, N=Name.Print)),
            "the file has an action /Named",
        ),
        (of_root("/OpenAction", lambda pdf: action(S=Name.Unheard)), "the file has an action /Unheard"),
        (
            of_root("/AA", lambda pdf: Dictionary(WC=JAVASCRIPT)),
            "the file has actions that start by themselves",
        ),
        (names(JavaScript=Dictionary(Names=[String("a"), JAVASCRIPT])), "the file has a script"),
        (attached, "the file has attached files"),
        (names(Renditions=Dictionary()), "the file has sound or video"),
        (names(Templates=Dictionary()), "the file has a list of names /Templates"),
        (of_root("/AF", lambda pdf: Array([])), "the file has an attached file"),
        (of_root("/Collection", lambda pdf: Dictionary()), "the file has a collection of files"),
        (of_root("/AcroForm", lambda pdf: Dictionary(Fields=Array([]))), "the file has a form"),
        (
            of_root("/AcroForm", lambda pdf: Dictionary(XFA=pdf.make_stream(b"<xdp/>"))),
            "the file has a form",
        ),
        (
            of_root("/URI", lambda pdf: Dictionary(Base=String("https://evil.example/"))),
            "the file has a base that changes all addresses",
        ),
        (link(JAVASCRIPT), "the file has a script"),
        (link(action(S=Name.Launch, F=String("a.exe"))), "the file has an action /Launch"),
        (
            link(action(S=Name.SubmitForm, F=String("https://evil.example/"))),
            "the file has an action /SubmitForm",
        ),
        (link(action(S=Name.ImportData, F=String("a.fdf"))), "the file has an action /ImportData"),
        (link(action(S=Name.GoToR, F=String("a.pdf"), D=Array([0]))), "the file has an action /GoToR"),
        (link(action(S=Name.GoToE, D=Array([0]))), "the file has an action /GoToE"),
        (
            link(action(S=Name.GoTo, D=String("title"), Next=Array([action(S=Name.Launch)]))),
            "the file has an action /Launch",
        ),
        (
            annotation(Subtype=Name.Link, PA=action(S=Name.Unheard)),
            "the file has an action /Unheard",
        ),
        (
            link(action(S=Name.URI, URI=String("https://evil.example/"))),
            "the file leads to https://evil.example/, and the source does not",
        ),
        (
            link(action(S=Name.URI, URI=String("file:///etc/passwd"))),
            "the file leads to file:///etc/passwd, and the source does not",
        ),
        (annotation(Subtype=Name.FileAttachment), "the file has an annotation /FileAttachment"),
        (annotation(Subtype=Name.RichMedia), "the file has an annotation /RichMedia"),
        (annotation(Subtype=Name.Widget, FT=Name.Tx), "the file has an annotation /Widget"),
        (annotation(Subtype=Name.Screen), "the file has an annotation /Screen"),
        (annotation(Subtype=Name.Text), "the file has an annotation /Text"),
        (of_root("/X", lambda pdf: pdf.make_indirect(action(S=Name.JavaScript))), "an action /JavaScript"),
        (
            of_root("/X", lambda pdf: pdf.make_indirect(Dictionary(Y=Array([Dictionary(Z=JAVASCRIPT)])))),
            "the file has a script",
        ),
        (
            of_root("/X", lambda pdf: pdf.make_indirect(Stream(pdf, b"", F=String("a.bin")))),
            "the file has a stream whose bytes stand in another file",
        ),
        (
            of_root("/X", lambda pdf: pdf.make_indirect(Stream(pdf, b"", Ref=Dictionary(F=String("a.pdf"))))),
            "the file has a page from another file",
        ),
    ],
)
def test_a_print_edition_that_does_something_is_found(
    change: Callable[[Any], object], message: str, file: File, found: Found
) -> None:
    problems = [str(problem) for problem in found("handout", changed(file("handout"), change))]
    assert any(message in problem for problem in problems), problems


def test_the_page_of_an_annotation_is_told(file: File, found: Found) -> None:
    (problem,) = found("handout", changed(file("handout"), annotation(Subtype=Name.Screen)))
    assert problem.page == 2


def test_a_locked_print_edition_is_found(file: File, found: Found) -> None:
    with pikepdf.open(io.BytesIO(file("handout"))) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    assert "the file has a lock (encryption)" in [each.message for each in found("handout", out.getvalue())]


@pytest.mark.parametrize(
    "change",
    [
        of_root("/OpenAction", lambda pdf: Array([pdf.pages[0].obj, Name.Fit])),
        of_root("/OpenAction", lambda pdf: action(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))),
        link(action(S=Name.URI, URI=String("https://health.example/other"))),
        of_root("/Lang", lambda pdf: String("words of /JavaScript and /Launch")),
    ],
)
def test_print_that_only_leads_around_is_let_pass(
    change: Callable[[Any], object], file: File, found: Found
) -> None:
    assert found("handout", changed(file("handout"), change)) == []


# --- what the source leads to ----------------------------------------------------------------


def test_the_addresses_of_the_source_are_known(project: Project, source: Source) -> None:
    known = addresses(source.article, project.house)
    assert {"https://health.example/", "https://health.example/sleep", "small-article.epub"} <= known
    assert any(each.startswith("https://doi.org/") for each in known)
    assert "https://evil.example/" not in known


def test_links_of_blocks_are_left_to_the_comparison_of_blocks() -> None:
    block = Block("a", "paragraph", "words", spans=(Span(0, 5, "link", "https://evil.example/"),))
    inside = Reading((block,), addresses=("https://evil.example/",))
    loose = Reading((Block("", "loose", "words", spans=block.spans),), addresses=inside.addresses)
    assert compare_safety(inside, frozenset()) == ()
    assert len(compare_safety(loose, frozenset())) == 1


def test_a_danger_is_a_problem_on_its_page() -> None:
    (problem,) = compare_safety(Reading((), dangers=(Danger("a script", 3),)), frozenset())
    assert (problem.kind, problem.page) == ("unsafe", 3)
    assert problem.hint

"""Compare what a web page or e-book says of itself, outside of its text, with the article.

A reading, the article and the interface words in, problems out: descriptions for catalogues and
search engines, and names that only listeners hear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publish.errors import Problem
from publish.model import Article, Edition, House, Words
from publish.verify.reading import Reading, canonical

_NAMES: Mapping[str, tuple[str, ...]] = {
    "landmark": ("downloads", "introduction", "landmarks", "page_list"),
    "cover": ("cover",),
    "toc": ("contents",),
    "bodymatter": ("start_of_article",),
    "endnotes": ("references",),
}
"""What is heard, and the interface words that may be its name."""


def described(article: Article, edition: Edition, house: House) -> Mapping[str, str]:
    """Return what the metadata of ``edition`` must say besides identifier, title and language.

    Several values of one kind stand in a row, "; " between them.
    """
    title, summary = article.title.text, article.summary
    authors = "; ".join(person.name for person in article.trust.authors)
    match edition.format:
        case "html":
            wanted = {
                "description": summary,
                "author": authors,
                "og:title": title,
                "og:description": summary,
                "dcterms.title": title,
                "dcterms.publisher": house.name,
                "data: name": title,
                "data: description": summary,
                "data: author": authors,
                "data: publisher": house.name,
                "data: reviewedBy": "; ".join(person.name for person in article.trust.reviewers),
            }
            if "faq" in edition.parts:
                wanted["data: questions"] = str(len(article.faq))
        case "epub":
            made = house.evaluation
            wanted = {
                "titles": title,
                "creator": authors,
                "description": summary,
                "publisher": house.name,
                "subjects": "; ".join(article.keywords),
                "dcterms:conformsTo": made.standard if made else "",
                "a11y:certifiedBy": made.by if made else "",
            }
        case _:
            wanted = {}
    return {name: canonical(value) for name, value in wanted.items()}


def compare_authors(reading: Reading, article: Article) -> Iterator[Problem]:
    """Yield a problem for authors or keywords of print that are not those of the source.

    A layout may leave them out.
    """
    own = {
        "author": ", ".join(person.name for person in article.trust.authors),
        "keywords": ", ".join(article.keywords),
    }
    for name, value in own.items():
        said = reading.metadata.get(name, "")
        if said and said != canonical(value):
            yield Problem(f"the {name} in the file's metadata is “{said[:120]}”", kind="metadata")


def compare_heard(reading: Reading, words: Words, files: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each name that is heard and is none of the interface words for such a thing.

    ``files`` are the words for each other edition, by the name of its file.
    """
    for each in reading.heard:
        if each.what == "file":
            if (meant := canonical(files.get(each.shown, each.text))) != each.text:
                message = f"the link “{each.text}” leads to {each.shown}, which is “{meant}”"
                yield Problem(message, hint="mend the link in the layout", kind="heard")
            continue
        if each.what == "note":
            fits = each.shown.isdigit() and each.text == canonical(words("note", n=each.shown))
        else:
            fits = each.text in {canonical(words(key)) for key in _NAMES.get(each.what, ())}
        if not fits:
            message = f"the name of a {each.what} is heard as “{each.text}”"
            yield Problem(message, hint="the layout may use the words of layouts/shared/words", kind="heard")


def compare_summary(reading: Reading, words: Words, house: House) -> Iterator[Problem]:
    """Yield a problem for an e-book whose summary of its accessibility is not made of our sentences."""
    said = reading.metadata.get("accessibilitySummary")
    if said is None:
        return
    sentences = [
        words(key) for key in words.texts if key.startswith("access_") and "{" not in words.texts[key]
    ]
    if made := house.evaluation:
        day = words.date(made.date)
        sentences.append(words("access_evaluated", by=made.by, standard=made.standard, date=day))
    left = canonical(said)
    for sentence in sorted(map(canonical, sentences), key=len, reverse=True):
        left = left.replace(sentence, "", 1)
    if left.strip() or not said.strip():
        message = f"the summary of the e-book's accessibility says “{(left.strip() or said)[:120]}”"
        yield Problem(
            message, hint="it may only be made of the words of layouts/shared/words", kind="metadata"
        )

"""Show an article as one self-contained web page: styles and pictures inside, no script, no request."""

from __future__ import annotations

import base64
import json
from typing import Any

from markupsafe import Markup

from publish.layout import Layouts, View
from publish.model import (
    MEDIA_TYPES,
    Article,
    Edition,
    House,
    Picture,
    Prose,
    edition_identifier,
    edition_titles,
    lines,
)


def render(article: Article, edition: Edition, house: House, layouts: Layouts) -> bytes:
    """Return the page as UTF-8 bytes; links to the house's other editions are relative file names."""
    words = layouts.words(article.language)
    titles = edition_titles(house, words)
    view = View("html", article, edition, words, href=lambda id: f"#{id}", image=_data_address)
    page = layouts.render(
        "html/page.html.jinja",
        article=article,
        house=house,
        view=view,
        identifier=edition_identifier(house, article, edition),
        canonical=house.url and f"{house.url.rstrip('/')}/{article.id}/{edition.file_name(article.id)}",
        downloads=[
            {
                "file": other.file_name(article.id),
                "media_type": MEDIA_TYPES[other.format],
                "title": titles[other.name],
            }
            for other in house.editions_of(article)
            if other.name != edition.name
        ],
        # In a style element only "</" could end the style; autoescaping would break the selectors.
        style=Markup(layouts.text("html/page.css").replace("</", r"<\/")),
        structured=Markup(_script_safe(structured_data(article, edition, house))),
    )
    return page.encode("utf-8")


def structured_data(article: Article, edition: Edition, house: House) -> dict[str, Any]:
    """Return the page's JSON-LD: a MedicalWebPage and, from the very same blocks, a FAQPage.

    Types and properties: https://schema.org/MedicalWebPage, https://schema.org/FAQPage.
    Only what is known stands here; nothing is claimed for a search engine's sake.
    """
    trust, dates = article.trust, article.dates
    page: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "identifier": edition_identifier(house, article, edition),
        "name": article.title.text,
        "description": article.summary,
        "inLanguage": article.language,
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "dateModified": dates.latest.isoformat(),
        "publisher": {"@type": "Organization", "name": house.name},
    }
    if article.keywords:
        page["keywords"] = ", ".join(article.keywords)
    if article.condition:
        page["about"] = {"@type": "MedicalCondition", "name": article.condition}
    if dates.reviewed:
        page["lastReviewed"] = dates.reviewed.isoformat()
    if dates.published:
        page["datePublished"] = dates.published.isoformat()
    for name, people in (("author", trust.authors), ("reviewedBy", trust.reviewers)):
        if people:
            page[name] = [{"@type": "Person", "name": person.name} for person in people]
    if source := trust.adapted_from:
        based = {"@type": "CreativeWork", "name": source.title.text, "publisher": source.publisher}
        page["isBasedOn"] = based | ({"url": source.url} if source.url else {})
    if "references" in edition.parts and article.references:
        page["citation"] = [reference.citation.text for reference in article.references]
    graph = [page]
    if "faq" in edition.parts:
        graph.append(
            {
                "@type": "FAQPage",
                "inLanguage": article.language,
                "mainEntity": [
                    {
                        "@type": "Question",
                        "name": faq.question.text,
                        "acceptedAnswer": {"@type": "Answer", "text": _words_of(faq.answer)},
                    }
                    for faq in article.faq
                ],
            }
        )
    return {"@context": "https://schema.org", "@graph": graph}


def _words_of(prose: Prose) -> str:
    """The words of ``prose``, its blocks joined by a space."""
    return " ".join(line.text for line in lines(prose.blocks))


def _script_safe(value: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def _data_address(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"

"""Check the question sheet of an article: what it asks for is there, once, and in its order.

This looks at the article as identified, because lists and steps may have ids that we made up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from publish.errors import Place
from publish.model import (
    Article,
    House,
    Line,
    QuestionGroup,
    Step,
    Steps,
    asked,
    bodies,
    facet_named,
    lines,
    lists,
)
from publish.source import nodes
from publish.source.desk import Desk
from publish.source.messages import near
from publish.source.nodes import Node, Scalar, child, items


def check_question_sheet(desk: Desk, root: nodes.Mapping, article: Article, house: House) -> None:
    """Report groups of the question sheet that ask for what is not there; note where there is none."""
    sheets = [edition for edition in house.editions.values() if edition.layout == "questions"]
    if sheets and not article.question_sheet:
        desk.note(
            f"the article has no question sheet, so edition “{sheets[0].name}” is not made of it",
            root.place,
            "add “question_sheet:”",
            "no-sheet",
        )
    order = {line.id: n for n, line in enumerate(lines(article))}
    last = -1
    for node, group in zip(items(root, "question_sheet"), article.question_sheet, strict=True):
        if not _names_one_thing(desk, node, group) or not _is_there(desk, node, article, group):
            continue
        found = list(_lines(article, group))
        if order[found[0].id] < last:
            desk.report(
                "the sheet asks for this twice, or before something that stands earlier in the article",
                node.place,
                "ask for everything once, in the order of the article",
                "sheet",
            )
        last = max(order[line.id] for line in found)


def _names_one_thing(desk: Desk, node: Node, group: QuestionGroup) -> bool:
    """Whether ``group`` names steps and their facet, or a list."""
    hint = "name a pathway and its facet (steps:, facet:), or a list (list:)"
    if bool(group.steps) == bool(group.list):
        what = "both steps and a list" if group.steps else "neither steps nor a list"
        desk.report(f"these questions name {what}", node.place, hint, "sheet")
    elif group.steps and not group.facet:
        desk.report("“facet” is missing", node.place, "name the facet that holds the questions", "sheet")
    elif group.list and group.facet:
        desk.report("a list has no facets", _at(node, "facet"), "delete the line", "sheet")
    else:
        return True
    return False


def _is_there(desk: Desk, node: Node, article: Article, group: QuestionGroup) -> bool:
    """Whether the article has the steps and the facet, or the list, that ``group`` names."""
    found = asked(article, group)
    if not found:
        if group.steps:
            known = [block.id for block in bodies(article) if isinstance(block, Steps) and block.id]
            message, field, named = f"there are no steps “{group.steps}”", "steps", group.steps
        else:
            known = [each.id for each in lists(article)]
            message, field, named = f"there is no list “{group.list}”", "list", group.list or ""
        desk.report(message, _at(node, field), _hint(named, known), "sheet")
        return False
    first = found[0]
    if isinstance(first, Step) and not facet_named(first, group.facet):
        names = [facet.name.text for facet in first.facets]
        message = f"the steps “{group.steps}” have no facet “{group.facet}”"
        desk.report(message, _at(node, "facet"), _hint(group.facet or "", names), "sheet")
        return False
    return True


def _hint(named: str, known: Collection[str]) -> str:
    meant = near(named, known)
    return f"did you mean “{meant}”?" if meant else f"there is {', '.join(known) or 'none'}"


def _at(node: Node, field: str) -> Place:
    value = child(node, field)
    return value.place if isinstance(value, Scalar) else node.place


def _lines(article: Article, group: QuestionGroup) -> Iterator[Line]:
    """Yield the lines that ``group`` shows."""
    for each in asked(article, group):
        if isinstance(each, Step):
            facet = facet_named(each, group.facet)
            yield each.title
            if facet:
                yield facet.text
        else:
            yield from lines(each)

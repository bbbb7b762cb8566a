"""Describe the source files as JSON Schema, so that an editor can complete fields and mark mistakes.

Made from the model itself; descriptions are the docstrings below its fields. Draft 7, because that
is what the YAML plug-ins of editors know best. The schema is a help while writing: what it lets
pass is still checked when the article is read.
"""

from __future__ import annotations

import ast
import inspect
from typing import Any

from pydantic import BaseModel

from publish import model
from publish.model import Article, House, SharedDisclaimers


def article_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``source/<id>/article.yaml``."""
    schema = _schema(Article, "article.yaml of publish")
    # An id alone stands for a shared disclaimer; validation puts it in, the schema must allow it.
    shared = {"type": "string", "pattern": model.ID_PATTERN, "description": "The id of a shared disclaimer"}
    disclaimers = schema["properties"]["disclaimers"]
    disclaimers["items"] = {"anyOf": [shared, disclaimers["items"]]}
    return schema


def house_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``source/publish.yaml``."""
    schema = _schema(House, "publish.yaml of publish")
    edition = schema["$defs"]["Edition"]
    edition["properties"]["format"] = {
        "enum": list(model.MEDIA_TYPES),
        "description": edition["properties"]["format"].get("description", ""),
    }
    schema["properties"]["editions"]["additionalProperties"] = False
    edition["if"] = {"properties": {"format": {"const": "pdf"}}, "required": ["format"]}
    edition["then"] = {"required": ["paper"]}
    edition["else"] = {"not": {"anyOf": [{"required": [field]} for field in model.PRINT_FIELDS]}}
    return schema


def disclaimers_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``source/disclaimers.yaml``."""
    return _schema(SharedDisclaimers, "disclaimers.yaml of publish")


def _schema(kind: type[BaseModel], title: str) -> dict[str, Any]:
    schema: dict[str, Any] = _mended(kind.model_json_schema())
    documented = _documented()
    for name, part in ((kind.__name__, schema), *schema.get("$defs", {}).items()):
        for field, told in documented.get(name, {}).items():
            if field in part.get("properties", {}):
                _describe(part["properties"], field, told)
    return {"$schema": "http://json-schema.org/draft-07/schema#"} | schema | {"title": title}


def _describe(properties: dict[str, Any], field: str, told: str) -> None:
    """Put a description to a field; beside a reference, draft 7 would not see it."""
    part = properties[field]
    properties[field] = (
        {"allOf": [part], "description": told} if "$ref" in part else part | {"description": told}
    )


def _mended(part: Any) -> Any:
    """Return ``part`` as writers need it: no nulls (a field is there or it is not), no titles that
    repeat the field's name, and numbers wherever text may be one."""
    if isinstance(part, list):
        return [_mended(each) for each in part]
    if not isinstance(part, dict):
        return part
    mended = {key: _mended(value) for key, value in part.items()}
    if isinstance(part.get("title"), str):
        del mended["title"]
    if isinstance(part.get("description"), str):
        mended["description"] = _first_sentences(part["description"])
    if isinstance(part.get("default", ()), dict | list | None):
        del mended["default"]
    if part.get("type") == "string" and not {"pattern", "format", "enum", "const"} & part.keys():
        mended["type"] = ["string", "number"]
    if isinstance(part.get("anyOf"), list):
        choices = [each for each in mended["anyOf"] if each != {"type": "null"}]
        mended["anyOf"] = choices
        if len(choices) == 1:
            del mended["anyOf"]
            mended = choices[0] | mended
    return mended


def _first_sentences(text: str) -> str:
    """The first paragraph, on one line, without the code marks of docstrings."""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "")


def _documented() -> dict[str, dict[str, str]]:
    """Return the docstrings below the fields of the model, by class and field.

    pydantic could read them itself (``use_attribute_docstrings``), but would parse the whole module
    once for each class whenever it is imported.
    """
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(model)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for field, below in zip(node.body, node.body[1:], strict=False):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(told))):
                    found.setdefault(node.name, {})[name] = _first_sentences(told)
                case _:
                    pass
    return found

"""Start a project: a folder in, house settings, schemas and a first article to change out."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from publish.errors import Problem, PublishError
from publish.source.schema import article_schema, disclaimers_schema, house_schema

FILES = {
    "publish.yaml": "source/publish.yaml",
    "disclaimers.yaml": "source/disclaimers.yaml",
    "article.yaml": "source/my-first-article/article.yaml",
    "gitignore": ".gitignore",
}


def start(folder: Path) -> tuple[Path, ...]:
    """Write a new project into ``folder`` and return the files made.

    Raises ``PublishError`` where ``folder`` already has something of ours; nothing is overwritten.
    """
    starter = files("publish") / "starter_files"
    made = {folder / target: (starter / name).read_text(encoding="utf-8") for name, target in FILES.items()}
    schemas = {"article": article_schema(), "publish": house_schema(), "disclaimers": disclaimers_schema()}
    for name, schema in schemas.items():
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        made[folder / "source" / ".schema" / f"{name}.json"] = text
    if there := [path for path in made if path.exists()]:
        raise PublishError(
            *(Problem(f"{path} is already there", hint="name a new folder", kind="exists") for path in there)
        )
    try:
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise PublishError(
            Problem(f"{error.filename} cannot be written: {error.strerror}", kind="unwritable")
        ) from error
    return tuple(made)

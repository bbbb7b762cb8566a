"""Read one file that somebody else wrote: a path in, its bytes out, if it is where it seems to be.

Layer 1. A project may come from anywhere. A link in it that leads elsewhere would put another file of this
machine into an edition; a pipe or a device would never end.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from publish.errors import Problem, PublishError


def read_file(path: Path, name: str, most: int, *folders: Path) -> bytes:
    """Return the bytes of ``path``, which messages call ``name``.

    Raises ``PublishError`` unless it is a plain file of at most ``most`` bytes and stands, links followed,
    inside each of ``folders``.
    """
    try:
        # Path.resolve raises another error for a circle of links in every version of Python.
        real = Path(os.path.realpath(path, strict=True))
        for folder in folders:
            if not real.is_relative_to(folder.resolve()):
                raise PublishError(
                    Problem(
                        f"{name} leads out of {folder.name or folder}/",
                        hint="put the file itself there, not a link: what stands outside is not read",
                        kind="refused",
                    )
                )
        if not stat.S_ISREG(real.stat().st_mode):
            raise PublishError(Problem(f"{name} cannot be read: it is no plain file", kind="unreadable"))
        with real.open("rb") as file:
            data = file.read(most + 1)  # one more than allowed tells that there is more
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise PublishError(Problem(f"{name} cannot be read: {reason}", kind="unreadable")) from error
    if len(data) > most:
        raise PublishError(Problem(f"{name} has more than {most:,} bytes", kind="too-large"))
    return data

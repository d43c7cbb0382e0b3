"""Writing the site: pages, data and the tasks' pictures, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from symprior.leaderboard.site.built import built
from symprior.leaderboard.site.content import Content
from symprior.leaderboard.site.pages import pages
from symprior.tasks.cards.gallery import FOLDER, MAPS, PICTURES
from symprior.tasks.files.atomic import write_bytes_atomically, write_text_atomically


def write_site(content: Content, folder: Path) -> Iterator[Path]:
    """Write the site into `folder`, and say each file's path when it is written; the same content gives the same bytes.

    Raises:
        SympriorError: records of a suite cannot be compared, or the folder cannot be written.
    """
    site = built(content)
    for address, text in pages(site):
        write_text_atomically(folder / address, text)
        yield folder / address
    for task in site.tasks:
        for kind, ending in ((PICTURES, "png"), (MAPS, "svg")):
            picture = FOLDER / kind / f"{task}.{ending}"
            if picture.is_file():
                copy = folder / "tasks" / kind / picture.name
                write_bytes_atomically(copy, picture.read_bytes())
                yield copy

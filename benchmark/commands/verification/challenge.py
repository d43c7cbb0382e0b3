"""`symprior challenge`: a sceptic's verification beside the records that it contradicts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symprior.benchmark.command_line.console import console
from symprior.leaderboard.submissions import FOLDER
from symprior.symmetry.errors import SympriorError


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("challenge")(challenge)


def challenge(
    name: Annotated[str, typer.Argument(help="A submission by its name, or a folder of records.")],
    record: Annotated[Path, typer.Option(help="The verification that contradicts it, as `symprior verify` wrote it.")],
    submissions: Annotated[Path, typer.Option(help="Where submissions are kept.")] = Path(FOLDER),
    suite: Annotated[str | None, typer.Option(help="Which suite, where a folder holds several.")] = None,
) -> None:
    """Put a verification that contradicts a row beside its records: it stands on the row from then on.

    Example:
      symprior challenge mine --record verifications/2026-12-01T080000Z-0123abcd.json
    """
    from symprior.benchmark.verification.pack import read_pack
    from symprior.benchmark.verification.shown import conclusions
    from symprior.leaderboard.verification.record import read_verification, write_verification

    folder = submissions / name if (submissions / name).is_dir() else Path(name)
    pack, sceptic = read_pack(folder, suite), read_verification(record)
    if not sceptic.is_of(pack.records):
        raise SympriorError(
            f"{record} is of other records ({sceptic.subject.suite}, {sceptic.subject.runs} runs, digest "
            f"{sceptic.subject.digest}) than {folder} holds now (digest {pack.subject.digest}). Verify these."
        )
    if sceptic.by is None:
        raise SympriorError(
            f"Nobody vouches for {record}, and a challenge has a name: make it by `symprior verify --by`."
        )
    if not sceptic.contradicts:
        raise SympriorError(f"{record} contradicts nothing that {folder} says, so that it is no challenge.")
    path = write_verification(pack.verifications, sceptic)
    for part in conclusions(pack, sceptic):
        console.print(part, highlight=False, soft_wrap=True)
    console.print(f"Wrote {path}", soft_wrap=True, highlight=False, markup=False)

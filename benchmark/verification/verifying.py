"""The two ways to verify a pack: drawn runs trained again, and seeds that nobody knew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from symprior.benchmark.jobs.job import Job
from symprior.benchmark.jobs.recorded import jobs_of
from symprior.benchmark.sweep.progress.telling.telling import Telling
from symprior.benchmark.verification.again import carried_out
from symprior.benchmark.verification.comparable import impossible
from symprior.benchmark.verification.fresh import fresh_jobs, fresh_of
from symprior.benchmark.verification.pack import Pack
from symprior.benchmark.verification.replay import replay_of
from symprior.leaderboard.records.record import Provenance, RunRecord
from symprior.leaderboard.verification.beforehand import known_beforehand
from symprior.leaderboard.verification.drawing import CELLS, drawn, power_of, stratum
from symprior.leaderboard.verification.record import FreshSeeds, Replay, Verification


@dataclass(frozen=True)
class Verifier:
    """Who verifies, and how.

    Attributes:
        by: the name that vouches for it; None: nobody.
        remark: in their own words.
        folder: where the runs that are trained again are kept, so that the same command carries on.
        workers: processes side by side.
        telling: who is told how it goes.
    """

    by: str | None
    remark: str
    folder: Path
    workers: int
    telling: Telling

    def replays(self, pack: Pack, text: str, cells: int | None) -> Verification:
        """Train drawn runs again.

        Args:
            pack: of which they are drawn.
            text: of the draw.
            cells: how many; None: 22, or as many as there are agents and tasks.

        Raises:
            SympriorError: so many cannot be drawn, or one cannot be carried out.
        """
        number = cells or default_cells(pack.records)
        chosen = drawn(pack.records, number, text)
        self.telling.note(
            f"{len(chosen)} of {len(pack.records)} runs are drawn. Where 10 % of the runs are forged, this finds one with a "
            f"probability of {power_of(pack.records, number):.0%} at least."
        )
        again = self._again(pack, jobs_of(chosen, self._agents(pack)))
        return self._verification(pack, again, replay=replay_of(pack, again, number, text))

    def fresh_seeds(self, pack: Pack, text: str, seeds: int | None) -> Verification:
        """Train every agent on seeds, and on vectors in an order, that nobody knew.

        Args:
            pack: whose agents they are.
            text: by which seeds and order are made.
            seeds: on each task; None: as many as the records have.

        Raises:
            SympriorError: too few runs to be told apart, or an agent cannot be carried out.
        """
        jobs = fresh_jobs(pack, self._agents(pack), text, seeds)
        again = self._again(pack, [each.job for each in jobs])
        return self._verification(pack, again, fresh=fresh_of(jobs, again, text))

    def _agents(self, pack: Pack) -> dict[str, str]:
        return pack.agents(self._place(pack) / "agents")

    def _again(self, pack: Pack, jobs: Sequence[Job]) -> list[RunRecord]:
        return carried_out(jobs, self._place(pack), self.workers, self.telling)

    def _place(self, pack: Pack) -> Path:
        return self.folder / pack.subject.digest

    def _verification(
        self, pack: Pack, again: Sequence[RunRecord], replay: Replay | None = None, fresh: tuple[FreshSeeds, ...] = ()
    ) -> Verification:
        return Verification(
            subject=pack.subject,
            by=self.by,
            machine=_machine(again),
            impossible=(*impossible(pack.records), *known_beforehand(pack.records)),
            replay=replay,
            fresh=fresh,
            remark=self.remark,
        )


def default_cells(records: Sequence[RunRecord]) -> int:
    """22, or one for each agent and task where these are more, or all where there are fewer."""
    return min(max(CELLS, len(set(map(stratum, records)))), len(records))


def _machine(again: Sequence[RunRecord]) -> Provenance:
    """What the runs were trained with, and now; what differs from run to run is left out."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    alike = {"stack_size": 1, "ledger": None, "task_source": None, "kernel": None, "isolation": None, "started": now}
    return again[0].provenance.model_copy(update=alike)

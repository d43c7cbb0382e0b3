"""The beginning of an agent's process: confined first, while nothing else is imported and one thread runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from symprior.benchmark.jobs.isolation.namespaces import confine, die_with_parent


def main() -> None:
    """Answer until the run closes its end."""
    die_with_parent()
    told = json.loads(sys.argv[1])
    unconfined = confine([Path(folder) for folder in told["read_only"]])
    from symprior.benchmark.jobs.isolation.inside.server import Server

    Server(told["agent"], told["socket"], told["memory"]).serve(unconfined)


if __name__ == "__main__":
    main()

"""The entry of the command `symprior`: light, so that Ctrl-C is answered in a sentence from the first moment on."""

from __future__ import annotations

import signal
import sys
from types import FrameType

STOPPED = "Stopped. What was finished is kept; the same command carries on."


class _Interrupts:
    """Whether Ctrl-C was pressed: on its way up a `KeyboardInterrupt` may become another exception."""

    seen = False

    def answer(self, number: int, frame: FrameType | None) -> None:
        """Remember it, and end what is going on."""
        self.seen = True
        raise KeyboardInterrupt


def main() -> None:
    """Run the command line; Ctrl-C ends it with a sentence and the exit code 130, at whatever moment."""
    interrupts, before = _Interrupts(), signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # where it is ignored, as in the background, it stays so
        signal.signal(signal.SIGINT, interrupts.answer)
    try:
        from symprior.benchmark.command_line.app import run

        run()
    except BaseException:
        if not interrupts.seen:
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressed again, it would only tear this apart
        sys.stderr.write(f"{STOPPED}\n")
        sys.exit(130)
    finally:
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    main()

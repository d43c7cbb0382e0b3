"""The version of the reading: how records become scores, gains, intervals and ranks, as RULES.md says.

It is apart from the suites' versions, which say what was run: records stay as they are when the reading changes.
"""

from __future__ import annotations

RULES = 2

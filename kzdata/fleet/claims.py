"""Which run makes an edition, where several meet: one makes it, the others wait and look again.

A claim is a lock that the system takes away when its run ends, however it ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from kzdata import files
from kzdata.fleet.planning import Plan
from kzdata.fleet.records import folder


class Claims:
    """The editions that this run makes; a run that cannot write its mark goes on without."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def take(
        self, plans: Sequence[Plan], waits: Callable[[Plan], None]
    ) -> tuple[list[Plan], list[Plan]]:
        """Those of ``plans`` that are ours now, and those that another run makes.

        Where all are another's, waits until the first is free; ``waits`` is told.
        """
        mine = [plan for plan in plans if self._claim(plan.edition.name, wait=False)]
        if plans and not mine:
            waits(plans[0])
            self._claim(plans[0].edition.name, wait=True)
            mine = [plans[0]]
        names = {plan.edition.name for plan in mine}
        return mine, [plan for plan in plans if plan.edition.name not in names]

    def release(self, name: str) -> None:
        """Let another run have an edition."""
        handle = self._held.pop(name, None)
        if handle is not None:
            os.close(handle)

    def close(self) -> None:
        """Let go of all."""
        for name in list(self._held):
            self.release(name)

    def _claim(self, name: str, *, wait: bool) -> bool:
        """Whether the edition is ours; False only where another run has it."""
        place = folder() / f"{name}.lock"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle = files.lock(place, wait=wait)
        except BlockingIOError:
            return False
        except OSError:  # it cannot be written, or the file system has no locks
            return True
        self._held[name] = handle
        return True

"""Run the shipped notebooks with their default parameters and keep the outputs in place.

The committed outputs are a contract that nbval holds: refresh them when a change is meant.
"""

from __future__ import annotations

import os

from kzdata import files
from kzdata.reports.colophon import OLDEST, kept
from kzdata.reports.execute import notebooks, run


def main() -> None:
    """Each notebook is replaced in one step, and only once all of its cells have run.

    It sees what is shipped: a store of the person who runs this must not reach the outputs.
    """
    for name, path in notebooks().items():
        with files.scratch() as scratch:
            os.environ["KZDATA_HOME"] = str(scratch / "no-store")
            executed = kept(run(path, {}, scratch=scratch, epoch=OLDEST))
        files.write_whole(path, executed)
        print(f"{name}: {len(executed) // 1024} KiB")


if __name__ == "__main__":
    main()

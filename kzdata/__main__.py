"""kzdata as a program: ``python -m kzdata``, and what the script ``kzdata`` starts."""

from __future__ import annotations

import signal


def begin() -> None:
    """Run the command line. Who presses Ctrl-C while it is imported or put away gets no trace."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kzdata.cli.app import main

    signal.signal(signal.SIGINT, before)
    try:
        main()
    finally:
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    begin()

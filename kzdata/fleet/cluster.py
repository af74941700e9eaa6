"""Jobs done by a cluster: a Dask scheduler and its workers (``pip install kzdata[dask]``).

Each job carries the standing of its asker and refuses to run where code, libraries or data differ;
its report comes back as bytes. Dask gives the jobs of a worker that is lost to another one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

from kzdata.errors import KzdataError, NotAvailable
from kzdata.fleet.job import fingerprint

SECONDS = 10
_ADDRESS = re.compile(r"((tcp|tls|ucx|wss?)://)?[^/\s]+:\d+/?")


class ClusterError(KzdataError):
    """A cluster that cannot be used: not reached, without workers, or other than what asks it."""


@contextlib.contextmanager
def connected(address: str) -> Iterator[Executor]:
    """An executor of the cluster at ``address``, whose workers are what this process is.

    Raises `NotAvailable` where Dask is not installed, `ClusterError` where the scheduler cannot be
    reached, has no worker, or has one with other code, libraries, data or seeds.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NotAvailable("Dask is not installed.", "pip install 'kzdata[dask]'") from None
    if not _ADDRESS.fullmatch(address):
        # Dask tries it all the same, and complains of itself as the process ends.
        raise ClusterError(f"{address!r} is no address.", "Write it like tcp://127.0.0.1:8786")
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No scheduler answers at {address}: {error}.", "Start one: dask scheduler"
        ) from None
    with client:
        _compare(client, address)
        # Every attempt is a fresh run, and a report that kills its worker must not kill them all.
        yield client.get_executor(pure=False, retries=1)


def _compare(client: Any, address: str) -> None:
    try:
        found = client.run(fingerprint, on_error="return")
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"The workers of {address} do not answer: {error}.") from None
    if not found:
        raise ClusterError(f"{address} has no worker.", f"Start one: dask worker {address}")
    mine = fingerprint()
    other = sorted(str(worker) for worker, theirs in found.items() if theirs != mine)
    if other:
        raise ClusterError(
            f"Workers with other code, libraries, data or seeds: {', '.join(other)}.",
            "Install the same kzdata and the same data there; kzdata --version tells the first.",
        )

"""Dask for the commands: a new cluster on this machine, or a scheduler that is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..words import word


@contextlib.contextmanager
def connected(scheduler: str, workers: int) -> Iterator[Any]:
    """A Dask client: of `workers` processes on this machine for "local", else of an address.

    ImportError names the extra that is missing, OSError says that nobody answers.
    """
    try:
        from dask.distributed import Client, LocalCluster
    except ImportError:
        raise ImportError(word("wrong.package", what="dask", extra="cluster")) from None
    cluster: Any = LocalCluster  # which have no types
    connect: Any = Client
    with contextlib.ExitStack() as opened:
        at: Any = scheduler
        if scheduler == "local":
            at = opened.enter_context(
                cluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
            )
        yield opened.enter_context(connect(at))

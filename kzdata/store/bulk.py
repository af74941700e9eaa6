"""Columns of a published file to a batch of the store: millions of rows, flat memory.

The rows come sorted, in parts of some `PART` rows (`kzdata.readers.bulk_columns`); the next part is
sorted while one is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kzdata.model import contract
from kzdata.readers.bulk_columns import LOCATOR, Columns
from kzdata.readers.bulk_text import LINE
from kzdata.store.batches import GROUP, Writer, Written

if TYPE_CHECKING:
    import polars as pl

PART = 500_000  # rows of some 40 bytes, of which two parts are held several times
# How Parquet spells a column where its usual way is slower and larger: whole dollars byte by byte,
# lines as steps.
_ENCODED = {"value": "BYTE_STREAM_SPLIT", LINE: "DELTA_BINARY_PACKED"}


def write(found: Columns, path: Path) -> tuple[Written, str]:
    """The rows as a batch at ``path``, and the SHA-256 of their content.

    The content is every column but the line, rows in order: a file that comes again in another
    order or under another name says nothing new.
    """
    import pyarrow as pa

    content = _Content(found)
    writer: Writer | None = None
    try:
        for part in _ahead(found.parts(PART)):
            content.add(part)
            for rows in part.iter_slices(GROUP):
                made = rows.to_arrow()
                table = pa.Table.from_arrays(made.columns, made.column_names)  # no words of polars
                if writer is None:
                    writer = Writer(
                        path,
                        table.schema,
                        columns=found.columns,
                        constant=found.constant,
                        computed=found.computed,
                        encoded={c: e for c, e in _ENCODED.items() if c in table.column_names},
                        totals=bool(set(contract.TOTALS) & set(found.distinct("product"))),
                    )
                writer.add(table)
        assert writer is not None  # a file without rows was refused
        return writer.close(), content.digest()
    except BaseException:
        if writer is not None:
            writer.abandon()
        raise


class _Content:
    """One hash a column, so that it does not matter in which parts the rows come."""

    def __init__(self, found: Columns) -> None:
        computed = {c: v for c, v in found.computed.items() if c != LOCATOR}
        self._about: list[Any] = [found.constant, computed]
        self._hashes: dict[str, Any] = {}

    def add(self, part: pl.DataFrame) -> None:
        """The next rows."""
        import polars as pl

        for column in part.drop(LINE):
            if column.dtype == pl.Enum:
                first = "\x1f".join(column.dtype.categories).encode()  # type: ignore[attr-defined]
                numbers = column.to_physical().cast(pl.UInt32).to_numpy()
            else:
                first = b""
                numbers = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
            hashed = self._hashes.setdefault(column.name, hashlib.sha256(first))
            hashed.update(np.ascontiguousarray(numbers).data)

    def digest(self) -> str:
        """The SHA-256 of everything."""
        columns = {name: hashed.hexdigest() for name, hashed in self._hashes.items()}
        said = json.dumps([*self._about, columns], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def _ahead(parts: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same parts, the next one made while one is used."""
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(next, parts, None)
        while (part := under_way.result()) is not None:
            under_way = pool.submit(next, parts, None)
            yield part

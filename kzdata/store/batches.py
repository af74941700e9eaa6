"""Batches: one load as a Parquet file sorted by reporter, and the index that says what is where.

The index holds what all rows share, what is computed from a narrower column when rows are read, and
for every row group its reporters and the SHA-256 of its bytes. So a pair's rows are read, and
checked, without touching the rest of the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kzdata import files
from kzdata.model import contract
from kzdata.model.contract import TOTALS
from kzdata.readers.bulk_columns import LOCATOR
from kzdata.store.journal import StoreError, StoreUnusable, Wanted

if TYPE_CHECKING:
    import pandas as pd

BATCHES = "batches"  # the folder of the store that holds them
GROUP = 1 << 16  # rows; a country of BACI's 200 has some 20,000 to 300,000 a year

SYNCED = 1 << 23  # bytes: the disk works while the next groups are made


@dataclass(frozen=True)
class Written:
    """A batch on the disk, not yet in the journal."""

    path: Path
    sha256: str
    index: bytes
    rows: int
    reporters: int

    @property
    def index_sha256(self) -> str:
        """The SHA-256 of the index."""
        return files.sha256(self.index)


class Writer:
    """Writes tables that come sorted by reporter; the same rows give the same bytes.

    ``columns`` is the order of the frame to be read back; ``constant`` its columns with one value;
    ``computed`` says how columns follow from others (see `kzdata.readers.bulk_columns.expand`);
    ``encoded`` names Parquet's encoding of columns of numbers; ``totals`` says whether a product
    may be one of `kzdata.model.contract.TOTALS`.
    """

    def __init__(
        self,
        path: Path,
        schema: Any,
        *,
        columns: list[str],
        constant: dict[str, Any] | None = None,
        computed: dict[str, Any] | None = None,
        encoded: dict[str, str] | None = None,
        totals: bool = True,
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        texts = [f.name for f in schema if pa.types.is_dictionary(f.type)]
        numbers = {f.name for f in schema} - set(texts) | {"lower", "upper"}
        self.path, self.groups, self.rows = path, [], 0  # type: ignore[var-annotated]
        self.totals = totals
        self.reporters: set[str] = set()
        self.about: dict[str, Any] = {
            "columns": columns,
            "numbers": [column for column in columns if column in numbers],
            "constant": constant or {},
            "computed": computed or {},
        }
        self._sink = pa.OSFile(str(path), "wb")
        self._writer = pq.ParquetWriter(
            self._sink,
            schema,
            compression="zstd",
            use_dictionary=texts,
            column_encoding=encoded,
            write_statistics=False,
        )
        self._whole = hashlib.sha256()
        self._synced = 0
        self._hashing = ThreadPoolExecutor(1)  # in order: the hash of the whole file is fed by it
        self._hashed: list[Future[str]] = []

    def add(self, table: Any) -> None:
        """Write a table, as one row group for every `GROUP` rows."""
        for start in range(0, len(table), GROUP):
            part = table.slice(start, GROUP)
            # A group's bytes begin where the one before ends; the first takes the four before it.
            begins = self._sink.tell() if self.groups else 0
            self._writer.write_table(part, row_group_size=len(part))
            ends = self._sink.tell()
            self._hashed.append(self._hashing.submit(self._hash, begins, ends))
            if "reporter" in part.column_names:
                named = sorted(set(part["reporter"].unique().to_pylist()))
            else:
                named = [self.about["constant"]["reporter"]]
            self.reporters |= set(named)
            about = {"first": named[0], "last": named[-1], "rows": len(part)}
            self.groups.append(about | {"start": begins, "end": ends})
            self.rows += len(part)

    def _hash(self, start: int, end: int) -> str:
        """The SHA-256 of bytes that are written; now and then they go to the disk for good."""
        with self.path.open("rb") as file:
            file.seek(start)
            data = file.read(end - start)
            self._whole.update(data)
            if end - self._synced > SYNCED:
                os.fsync(file.fileno())
                self._synced = end
        return files.sha256(data)

    def close(self) -> Written:
        """Finish the file and put it on the disk; its hashes are of what is read back from it."""
        self._writer.close()
        self._sink.close()
        begins, size = self.groups[-1]["end"] if self.groups else 0, self.path.stat().st_size
        foot = self._hashing.submit(self._hash, begins, size)
        with self._hashing:
            for group, hashed in zip(self.groups, self._hashed, strict=True):
                group["sha256"] = hashed.result()
            footer = {"start": begins, "sha256": foot.result()}
        files.sync(self.path)
        index = {"rows": self.rows, "reporters": sorted(self.reporters), **self.about}
        index["totals"] = self.totals
        index |= {"groups": self.groups, "footer": footer}
        data = (json.dumps(index, ensure_ascii=False, indent=0) + "\n").encode()
        return Written(self.path, self._whole.hexdigest(), data, self.rows, len(self.reporters))

    def abandon(self) -> None:
        """Close the file of a load that failed."""
        self._hashing.shutdown(cancel_futures=True)
        with contextlib.suppress(Exception):  # a full disk cannot take the footer either
            self._writer.close()
        self._writer.is_open = False  # or it is closed once more when it is let go of
        self._sink.close()


def verified_index(folder: Path, file: str, sha256: str) -> dict[str, Any]:
    """The index of a batch, if its bytes are those that the journal names."""
    path = folder / index_name(file)
    data = _bytes(path, 0, None)
    if files.sha256(data) != sha256:
        raise damaged(path)
    return json.loads(data)


def index_name(file: str) -> str:
    """The name of the index beside a batch's file."""
    return file.removesuffix(".parquet") + ".json"


def read(
    folder: Path,
    file: str,
    index: dict[str, Any],
    wanted: Wanted,
    between: tuple[float, float] | None = None,
) -> Any:
    """The rows of a batch where the columns ``wanted`` have these values, as an Arrow table, or
    None; only values ``between`` the two, if so asked.

    Only the row groups that can hold the reporter are read, and their hashes checked first.
    Columns that the index computes are not there yet: see `kzdata.readers.bulk_columns.expand`.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    sought = {c: (v,) if isinstance(v, str) else v for c, v in wanted.items()}
    if any(index["constant"].get(c, v[0]) not in v for c, v in sought.items()):
        return None
    only_totals = "product" in sought and set(sought["product"]) <= set(TOTALS)
    if only_totals and not index.get("totals", True):
        return None
    reporters = sought.get("reporter")
    numbers = [
        n
        for n, group in enumerate(index["groups"])
        if reporters is None or any(group["first"] <= r <= group["last"] for r in reporters)
    ]
    if not numbers:
        return None
    path = folder / file
    for piece in (index["footer"], *(index["groups"][n] for n in numbers)):
        if files.sha256(_bytes(path, piece["start"], piece.get("end"))) != piece["sha256"]:
            raise damaged(path)
    stored = pq.ParquetFile(path)
    asked = {c: pa.array(v, pa.string()) for c, v in sought.items() if c not in index["constant"]}
    parts = []
    for number in numbers:
        part = stored.read_row_group(number)
        hits = [pc.is_in(part[column], values) for column, values in asked.items()]
        if between is not None:
            hits.append(pc.greater_equal(part["value"], between[0]))
            hits.append(pc.less_equal(part["value"], between[1]))
        parts.append(part.filter(reduce(pc.and_, hits)) if hits else part)
    return pa.concat_tables(parts)


def _bytes(path: Path, start: int, end: int | None) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read() if end is None else file.read(end - start)
    except FileNotFoundError:
        raise StoreError(
            f"{path} is in the journal and not on the disk.", "Load its file again: kzdata load"
        ) from None
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be read: {error.strerror}.",
            "Check that the file exists and can be read.",
        ) from None


def whole(folder: Path, file: str, sha256: str, index_sha256: str) -> bool:
    """Whether a batch and its index are on the disk as they were written."""
    for name, expected in ((file, sha256), (index_name(file), index_sha256)):
        try:
            if files.sha256_of(folder / name) != expected:
                return False
        except OSError:
            return False
    return True


def damaged(path: Path) -> StoreError:
    """The error of a file whose bytes are not those that were loaded."""
    return StoreError(
        f"{path} has changed since it was loaded: its SHA-256 differs from the journal's.",
        "Load its file again, which mends it: kzdata load",
    )


def write(frame: pd.DataFrame, path: Path) -> tuple[Written, str]:
    """A frame under the contract as a batch at ``path``, and the SHA-256 of its content.

    The content is every column but ``locator``, rows in the order of their keys: a file that comes
    again under another name says nothing new.
    """
    import pyarrow as pa

    beyond = [column for column in contract.BEYOND if column in frame]
    ordered = frame.sort_values(beyond, kind="stable") if beyond else frame
    ordered = contract.order(ordered)
    columns = list(ordered.columns)
    ordered = ordered.sort_values("reporter", kind="stable").reset_index(drop=True)
    constant = {c: ordered[c].iloc[0] for c in columns if _same_text(ordered[c])}
    varying = {c: _array(ordered[c]) for c in columns if c not in constant}
    table = pa.table(varying)
    totals = bool(ordered["product"].isin(contract.TOTALS).any())
    writer = Writer(path, table.schema, columns=columns, constant=constant, totals=totals)
    try:
        writer.add(table)
        return writer.close(), _content(ordered)
    except BaseException:
        writer.abandon()
        raise


def _same_text(column: pd.Series) -> bool:
    first = column.iloc[0]
    return isinstance(first, str) and bool((column == first).all())


def _array(column: pd.Series) -> Any:
    import pandas as pd
    import pyarrow as pa

    if pd.api.types.is_numeric_dtype(column):
        return pa.array(column.to_numpy())
    return pa.array(column.astype("str"), pa.string(), from_pandas=True).dictionary_encode()


def _content(frame: pd.DataFrame) -> str:
    import pandas as pd

    digest = hashlib.sha256()
    for name in sorted(frame.columns):
        if name == LOCATOR:
            continue
        column = frame[name]
        digest.update(f"\n{name}\n".encode())
        if pd.api.types.is_numeric_dtype(column):
            digest.update(np.where(column.isna(), np.nan, column.to_numpy(dtype=float)).tobytes())
        else:
            words, texts = pd.factorize(column.fillna("\x00"))
            digest.update("\x1f".join(map(str, texts)).encode())
            digest.update(words.astype(np.int64).tobytes())
    return digest.hexdigest()

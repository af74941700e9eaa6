"""Delimited text of millions of rows, parsed by polars to narrow columns, in memory or on the disk.

A reader names the columns of codes and of numbers that it needs. Codes stay as printed; what they
mean is found out from the distinct ones (`kzdata.readers.bulk_columns`).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzdata.readers.payload import WrongFormat, receive, stream

if TYPE_CHECKING:
    import polars as pl

LINE = "line"
BETWEEN = "\x1f"  # of codes that are read together
MORE = "cell after the last"  # of rows that end with a separator where the header does not
DECIMALS, ODD = " decimals", " odd"  # of a column of numbers, after its name
IN_MEMORY = 1 << 26  # bytes of text whose rows need no disk
BULK_LIMIT = 1 << 36  # bytes after unpacking; all years of BACI are below a third of it
AGAIN = "Check that the file is of this source and whole: download it again."
_PLAIN, _TEXT, _MOVED, _POWER, _SHORT = " plain", " text", " moved", " power", "short"
_HEADER = 1 << 16  # bytes that hold the first line
_TRIES = 5
_SYSTEM = re.compile(r"(.*) \(os error (\d+)\)")


@contextmanager
def opened(
    source: str | PathLike[str] | bytes, *, folder: Path | None, member: str | None, limit: int
) -> Iterator[tuple[Path | bytes, str]]:
    """Text to scan, out of its gz or zip, and its name.

    With a ``folder``, what is packed is unpacked into it, however large; else all is in memory.
    """
    if folder is None or isinstance(source, bytes):
        body = receive(source, limit=limit, member=member)
        yield body.data, body.name
        return
    with ExitStack() as stack:
        unpacked, name, packed = stack.enter_context(stream(source, member=member, limit=limit))
        if not packed:
            yield Path(source), name
            return
        path = folder / "unpacked"
        with path.open("wb") as file:
            shutil.copyfileobj(unpacked, file, 1 << 20)
        yield path, name
        path.unlink()


def scan(
    text: Path | bytes,
    names: list[str],
    name: str,
    *,
    separator: str = ",",
    lossy: bool = False,
) -> Text:
    """Every cell below the header as printed, columns called ``names``; nothing is missing.

    ``lossy`` is for files whose labels, which are not used, may be in another encoding than UTF-8.
    """
    import polars as pl

    above = _head(text)
    rows = pl.scan_csv(
        text,
        has_header=False,
        skip_lines=len(above) - len(above.lstrip(b"\n")) + 1,
        schema=dict.fromkeys(names, pl.String),
        separator=separator,
        encoding="utf8-lossy" if lossy else "utf8",
        empty_string_is_null=False,
        missing_columns="insert",
        row_index_name=LINE,
        row_index_offset=2,
        glob=False,
    )
    return Text(name, text, separator, names, rows)


def first_rows(text: Path | bytes, separator: str, name: str) -> Iterator[list[str]]:
    """The names in the first line, and the cells of some rows below it, as printed."""
    lines = _head(text).lstrip(b"\n").split(b"\n")
    try:
        first = lines[0].decode()
    except UnicodeDecodeError:
        raise WrongFormat(f"{name}: its first line is not UTF-8 text.", AGAIN) from None
    below = (line.decode(errors="replace") for line in lines[1:])
    yield [each.strip() for each in next(csv.reader([first], delimiter=separator), [""])]
    yield from csv.reader(below, delimiter=separator)


def _head(text: Path | bytes) -> bytes:
    if isinstance(text, bytes):
        start = text[:_HEADER]
    else:
        with text.open("rb") as file:
            start = file.read(_HEADER)
    return start.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


@dataclass
class Text:
    """Delimited text that polars scans: the rows, each with its line, and where they came from."""

    name: str
    text: Path | bytes
    separator: str
    names: list[str]
    rows: pl.LazyFrame

    @property
    def bytes(self) -> int:
        """How long the text is."""
        return len(self.text) if isinstance(self.text, bytes) else self.text.stat().st_size

    @property
    def last(self) -> str:
        """The column that is empty where a row is cut."""
        return self.names[-2] if self.names[-1] == MORE else self.names[-1]

    def cells(self, line: int, columns: Sequence[str]) -> dict[str, str]:
        """What stands in these columns of a line."""
        import polars as pl

        found = self.rows.filter(pl.col(LINE) == line).select(columns)
        return found.collect(engine="streaming").row(0, named=True)

    def kept(
        self,
        folder: Path | None,
        *,
        by: str,
        codes: Sequence[str],
        together: Mapping[str, Sequence[str | pl.Expr]] | None = None,
        value: str,
        power: int | str = 0,
        numbers: Sequence[str] = (),
        flags: Mapping[str, pl.Expr] | None = None,
        made: Mapping[str, tuple[list[str], pl.Expr]] | None = None,
    ) -> Held:
        """Columns of codes and of printed numbers: in memory or, where there are many, on the disk
        below ``folder``, in one file or more for each code of the column ``by``.

        The text is parsed here, once; what is damaged is refused. Beside a number stands its text
        where it is not plain: a missing value, or one with an exponent. The ``value`` is multiplied
        by 10 to the ``power``, a number or a column, and so is its text; beside it stands how many
        decimals it then has. Codes that few rows differ in are cheaper ``together``. ``flags`` are
        made of texts; what is ``made`` is made of flags, of the numbers kept, and of columns that
        are read as numbers for it.
        """
        import polars as pl

        flags, made, together = flags or {}, made or {}, together or {}
        printed = [value, *numbers]
        beside = sorted({column for needed, _ in made.values() for column in needed})
        # Step by step: what two expressions of one step have in common is computed twice.
        rows = self.rows.select(
            pl.col(LINE).cast(pl.Int32),
            *(pl.col(column).cast(pl.Categorical) for column in codes),
            *(
                pl.concat_str(columns, separator=BETWEEN).cast(pl.Categorical).alias(name)
                for name, columns in together.items()
            ),
            *(pl.col(c).str.strip_chars().alias(c + _TEXT) for c in (*printed, *beside)),
            *(
                pl.col(c).str.extract(r"^\s*(-?\d+)").fill_null("0").alias(c + _POWER)
                for c in [power]
                if isinstance(c, str)
            ),
            *(expression.alias(name) for name, expression in flags.items()),
            (pl.col(self.last) == "").alias(_SHORT),
        )
        rows = rows.with_columns(
            *(
                pl.col(c + _TEXT).cast(pl.Float64, strict=False).alias(c)
                for c in (*numbers, *beside)
            ),
            *_moved(value, power),
        )
        plain = {c: pl.col(c).is_finite().fill_null(False) for c in printed}
        plain[value] &= ~pl.col(value + _TEXT).str.contains_any(["e", "E"])
        rows = rows.with_columns(
            *(expression.alias(c + _PLAIN) for c, expression in plain.items()),
            *(expression.alias(name) for name, (_, expression) in made.items()),
        )
        rows = rows.select(
            LINE,
            *codes,
            *together,
            *(pl.when(c + _PLAIN).then(c) for c in printed),
            pl.when(value + _PLAIN).then(value + DECIMALS),
            *(
                pl.when(~pl.col(c + _PLAIN)).then(text).cast(pl.Categorical).alias(c + ODD)
                for c, text in [(value, value + _MOVED), *((c, c + _TEXT) for c in numbers)]
            ),
            *flags,
            *made,
            _SHORT,
        )
        with self._explained():
            if folder is None or self.bytes <= IN_MEMORY:
                held = Held(rows.collect(engine="streaming").lazy(), by, [])
            else:
                held = _on_disk(rows, folder / "rows", by)
        # polars fills up a row that is too short, so that a cut file would pass for a whole one.
        if held.any(_SHORT):
            self._refuse_short()
            blank = pl.all_horizontal(pl.col(c).cast(pl.String) == "" for c in codes)
            if held.rows.select(blank.any()).collect(engine="streaming").item():
                return Held(held.rows.filter(~blank).collect(engine="streaming").lazy(), by, [])
        return held

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import polars as pl

        try:
            yield
        except OSError as error:
            raise _numbered(error) from error
        except (pl.exceptions.ComputeError, pl.exceptions.SchemaError) as error:
            told = str(error).partition("\n")[0].strip().rstrip(".")
            if "more fields" in told or "n_extra" in told:
                raise self._cut("a row is longer") from None
            raise WrongFormat(f"{self.name} cannot be read: {told}.", AGAIN) from None

    def _refuse_short(self) -> None:
        import polars as pl

        lines = pl.scan_csv(
            self.text,
            has_header=False,
            schema={"text": pl.String},
            separator="\x1e" if self.separator != "\x1e" else "\x1f",
            quote_char=None,
            empty_string_is_null=False,
            row_index_name=LINE,
            row_index_offset=1,
            glob=False,
        )
        text = pl.col("text")
        unquoted = text.str.replace_all(r'"[^"]*"', "")
        cells = unquoted.str.count_matches(self.separator, literal=True) + 1
        fewest = self.names.index(self.last) + 1
        open_quote = unquoted.str.contains('"', literal=True)
        blank = text.str.strip_chars() == ""
        wrong = lines.filter(~blank & (open_quote | (cells < fewest)))
        for line, broken in wrong.select(LINE, open_quote.alias("q")).head(1).collect().rows():
            if not broken:
                raise self._cut(f"line {line} is shorter")
            self._refuse_short_of_quoted()

    def _refuse_short_of_quoted(self) -> None:
        """As above where a quoted cell goes over several lines."""
        if isinstance(self.text, bytes):
            file: Any = io.StringIO(self.text.decode(errors="replace"), newline="")
        else:
            file = self.text.open(encoding="utf-8", errors="replace", newline="")
        with file:
            for number, row in enumerate(csv.reader(file, delimiter=self.separator), start=1):
                if 0 < len(row) <= self.names.index(self.last):
                    raise self._cut(f"row {number} is shorter")

    def _cut(self, why: str) -> WrongFormat:
        return WrongFormat(
            f"{self.name}: a row does not have the header's {len(self.names)} columns ({why}).",
            "The file was cut or edited: download it again.",
        )


@dataclass
class Held:
    """Rows as they were printed, and where those of each code in the column ``by`` are."""

    rows: pl.LazyFrame
    by: str
    files: list[tuple[str, str, int]]  # code, path, rows; none where all are in memory

    def any(self, flag: str) -> bool:
        """Whether a row has this flag."""
        import polars as pl

        return self.rows.select(pl.col(flag).any()).collect(engine="streaming").item()

    def parts(self, rank: dict[str, int], most: int) -> Iterator[pl.LazyFrame]:
        """The rows in order of the rank of their code, those of one rank together, in parts of
        some ``most`` rows."""
        import polars as pl

        if not self.files:
            yield self.rows
            return
        paths: list[str] = []
        size = 0
        for _, alike in groupby(
            sorted(self.files, key=lambda file: rank.get(file[0], -1)),
            lambda file: rank.get(file[0], -1),
        ):
            files = list(alike)
            more = sum(rows for _, _, rows in files)
            if paths and size + more > most:
                yield pl.scan_ipc(paths)
                paths, size = [], 0
            paths += [path for _, path, _ in files]
            size += more
        yield pl.scan_ipc(paths)


def _on_disk(rows: pl.LazyFrame, folder: Path, by: str) -> Held:
    import polars as pl

    sunk: list[Any] = []
    parted = pl.PartitionBy(folder, key=by, include_key=True)
    try:
        rows.sink_ipc(parted, mkdir=True, engine="streaming", sinked_paths_callback=sunk.append)
    except OSError:
        for _ in range(_TRIES):  # files that were under way may still be made
            shutil.rmtree(folder, ignore_errors=True)
            time.sleep(0.02)
        raise
    files = [
        (pl.read_ipc(file.path, columns=[by], n_rows=1).item(), file.path, file.num_rows)
        for done in sunk
        for file in done.paths
    ]
    if not files:
        return Held(rows.collect().lazy(), by, [])
    return Held(pl.scan_ipc([path for _, path, _ in files]), by, files)


def _numbered(error: OSError) -> OSError:
    """polars gives the system's number in its message alone."""
    told = _SYSTEM.search(str(error))
    return OSError(int(told[2]), told[1]) if told and error.errno is None else error


def _moved(column: str, power: int | str) -> list[pl.Expr]:
    """A column of numbers × 10 to the power, rounded once, and the decimals that are left."""
    import polars as pl

    text = pl.col(column + _TEXT)
    after = text.str.len_bytes() - text.str.find(".", literal=True) - 1
    decimals = after.fill_null(0).cast(pl.Int16)
    moved = text
    if power != 0:
        by = pl.lit(str(power)) if isinstance(power, int) else pl.col(power + _POWER)
        moved = pl.concat_str(text, pl.lit("e"), by)
        decimals -= by.cast(pl.Int16, strict=False)
    return [
        moved.alias(column + _MOVED),
        moved.cast(pl.Float64, strict=False).alias(column),
        decimals.alias(column + DECIMALS),
    ]

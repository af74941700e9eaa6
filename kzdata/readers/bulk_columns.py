"""Rows of a published file as narrow columns, and the frame or the batch for which they stand.

Codes become the contract's words by their distinct values; what is the same in all rows, or follows
from another column, is said once. So a frame and a batch of the store are made of the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from kzdata.errors import ContractError
from kzdata.model import contract
from kzdata.readers.bulk_text import DECIMALS, LINE, ODD, Held
from kzdata.readers.columns import BLANK
from kzdata.readers.payload import WrongFormat

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

LOCATOR = "locator"
_CHUNK = 1 << 16
_NUMBER = re.compile(r"([+-]?(?:\d+\.?(\d*)|\.(\d+)))(?:[eE]([+-]?\d{1,4}))?")


class Columns:
    """Rows of a published file as narrow columns, and what is true of all of them.

    ``columns`` is the order of the frame; ``constant`` are its columns with one text; ``computed``
    says how columns follow from others (see `expand`). The rest are in the rows: numbers, and
    words in the order of the contract.
    """

    def __init__(self, name: str, held: Held, columns: list[str], **constant: str) -> None:
        import polars as pl

        self.name, self.columns, self.constant = name, columns, constant
        self.computed: dict[str, Any] = {LOCATOR: name + ", line {line}"}
        self._place, self._held = held, held.rows
        self._words: dict[str, tuple[str, dict[str, str]]] = {}
        self._made: dict[str, pl.Expr] = {LINE: pl.col(LINE)}
        coded = [c for c, kind in self._held.collect_schema().items() if kind == pl.Categorical]
        distinct = self._held.select(pl.col(coded).unique().drop_nulls().implode())
        # While these live, a word keeps the number by which polars knows it.
        self._codes = {
            column: cells.explode()
            for column, cells in distinct.collect(engine="streaming").to_dict().items()
        }
        self.rows = self._held.select(pl.len()).collect().item()

    def texts(self, column: str) -> list[str]:
        """The distinct codes that a column has."""
        return [each for each in self._codes[column].to_list() if each is not None]

    def distinct(self, name: str) -> list[str]:
        """The distinct words that a column of the frame may have."""
        if name in self._words:
            return sorted(set(self._words[name][1].values()))
        return [self.constant[name]]

    def line(self, column: str, text: str) -> int:
        """The first line that has this code."""
        import polars as pl

        return self._held.filter(pl.col(column) == text).select(LINE).head(1).collect().item()

    def coded(
        self,
        name: str,
        column: str,
        word: Callable[[str], str],
        *,
        key: Callable[[str], Any] | None = None,
    ) -> None:
        """The column ``name`` is ``word`` of the code in ``column``; ``key`` orders the words."""
        words = {text: word(text) for text in self.texts(column)}
        self._words[name] = (column, words)
        order = sorted(set(words.values()), key=key)
        if len(order) < 2:
            self.constant[name] = order[0] if order else ""
        else:
            self._made[name] = self._chosen(column, words, order)

    def following(self, name: str, word: Callable[[str], str], leader: str) -> None:
        """As `word` of the codes that ``leader`` is made of, which as a rule decides."""
        given: dict[str, set[str]] = {}
        column, words = self._words[leader]
        for text, lead in words.items():
            given.setdefault(lead, set()).add(word(text))
        if leader in self.constant or any(len(each) > 1 for each in given.values()):
            self.coded(name, column, word)
            return
        said = {lead: min(each) for lead, each in sorted(given.items())}
        if len(set(said.values())) == 1:
            self.constant[name] = min(said.values())
        else:
            self.computed.setdefault("words", {})[name] = [leader, said]

    def _chosen(self, column: str, words: dict[str, str], order: list[str]) -> pl.Expr:
        import polars as pl

        place = {word: n for n, word in enumerate(order)}
        numbers = self._codes[column].to_physical()
        table = np.zeros(int(numbers.max()) + 1, dtype=np.uint32)  # type: ignore[arg-type]
        table[numbers.to_numpy()] = [place[words[text]] for text in self._codes[column].to_list()]
        return pl.lit(pl.Series(table)).gather(pl.col(column).to_physical()).cat.to(pl.Enum(order))

    def number(self, name: str, column: str, power: int = 0) -> None:
        """The column ``name`` is the number printed in ``column`` × 10 to the ``power``."""
        self._made[name] = self._scaled(column, power, self._repairs(column, power))

    def value(self, column: str, power: int = 0) -> None:
        """As `number` for the contract's value; the interval follows from the printed digits."""
        import polars as pl

        repairs = self._repairs(column, power)
        self._made["value"] = self._scaled(column, power, repairs)
        self.computed["interval"] = power
        decimals = self._decimals(column) | {places for _, places in repairs.values()}
        if len(decimals) < 2:
            self.computed["decimals"] = min(decimals, default=0)
            return
        printed = pl.col(column + DECIMALS)
        if repairs:
            told = pl.col(column + ODD).replace_strict(
                list(repairs), [d for _, d in repairs.values()],
                default=None, return_dtype=pl.Int16,
            )  # fmt: skip
            printed = pl.coalesce(printed, told)
        small = pl.Int8 if max(map(abs, decimals)) < 128 else pl.Int16
        self._made["decimals"] = printed.fill_null(0).cast(small)

    def _decimals(self, column: str) -> set[int]:
        import polars as pl

        found = self._held.select(pl.col(column + DECIMALS).unique().drop_nulls())
        return set(found.collect(engine="streaming").to_series().to_list())

    def _repairs(self, column: str, power: int) -> dict[str, tuple[float, int]]:
        """Value and decimals of each text that is a number and not plain."""
        import polars as pl

        found, wrong = {}, []
        for text in self.texts(column + ODD):
            if text in BLANK:
                continue
            printed = _NUMBER.fullmatch(text)
            if printed is None:
                wrong.append(text)
                continue
            exponent = int(printed[4] or 0)
            number = float(f"{printed[1]}e{exponent + power}")
            decimals = len(printed[2] or printed[3] or "") - exponent
            if not np.isfinite([number, 10.0 ** float(min(power - decimals, 400))]).all():
                wrong.append(text)
            found[text] = (number, decimals)
        if wrong:
            rows = self._held.filter(pl.col(column + ODD).cast(pl.String).is_in(wrong))
            first = rows.select(LINE, column + ODD).head(1).collect().row(0)
            raise WrongFormat(
                f"{self.name}: {column} {first[1]!r} is no number (row {first[0]}; "
                f"{rows.select(pl.len()).collect().item()} such).",
                "Check that the columns are those that this source publishes.",
            )
        return found

    def _scaled(self, column: str, power: int, repairs: dict[str, tuple[float, int]]) -> pl.Expr:
        """Rounded once, as from the text: digits as one whole number, moved by a power of ten.

        Both are whole and below what a float holds exactly.
        """
        import polars as pl

        value = pl.col(column)
        if power:
            made = None
            for places in sorted(self._decimals(column)):
                whole, move = (value * 10.0**places).round(), power - places
                moved = whole * 10.0**move if move >= 0 else whole / 10.0**-move
                alike = pl.col(column + DECIMALS) == places
                made = moved if made is None else pl.when(alike).then(moved).otherwise(made)
            value = value if made is None else made
        if repairs:
            told = pl.col(column + ODD).replace_strict(
                list(repairs), [n for n, _ in repairs.values()],
                default=None, return_dtype=pl.Float64,
            )  # fmt: skip
            value = pl.coalesce(value, told)
        return value

    def missing(self, name: str, usual: str, absent: str = "M") -> None:
        """The column ``name`` says ``absent`` where there is no value, else ``usual``."""
        import polars as pl

        gone = self._made["value"].is_null()
        if self._held.select(gone.any()).collect(engine="streaming").item():
            words = sorted({usual, absent})
            self.constant.pop(name, None)
            told = pl.when(gone).then(pl.lit(absent)).otherwise(pl.lit(usual))
            self._made[name] = told.cast(pl.Enum(words))
        else:
            self.constant[name] = usual

    def parts(self, most: int) -> Iterator[pl.DataFrame]:
        """The rows in order, first of what they are held by, then of their keys, in parts of some
        ``most`` rows.

        Raises `ContractError` where two rows have one key.
        """
        led = [name for name, (column, _) in self._words.items() if column == self._place.by]
        words = self._words[led[0]][1]
        order = {word: n for n, word in enumerate(sorted(set(words.values())))}
        rank = {text: order[word] for text, word in words.items()}
        for rows in self._place.parts(rank, most):
            yield self._sorted(rows, [led[0], *contract.KEY, *contract.BEYOND])

    def _sorted(self, rows: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
        keys = list(dict.fromkeys(column for column in by if column in self._made))
        made = [expression.alias(name) for name, expression in self._made.items()]
        part = rows.collect(engine="streaming").select(made)
        if keys:
            part = part.sort(keys, maintain_order=True)
        self._refuse_twice(part, keys)
        return part

    def _refuse_twice(self, part: pl.DataFrame, keys: list[str]) -> None:
        import polars as pl

        places = [*range(1, len(part))]  # where there is no key, all rows are of one cell
        if keys:
            same = pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in keys)
            places = part.select(same.fill_null(False).arg_true()).to_series().to_list()
        if places:
            one, other = part.row(places[0] - 1, named=True), part.row(places[0], named=True)
            raise ContractError(
                f"{len(places)} rows repeat the key of another: "
                + " ".join(str(one.get(c) or self.constant.get(c, "")) for c in contract.CELL)
                + f" stands at {self.name}, line {one[LINE]} and line {other[LINE]}.",
                "One publication gives one number for a cell; two codes of one country, or a file "
                "that was appended to itself, give two.",
            )

    def slices(self, columns: list[str]) -> list[list[str]]:
        """The distinct combinations of words in these columns, in order."""
        if not columns:
            return []
        varying = [c for c in columns if c in self._made]
        found: list[tuple[str, ...]] = [()]
        if varying:
            rows = self._held.select(**{c: self._made[c] for c in varying}).unique()
            found = rows.sort(varying).collect().rows()
        rows_of = [self.constant | dict(zip(varying, each, strict=True)) for each in found]
        return [[row[c] for c in columns] for row in rows_of]

    def frame(self) -> pd.DataFrame:
        """All rows under the contract, sorted by key."""
        part = self._sorted(self._held, [*contract.KEY, *contract.BEYOND])
        return expand(part.to_arrow(), self.columns, self.constant, self.computed)


def expand(
    table: pa.Table, columns: list[str], constant: dict[str, str], computed: dict[str, Any]
) -> pd.DataFrame:
    """Narrow columns as the frame for which they stand: constants spread, the rest computed.

    ``interval`` is the power of ten by which printed numbers were multiplied: half a unit of their
    last decimal, of which there are ``decimals``, a column or one number for all. ``locator`` is a
    pattern around the row's line. ``words`` gives the words of a column by those of another.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    made: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_dictionary(column.type):
            made[name] = column.cast(pa.large_string())
        elif pa.types.is_floating(column.type):
            made[name] = column.to_numpy()
        else:
            made[name] = column
    rows = len(table)
    if "interval" in computed:
        same = computed.get("decimals")  # where all values have as many
        decimals = float(same) if same is not None else made["decimals"].to_numpy().astype(float)
        half = 0.5 * np.power(10.0, computed["interval"] - decimals)
        made |= {"lower": made["value"] - half, "upper": made["value"] + half}
    if LOCATOR in computed:
        before, _, after = computed[LOCATOR].partition("{line}")
        line = table[LINE].cast(pa.large_string())
        made[LOCATOR] = pc.binary_join_element_wise(
            *(pa.scalar(each, pa.large_string()) for each in (before,)),
            line,
            pa.scalar(after, pa.large_string()),
            pa.scalar("", pa.large_string()),
        )
    for name, (other, words) in computed.get("words", {}).items():
        made[name] = _renamed(table[other], words)
    for name, value in constant.items():
        made[name] = _spread(value, rows)
    return pd.DataFrame(
        {
            name: pd.Series(
                made[name].to_pandas()
                if isinstance(made[name], (pa.Array, pa.ChunkedArray))
                else made[name],
                copy=False,
            )
            for name in columns
        },
        index=pd.RangeIndex(rows),
        copy=False,
    )


def _renamed(column: pa.ChunkedArray, words: dict[str, str]) -> pa.ChunkedArray:
    """The words of a column of words by those of another."""
    import pyarrow as pa

    chunks = []
    for chunk in column.chunks:
        said = pa.array(
            [words.get(each) for each in chunk.dictionary.to_pylist()], pa.large_string()
        )
        chunks.append(said.take(chunk.indices))
    return pa.chunked_array(chunks, pa.large_string())


def _spread(value: str, rows: int) -> pa.ChunkedArray:
    """One text in all rows; the chunks of the column are one and the same, so it takes no room."""
    import pyarrow as pa

    chunk = pa.array([value] * min(rows, _CHUNK), pa.large_string())
    chunks = [chunk] * (rows // _CHUNK)
    return pa.chunked_array(
        [*chunks, chunk.slice(0, rows - len(chunks) * _CHUNK)], pa.large_string()
    )

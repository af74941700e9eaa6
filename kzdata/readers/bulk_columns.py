"""Rows of a published file as narrow columns, and the frame or the batch for which they stand.

Codes become the contract's words by their distinct values; what is the same in all rows, or follows
from another column, is said once. So a frame and a batch of the store are made of the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kzdata.errors import ContractError
from kzdata.model import contract, vocabulary
from kzdata.readers.bulk_text import DECIMALS, LINE, ODD, Held
from kzdata.readers.columns import BLANK
from kzdata.readers.payload import WrongFormat

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

LOCATOR = "locator"
_CHUNK = 1 << 16
_LISTS: dict[str, Callable[[], Container[str]]] = {
    "dataflow": lambda: vocabulary.DATAFLOWS,
    "flow": lambda: vocabulary.FLOWS,
    "reporter": contract.area_codes,
    "partner": contract.area_codes,
}
_NUMBER = re.compile(r"([+-]?(?:\d+\.?(\d*)|\.(\d+)))(?:[eE]([+-]?\d{1,4}))?")


class Repair(NamedTuple):
    """A number that was not plain."""

    value: float
    decimals: int


class Columns:
    """Rows of a published file as narrow columns, and what is true of all of them.

    ``only`` is a column that says which rows count; ``refuse`` sees all of them first, together
    those of one code in the column that they are held by. ``columns`` is the order of the frame;
    ``constant`` are its columns with one text; ``computed`` says how columns follow from others
    (see `expand`). The rest are in the rows: numbers, and words in the order of the contract.
    """

    def __init__(
        self, name: str, held: Held, columns: list[str], *, only: str = "", **constant: str
    ) -> None:
        import polars as pl

        self.name, self.columns, self.constant = name, columns, constant
        self.computed: dict[str, Any] = {LOCATOR: name + ", line {line}"}
        self._place, self._only = held, only
        self._held = held.rows.filter(pl.col(only)) if only else held.rows
        self.refuse: Callable[[pl.DataFrame], None] = lambda rows: None  # before a part is used
        self._words: dict[str, tuple[str, dict[str, str]]] = {}
        self._orders: dict[str, list[str]] = {}
        self._hidden: list[str] = []  # parts of a joined column
        self._made: dict[str, pl.Expr] = {LINE: pl.col(LINE)}
        kinds = self._held.collect_schema()
        coded = [c for c, kind in kinds.items() if kind == pl.Categorical or c.endswith(DECIMALS)]
        told = self._held.select(
            pl.col(coded).unique().drop_nulls().implode(),
            pl.len().alias("rows"),
        ).collect(engine="streaming")
        self.rows = told["rows"].item()
        # While these live, a word keeps the number by which polars knows it.
        self._codes = {column: told[column].explode() for column in coded}

    def texts(self, column: str) -> list[str]:
        """The distinct codes that a column has."""
        return self._distinct(column)

    def _distinct(self, column: str) -> list[Any]:
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
        order = self._orders[name] = sorted(set(words.values()), key=key)
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

    def number(self, name: str, column: str) -> None:
        """The column ``name`` is the number printed in ``column``."""
        numbers = {text: each.value for text, each in self._repairs(column).items()}
        self._made[name] = self._repaired(column, column, numbers)

    def value(self, column: str, power: int | str = 0) -> None:
        """The contract's value; the interval follows from the printed digits.

        ``power`` is the one that `Text.kept` was told.
        """
        import polars as pl

        repairs = self._repairs(column, power)
        numbers = {text: each.value for text, each in repairs.items()}
        self._made["value"] = self._repaired(column, column, numbers)
        self.computed["interval"] = 0
        places = {text: each.decimals for text, each in repairs.items()}
        decimals = {*self._distinct(column + DECIMALS), *places.values()}
        if len(decimals) < 2:
            self.computed["decimals"] = min(decimals, default=0)
            return
        small = pl.Int8 if max(map(abs, decimals)) < 128 else pl.Int16
        printed = self._repaired(column + DECIMALS, column, places)
        self._made["decimals"] = printed.fill_null(0).cast(small)

    def _repairs(self, column: str, power: int | str | None = None) -> dict[str, Repair]:
        """Value and decimals of each text that is a number and not plain."""
        found, wrong = {}, {}
        for text in self.texts(column + ODD):
            cell, move = (text, "0") if not power else text.rsplit("e", 1)
            if cell in BLANK:
                continue
            printed = _NUMBER.fullmatch(cell)
            if printed is None:
                wrong[text] = cell
                continue
            exponent = int(printed[4] or 0) + int(move)
            number = float(f"{printed[1]}e{exponent}")
            decimals = len(printed[2] or printed[3] or "") - exponent
            if not np.isfinite(number) or decimals < -308:
                wrong[text] = cell
            found[text] = Repair(number, decimals)
        if wrong:
            self._refuse_wrong(column, wrong)
        return found

    def _refuse_wrong(self, column: str, wrong: dict[str, str]) -> None:
        import polars as pl

        rows = self._held.filter(pl.col(column + ODD).cast(pl.String).is_in(list(wrong)))
        line, text = rows.select(LINE, column + ODD).head(1).collect().row(0)
        raise WrongFormat(
            f"{self.name}: {column} {wrong[text]!r} is not a number (row {line}; "
            f"{rows.select(pl.len()).collect().item()} such).",
            "Check that the columns are those that this source publishes.",
        )

    def _repaired(self, plain: str, column: str, told: dict[str, Any]) -> pl.Expr:
        """The column ``plain``, or what the texts of ``column`` that are not plain say."""
        import polars as pl

        if not told:
            return pl.col(plain)
        kind = self._held.collect_schema()[plain]
        odd = pl.col(column + ODD)
        said = odd.replace_strict(list(told), list(told.values()), default=None, return_dtype=kind)
        return pl.coalesce(plain, said)

    def missing(self) -> None:
        """Without a value, the status is one of those that say so."""
        import polars as pl

        gone = self._made["value"].is_null()
        if not self._held.select(gone.any()).collect(engine="streaming").item():
            return
        words = self._orders.get("obs_status") or [self.constant["obs_status"]]
        told = self._made.get("obs_status", pl.lit(words[0])).cast(pl.String)
        silent = gone & ~told.is_in(list(vocabulary.MISSING))
        self.constant.pop("obs_status", None)
        self._orders["obs_status"] = sorted({*words, "M"})
        told = pl.when(silent).then(pl.lit("M")).otherwise(told)
        self._made["obs_status"] = told.cast(pl.Enum(self._orders["obs_status"]))

    def joined(self, name: str, parts: list[tuple[str, Callable[[str], str]]]) -> None:
        """The column ``name`` is the words of codes, a dot between them.

        The parts are held instead: they have few words, and the whole may differ in every row.
        """
        told: list[dict[str, str]] = []
        for number, (column, word) in enumerate(parts, start=1):
            part = f"{name} {number}"
            self.coded(part, column, word)
            constant = self.constant.pop(part, None)
            told.append({"column": part} if constant is None else {"text": constant})
        if all("text" in part for part in told):
            self.constant[name] = ".".join(part["text"] for part in told)
        else:
            self.computed["joined"] = {name: told}
            self._hidden = [part["column"] for part in told if "column" in part]

    def check(self) -> None:
        """Raise `ContractError` where a word breaks the contract: a row of each code is looked at.

        Rows with a code that is in none of the contract's lists await a decision on theirs.
        """
        import polars as pl

        rows = self._held
        for name, known in _LISTS.items():
            if name in self.constant and self.constant[name] not in known():
                return
            column, words = self._words.get(name, ("", {}))
            if strange := [text for text, word in words.items() if word not in known()]:
                rows = rows.filter(~pl.col(column).cast(pl.String).is_in(strange))
        judged = {
            c
            for name, (c, words) in self._words.items()
            if name in contract.COLUMNS and len(words) > 1
        }
        by: list[list[Any]] = [[column] for column in sorted(judged)]
        if "obs_status" in self._words:
            by.append([self._words["obs_status"][0], self._made["value"].is_null().alias("gone")])
        lines = [rows.group_by(each).agg(pl.col(LINE).min()).select(LINE) for each in by]
        lines.append(rows.select(LINE).head(1))
        chosen = rows.join(pl.concat(lines).unique(), on=LINE, how="semi")
        part = chosen.collect(engine="streaming").select(e.alias(n) for n, e in self._made.items())
        contract.check(expand(part.to_arrow(), self.columns, self.constant, self.computed))

    def parts(self, most: int) -> Iterator[pl.DataFrame]:
        """The rows in order, first of what they are held by, then of their keys, in parts of some
        ``most`` rows.

        Raises `ContractError` where two rows have one key.
        """
        led = [name for name, (column, _) in self._words.items() if column == self._place.by]
        words = self._words[led[0]][1]
        order = {word: n for n, word in enumerate(self._orders[led[0]])}
        rank = {text: order[word] for text, word in words.items()}
        for rows in self._place.parts(rank, most):
            yield self._sorted(rows, [led[0], *contract.KEY, *contract.BEYOND])

    def _sorted(self, rows: pl.LazyFrame, by: list[str]) -> pl.DataFrame:
        import polars as pl

        keys = list(dict.fromkeys(column for column in by if column in self._made))
        keys += self._hidden
        made = [expression.alias(name) for name, expression in self._made.items()]
        part = rows.collect(engine="streaming")
        self.refuse(part)
        part = (part.filter(pl.col(self._only)) if self._only else part).select(made)
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
        part = self._sorted(self._place.rows, [*contract.KEY, *contract.BEYOND])
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

    rows = len(table)
    made: dict[str, Callable[[], Any]] = {
        name: partial(_cells, table[name]) for name in table.column_names
    }
    if "interval" in computed:
        value = table["value"].to_numpy()
        same = computed.get("decimals")  # where all values have as many
        decimals = float(same) if same is not None else table["decimals"].to_numpy().astype(float)
        half = 0.5 * np.power(10.0, computed["interval"] - decimals)
        made |= {"lower": lambda: value - half, "upper": lambda: value + half}
    if LOCATOR in computed:
        made[LOCATOR] = partial(_numbered, computed[LOCATOR], table[LINE])
    for name, (other, words) in computed.get("words", {}).items():
        made[name] = partial(_renamed, table[other], words)
    for name, parts in computed.get("joined", {}).items():
        made[name] = partial(_joined, table, parts)
    for name, word in constant.items():
        made[name] = partial(_spread, word, rows)
    with ThreadPoolExecutor(2) as pool:  # Arrow lets go of the interpreter
        cells = dict(zip(columns, pool.map(lambda name: made[name](), columns), strict=True))
    series = {
        name: each.to_pandas()
        if isinstance(each, (pa.Array, pa.ChunkedArray))
        else pd.Series(each, copy=False)
        for name, each in cells.items()
    }
    return pd.DataFrame(series, index=pd.RangeIndex(rows), copy=False)


def _cells(column: pa.ChunkedArray) -> Any:
    """A column of words or numbers as the frame has it."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return column.cast(pa.large_string())
    return column.to_numpy() if pa.types.is_floating(column.type) else column


def _numbered(pattern: str, line: pa.ChunkedArray) -> pa.ChunkedArray:
    """The pattern with the number of each row's line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    before, _, after = pattern.partition("{line}")
    parts = [_text(before), line.cast(pa.large_string()), *([_text(after)] if after else [])]
    return pc.binary_join_element_wise(*parts, _text(""))


def _joined(table: pa.Table, parts: list[dict[str, str]]) -> pa.ChunkedArray:
    """Columns of words and constant words, a dot between them."""
    import pyarrow.compute as pc

    cells = [_cells(table[p["column"]]) if "column" in p else _text(p["text"]) for p in parts]
    return pc.binary_join_element_wise(*cells, _text("."))


def _text(value: str) -> pa.Scalar:
    import pyarrow as pa

    return pa.scalar(value, pa.large_string())


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

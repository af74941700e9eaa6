"""What may enter a gravity equation: a row a reporter, partner and period, with covariates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable, did_you_mean
from kzdata.indicators import validation

KEYS = ["reporter", "partner", "period"]

MISSING = ("refuse", "drop")

PAIR = "pair"


@dataclass(frozen=True)
class Dyads:
    """Flows with their covariates; one entry a row of ``rows``, none of them missing.

    ``x`` has a column a covariate. ``effects`` and ``clusters`` hold, by name, a code for each
    row. ``dropped`` is the number of rows left out because a figure was missing.
    """

    rows: pd.DataFrame
    value: np.ndarray
    x: np.ndarray
    terms: tuple[str, ...]
    effects: dict[str, np.ndarray]
    clusters: dict[str, np.ndarray]
    dropped: int

    def of(self, chosen: np.ndarray) -> Dyads:
        """The rows that are marked."""
        return Dyads(
            self.rows[chosen],
            self.value[chosen],
            self.x[chosen],
            self.terms,
            {name: code[chosen] for name, code in self.effects.items()},
            {name: code[chosen] for name, code in self.clusters.items()},
            self.dropped,
        )

    def cells(self, chosen: np.ndarray) -> list[tuple[str, ...]]:
        """The keys of the rows that are marked, as text."""
        keys = [key for key in KEYS if key in self.rows.columns]
        return [tuple(map(str, row)) for row in self.rows.loc[chosen, keys].to_numpy()]


def dyads(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    effects: Sequence[str] | None = None,
    cluster: str | Sequence[str] | None = PAIR,
    missing: str = "refuse",
    unknown: np.ndarray | None = None,
) -> Dyads:
    """The rows of a dyadic frame, checked; see `gravity` for the parameters.

    ``unknown`` marks rows that may lack their value, because it is to be estimated.
    """
    validation.choice("missing", missing, MISSING)
    terms = _terms(frame, covariates)
    rows = validation.measured(frame, ["reporter", "partner"])
    _one_flow(frame)
    for key in ("reporter", "partner"):
        validation.no_nesting(pd.unique(rows[key]), key)
    keys = [key for key in KEYS if key in rows.columns]
    validation.refuse(
        rows, rows.duplicated(keys).to_numpy(), "a second row of the same " + ", ".join(keys)
    )
    value = rows["value"].to_numpy(dtype=float)
    x = np.column_stack([frame[term].to_numpy(dtype=float, na_value=np.nan) for term in terms])
    if np.isinf(x).any():
        term = terms[int(np.flatnonzero(np.isinf(x).any(axis=0))[0])]
        raise ContractError(
            f"The covariate {term} is infinite in {int(np.isinf(x).any(axis=1).sum())} rows; "
            "the logarithm of zero is.",
            f'Look at them: frame[np.isinf(frame["{term}"])]',
        )
    wanted = np.ones(len(value), dtype=bool) if unknown is None else ~unknown
    blank = np.isnan(x).any(axis=1) | (np.isnan(value) & wanted)
    if blank.any() and missing == "refuse":
        raise ContractError(
            f"{int(blank.sum())} of {len(rows)} rows lack their value or a covariate; "
            "a missing flow is not zero.",
            'Leave them out and have them counted: missing="drop". '
            "The rows are in the error's .failures frame.",
            frame[blank],
        )
    if blank.all():
        raise NotAvailable(
            "No row has a value and every covariate.", f"Needed here: {' '.join(terms)}."
        )
    spec = _effects(rows, effects)
    return Dyads(
        rows[~blank],
        value[~blank],
        x[~blank],
        terms,
        {name: _codes(frame, name.split("^"))[~blank] for name in spec},
        {name: _cluster(frame, name)[~blank] for name in _names(cluster)},
        int(blank.sum()),
    )


def _terms(frame: pd.DataFrame, covariates: Sequence[str]) -> tuple[str, ...]:
    terms = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    if not terms:
        raise KzdataError(
            "A gravity equation needs a covariate.", 'Name columns: ["log_distance", "contiguity"]'
        )
    for term in terms:
        _column(frame, term)
        if not pd.api.types.is_numeric_dtype(frame[term]):
            raise ContractError(
                f"The covariate {term} is not a number.", f'pd.to_numeric(frame["{term}"])'
            )
    if len(set(terms)) < len(terms):
        raise KzdataError(f"A covariate is named twice in {list(terms)}.", "Name each once.")
    return terms


def _column(frame: pd.DataFrame, name: str) -> None:
    if name not in frame.columns:
        raise ContractError(
            f"The frame has no column {name!r}.", did_you_mean(str(name), map(str, frame.columns))
        )


def _one_flow(frame: pd.DataFrame) -> None:
    for column, total in (("flow", "flows"), ("product", "products")):
        if column in frame.columns and frame[column].nunique() > 1:
            names = sorted(map(str, frame[column].unique()))
            raise MeasureMismatch(
                f"The frame holds {len(names)} {total}, such as {names[0]} and {names[1]}; "
                "one gravity equation explains one.",
                f'Choose one: frame[frame["{column}"] == "{names[0]}"]',
            )


def _effects(rows: pd.DataFrame, effects: Sequence[str] | None) -> tuple[str, ...]:
    if effects is None:
        several = "period" in rows.columns and rows["period"].nunique() > 1
        by = "^period" if several else ""
        return ("reporter" + by, "partner" + by)
    return (effects,) if isinstance(effects, str) else tuple(effects)


def _names(cluster: str | Sequence[str] | None) -> tuple[str, ...]:
    if cluster is None:
        return ()
    return (cluster,) if isinstance(cluster, str) else tuple(cluster)


def _cluster(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A code for each row; both directions of a pair, in every period, are one cluster."""
    if name != PAIR or PAIR in frame.columns:
        return _codes(frame, name.split("^"))
    area, _ = pd.factorize(pd.concat([frame["reporter"], frame["partner"]]))
    ends = np.sort(area.reshape(2, -1), axis=0)
    _, code = np.unique(ends[0] * (area.max() + 1) + ends[1], return_inverse=True)
    return code


def _codes(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    for name in names:
        _column(frame, name)
    return frame.groupby(list(names), sort=False, dropna=False).ngroup().to_numpy()

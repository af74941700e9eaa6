"""How full-year estimates have done on every monthly series at hand, beside ×12/k.

    python benchmarks/partial_year.py                      every monthly goods series in the store
    python benchmarks/partial_year.py pair.csv other.csv   files under the tidy contract, too
    python benchmarks/partial_year.py --season             lent by the reporter's total as well

For each series and each k = 1 … 11: mean absolute error of the year in percent (logarithms) of
×12/k and of every estimator alone, of what the rolling-origin rule chose each year, and the share
of outcomes that its 80 % interval held. Each year is estimated from the years before it. A star
marks a k at which the rule was worse than ×12/k. Series without two whole years in a row, or with
negative months, are named and left out. `kzdata load` puts a downloaded file into the store.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import kzdata as kz
from kzdata.analysis.partial_year.estimators import DAMPED, LAST, MEAN, NAIVE, SMOOTH
from kzdata.analysis.partial_year.selection import Season
from kzdata.errors import KzdataError
from kzdata.model.codes import WORLD

ALONE = [NAIVE, LAST, MEAN, DAMPED, SMOOTH]
SERIES = ["reporter", "partner", "flow", "product", "source"]


def every(files: list[str]) -> pd.DataFrame:
    """The months of the store and of the files, with turnover where both sides are there."""
    months = kz.observations(freq="M", dataflow="trade_goods")
    loaded = [pd.read_csv(name, dtype={"product": str, "period": str}) for name in files]
    frame = pd.concat([months, *loaded], ignore_index=True)
    sides = frame[frame["flow"].isin(["X", "M"])]
    return pd.concat([sides, kz.turnover(sides)], ignore_index=True)


def measured(monthly: pd.DataFrame, seasonal: pd.DataFrame | None = None) -> pd.DataFrame:
    """A row per k: mean absolute errors in percent, the share held, and over how many years."""
    rows = []
    trials = Season(monthly).trials
    for k in range(1, 12):
        tests = kz.back_test(monthly, k, seasonal=seasonal)
        chosen = np.log(tests["estimate_value"] / tests["actual_value"]).abs()
        alone = {
            name: np.mean([abs(errors[name][k - 1]) for errors in trials.values()])
            for name in ALONE
            if all(name in errors for errors in trials.values())
        }
        naive = np.log(tests["partial_value"] * 12 / k / tests["actual_value"]).abs().mean()
        rows.append(
            {"k": k}
            | {name: 100 * error for name, error in alone.items()}
            | {"chosen": 100 * chosen.mean(), "worse": "*" if chosen.mean() > naive else ""}
            | {"held": tests["held"].mean(), "intervals": tests["held"].count()}
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Print a table per series, and what all of them say together."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("files", nargs="*")
    asked.add_argument("--season", action="store_true")
    options = asked.parse_args()
    frame = every(options.files)
    world = frame[frame["partner"] == WORLD]
    tables = []
    for key, monthly in frame.groupby(SERIES, sort=False):
        seasons: list[pd.DataFrame | None] = [None]
        if options.season and key[1] != WORLD:
            seasons.append(world[(world["reporter"] == key[0]) & (world["flow"] == key[2])])
        for seasonal in seasons:
            title = " ".join(key) + (", season lent by the total" if seasonal is not None else "")
            try:
                table = measured(monthly, seasonal)
            except KzdataError as left_out:
                print(f"\n{title}: {left_out.fact}")
                continue
            print(f"\n{title}\n{table.round(2).to_string(index=False)}")
            tables.append(table)
    if tables:
        total = pd.concat(tables)
        shares = total["held"] * total["intervals"]
        print(
            f"\n{len(tables)} series: worse than × 12/k at {(total['worse'] == '*').sum()} of "
            f"{len(total)} k; {100 * shares.sum() / total['intervals'].sum():.0f} % of "
            f"{total['intervals'].sum()} outcomes held by 80 % intervals."
        )


if __name__ == "__main__":
    main()

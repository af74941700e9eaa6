"""Reconciling both reports of a million flows, against the same steps written with pandas.

    python benchmarks/reconcile.py                    a million flows
    python benchmarks/reconcile.py --scaling          kzdata alone, flows doubling

No package on PyPI reconciles mirror flows. The contender is what an analyst writes with pandas and
numpy after the appendix of BACI: join exports and imports on economy, partner and product, divide
imports by 1.06, regress the log distance on dummies of the reporters, weigh by the variances that
follow. It has no interval, no class, no note, no allocation of areas not specified, no scale of
products, checks nothing, and its weights are those of BACI's two-stage fit, so its answer is near
to kzdata's without being it. Both start from one long frame of all reports, text as text.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import contest
import numpy as np
import pandas as pd

AREAS = 200
FLOWS = 1_000_000
DOUBLING = [125_000 * 2**power for power in range(5)]
NEAR = 0.5  # of the largest figure: the two estimators are not the same


def frame(flows: int) -> pd.DataFrame:
    """Reports of both sides with errors of BACI's kind; a tenth of the reports do not exist."""
    random = np.random.default_rng(2010)
    letters = [chr(65 + n) for n in range(26)]
    areas = np.array([f"{a}{b}Q" for a in letters for b in letters][:AREAS], dtype=object)
    many = max(30, 2 * flows // (AREAS * AREAS))
    products = np.array([f"{10_000 + k:06d}" for k in range(many)], dtype=object)
    key = random.choice(AREAS * AREAS * many, int(flows * 1.02), replace=False)
    key = np.sort(key[key // many // AREAS != key // many % AREAS][:flows])
    i, j, k = key // many // AREAS, key // many % AREAS, key % many
    log = random.normal(12, 2.5, len(key))
    sigma = np.exp(random.normal(-1.5, 0.5, AREAS))
    parts = []
    for flow, valuation, one, other, more in (
        ("X", "FOB", i, j, 0.0), ("M", "CIF", j, i, np.log(1.06)),
    ):  # fmt: skip
        there = np.flatnonzero(random.random(len(key)) < 0.9)
        there = there[np.lexsort((k[there], other[there], one[there]))]
        value = np.exp(log + more + sigma[one] * random.normal(size=len(key)))
        columns = {
            "dataflow": "trade_goods", "freq": "A",
            "reporter": areas[one[there]], "partner": areas[other[there]], "flow": flow,
            "product": products[k[there]], "valuation": valuation, "period": "2024",
            "value": value[there], "unit": "USD", "source": "made_up",
        }  # fmt: skip
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def reconcile_kzdata(of: pd.DataFrame):
    """One value a flow, with its interval."""
    import kzdata as kz

    return kz.reconcile(of)


def reconcile_pandas(of: pd.DataFrame):
    """One value a flow."""
    keys = ["reporter", "partner", "product", "period"]
    exports = of[of["flow"] == "X"][[*keys, "value"]]
    imports = of[of["flow"] == "M"][[*keys, "value"]]
    imports = imports.rename(columns={"reporter": "partner", "partner": "reporter"})
    both = exports.merge(imports, on=keys, how="outer", suffixes=("_x", "_m"))
    both["value_m"] = both["value_m"] / 1.06
    known = both.dropna(subset=["value_x", "value_m"])
    apart = np.abs(np.log(known["value_x"] / known["value_m"])).to_numpy()
    areas = pd.Index(np.union1d(both["reporter"], both["partner"]))
    one, other = areas.get_indexer(known["reporter"]), areas.get_indexer(known["partner"])
    size = len(areas)
    # Least squares on dummies of exporter and importer, through the normal equations.
    number = np.bincount(one * size + other, minlength=size * size).reshape(size, size)
    matrix = np.block([[np.diag(number.sum(1)), number], [number.T, np.diag(number.sum(0))]])
    right = np.concatenate(
        [np.bincount(one, apart, size), np.bincount(other, apart, size)]
    )  # fmt: skip
    effect = np.linalg.lstsq(matrix.astype(float), right, rcond=None)[0]
    spread = np.maximum((effect[:size] + effect[size:]) / 2, 0.01) * np.sqrt(np.pi / 2)
    square = spread**2
    variance = np.exp(square) * np.expm1(square)
    of_x = variance[areas.get_indexer(both["reporter"])]
    of_m = variance[areas.get_indexer(both["partner"])]
    weight = of_m / (of_x + of_m)
    value = weight * both["value_x"] + (1 - weight) * both["value_m"]
    both["value"] = value.fillna(both["value_x"]).fillna(both["value_m"])
    both["weight"] = weight
    return both


def answer(found: pd.DataFrame) -> np.ndarray:
    """ln of the values, in the order of their keys."""
    ordered = found.sort_values(["reporter", "partner", "product"])
    return np.log(ordered["value"].to_numpy(dtype=float))


def run(name: str, flows: str, storage: str, rounds: str, out: str) -> None:
    """One contender in this process."""
    pd.options.mode.string_storage = storage
    of = frame(int(flows))
    function = globals()[f"reconcile_{name}"]
    took, found = contest.child(lambda: function(of), int(rounds))
    contest.tell(took, answer(found), out)


def main() -> None:
    """Run, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flows", type=int, default=FLOWS)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(*given.run)
        return
    storages = contest.storages()[:1] if given.scaling else contest.storages()
    sizes = DOUBLING if given.scaling else [given.flows]
    names = ["kzdata"] if given.scaling else ["kzdata", "pandas"]
    runs = [[name, str(size), text] for size in sizes for text in storages for name in names]
    found = contest.contest(__file__, runs, given.rounds, given.turns)
    if given.scaling:
        told = contest.growth("reconcile", sizes, [found[tuple(each)] for each in runs])
        contest.report({"scaling": [told]}, given.json)
        return
    told = [
        {"task": "reconcile", "flows": given.flows, "text": text}
        | contest.judged({name: found[name, str(given.flows), text] for name in names}, NEAR)
        for text in storages
    ]
    contest.report({"tasks": told}, given.json)


if __name__ == "__main__":
    main()

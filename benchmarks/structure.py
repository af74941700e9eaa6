"""Indicators of structure against the packages that compute them, from one long frame.

    python benchmarks/structure.py                              every task at every size
    python benchmarks/structure.py --tasks rca --json rca.json  one task
    python benchmarks/structure.py --scaling                    kzdata alone, sizes doubling

Needs econcomplex, economic-complexity and ecomplexity beside kzdata; what is not installed is left
out and named. Everybody starts from the same long frame: reporter, product, period, flow, unit and
value, text as text, 70 % of the cells listed. Packages that take a matrix are timed with the pivot
that makes it (``DataFrame.pivot``, the fastest there is), and stop at their matrix: kzdata goes on
to a frame with variant and note, and checks measure, totals and doubles on the way.

A peer counts only where its answer is kzdata's within 1e-6 of the largest figure; kzdata's own is
held to published answers by the tests. In the set, econcomplex leaves a product out of its own
density, which the published answers do not, so density and what follows from it are timed and not
compared. No package on PyPI computes trade intensity, Grubel–Lloyd,
complementarity, constant market shares or the diversification index, so nobody is compared there.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

import contest
import numpy as np
import pandas as pd

SIZES = [(226, 785), (240, 5_000)]
SET = (200, 1_240)
DOUBLING = [(200, 250 * 2**power) for power in range(6)]
LIKE_OURS = 1e-6


def frame(reporters: int, products: int) -> pd.DataFrame:
    """Exports with advantages that nest, as those of real economies do."""
    random = np.random.default_rng(226)
    letters = [chr(65 + n) for n in range(26)]
    areas = [a + b + c for a in letters for b in letters for c in letters]
    areas = [area for area in areas if area != "WLD"][:: len(areas) // reporters][:reporters]
    listed = random.random((reporters, products)) < 0.7
    row, column = np.nonzero(listed)
    skill, need = random.normal(size=reporters), random.normal(size=products)
    log = 12 + skill[row] - 1.5 * np.maximum(need[column] - skill[row], 0)
    made = {
        "reporter": np.array(areas, dtype=object)[row],
        "partner": "WLD",
        "flow": "X",
        "product": np.array([f"{10_000 + k:06d}" for k in range(products)], dtype=object)[column],
        "period": "2024",
        "unit": "USD",
        "value": np.exp(log + random.normal(0, 2, len(row))),
    }
    return pd.DataFrame(made)


def income(of: pd.DataFrame) -> pd.DataFrame:
    """Income per head of each reporter."""
    reporters = sorted(of["reporter"].unique())
    value = np.exp(np.random.default_rng(1).normal(9, 1, len(reporters)))
    return pd.DataFrame({"reporter": reporters, "value": value})


def wide(of: pd.DataFrame) -> pd.DataFrame:
    """The matrix that other packages take."""
    return of.pivot(index="reporter", columns="product", values="value").fillna(0.0)


def grid(result: pd.DataFrame, name: str) -> np.ndarray:
    """A column by reporter and product as an array, zero where not listed."""
    return result.pivot(index="reporter", columns="product", values=name).fillna(0.0).to_numpy()


def column(result: pd.DataFrame, name: str, key: str) -> np.ndarray:
    """A column that stands in the rows of a reporter or of a product alone."""
    return result.dropna(subset=name).sort_values(key)[name].to_numpy()


# --- kzdata ------------------------------------------------------------------------------------


def rca_kzdata(of: pd.DataFrame):
    """Frame to frame."""
    import kzdata as kz

    return kz.rca(of), lambda found: grid(found, "rca")


def eci_kzdata(of: pd.DataFrame):
    """Frame to frame."""
    import kzdata as kz

    return kz.complexity(of, pci_scale="own"), lambda found: np.concatenate(
        [column(found, "eci", "reporter"), column(found, "pci", "product")]
    )


def set_kzdata(of: pd.DataFrame):
    """Eight indicators, frame to frame."""
    import kzdata as kz

    earned = income(of)
    found = [
        kz.rca(of), kz.hhi(of), kz.theil(of), kz.prody(of, earned), kz.expy(of, earned),
        kz.complexity(of, pci_scale="own"), kz.density(of), kz.outlook(of, scale="plain"),
    ]  # fmt: skip
    return found, lambda all_: np.concatenate(
        [
            grid(all_[0], "rca").ravel(),
            column(all_[1], "hhi", "reporter"),
            column(all_[2], "theil", "reporter"),
            column(all_[3], "prody", "product") / 1e4,
            column(all_[4], "expy", "reporter") / 1e4,
            column(all_[5], "eci", "reporter"),
            column(all_[5], "pci", "product"),
        ]
    )


# --- the others --------------------------------------------------------------------------------


def rca_econcomplex(of: pd.DataFrame):
    """Frame to matrix."""
    import econcomplex

    return econcomplex.rca(wide(of)), lambda found: found.to_numpy()


def rca_economic_complexity(of: pd.DataFrame):
    """Frame to matrix."""
    import economic_complexity

    return economic_complexity.rca(wide(of)), lambda found: found.to_numpy()


def eci_econcomplex(of: pd.DataFrame):
    """Frame to two series."""
    import econcomplex

    return econcomplex.eci_pci(wide(of)), np.concatenate


def eci_economic_complexity(of: pd.DataFrame):
    """Frame to two series, by reflections."""
    import economic_complexity as peer

    return peer.complexity(peer.rca(wide(of))), np.concatenate


def eci_ecomplexity(of: pd.DataFrame):
    """Frame to frame, with all that the package computes."""
    from ecomplexity import ecomplexity

    names = {"time": "period", "loc": "reporter", "prod": "product", "val": "value"}
    found = ecomplexity(of, names, verbose=False, check_logsupermodularity=False)

    def answer(found: pd.DataFrame) -> np.ndarray:
        eci = found.drop_duplicates("reporter").sort_values("reporter")["eci"].to_numpy()
        pci = found.drop_duplicates("product").sort_values("product")["pci"].to_numpy()
        return np.concatenate([eci / eci.std(), (pci - pci.mean()) / pci.std()])

    return found, answer


def set_econcomplex(of: pd.DataFrame):
    """The same indicators; its density, COI and COG are of another definition, so only timed."""
    import econcomplex as peer

    matrix = wide(of)
    earned = income(of)["value"].to_numpy()
    has = peer.mcp(matrix)
    phi = peer.proximity(has, use_rca=False, threshold=0.5, compute="product")["product"]
    eci, pci = peer.eci_pci(matrix)
    found = [
        peer.rca(matrix), peer.herfindahl(matrix, normalize=False),
        peer.shannon_entropy(matrix, base=np.e), peer.prody(matrix, earned),
        peer.expy(matrix, earned), eci, pci,
        peer.relatedness_density(has, phi=phi, use_rca=False, threshold=0.5),
        peer.complexity_outlook_index(has, pci, phi=phi, use_rca=False, threshold=0.5),
        peer.complexity_outlook_gain(has, pci, phi=phi, use_rca=False, threshold=0.5),
    ]  # fmt: skip
    return found, lambda all_: np.concatenate(
        [
            all_[0].to_numpy().ravel(), all_[1], np.log(matrix.shape[1]) - all_[2],
            all_[3] / 1e4, all_[4] / 1e4, all_[5], all_[6],
        ]
    )  # fmt: skip


TASKS = {
    "rca": ["kzdata", "econcomplex", "economic_complexity"],
    "eci": ["kzdata", "econcomplex", "economic_complexity", "ecomplexity"],
    "set": ["kzdata", "econcomplex"],
}


def run(task: str, name: str, reporters: str, products: str, storage: str, rounds: str, out: str):
    """One contender in this process."""
    pd.options.mode.string_storage = storage
    of = frame(int(reporters), int(products))
    function = globals()[f"{task}_{name}"]
    took, (found, answer) = contest.child(lambda: function(of), int(rounds))
    contest.tell(took, np.asarray(answer(found)), out)


def compare(given: argparse.Namespace) -> dict:
    """Every task at its sizes, with text stored both ways that pandas has."""
    absent = [
        name
        for name in ("econcomplex", "economic_complexity", "ecomplexity")
        if importlib.util.find_spec(name) is None
    ]
    if absent:
        print(f"Not installed, so not compared: {', '.join(absent)}")
    runs = [
        [task, name, str(reporters), str(products), storage]
        for task in given.tasks
        for reporters, products in ([SET] if task == "set" else SIZES)
        for storage in contest.storages()
        for name in TASKS[task]
        if name not in absent
    ]
    found = contest.contest(__file__, runs, given.rounds, given.turns, given.patience)
    told = []
    for task, reporters, products, storage in dict.fromkeys((r[0], *r[2:]) for r in runs):
        peers = {
            name: found[task, name, reporters, products, storage]
            for name in TASKS[task]
            if name not in absent
        }
        told.append({
            "task": task, "reporters": int(reporters), "products": int(products),
            "text": storage, **contest.judged(peers, LIKE_OURS),
        })  # fmt: skip
    return {"tasks": told}


def scaling(given: argparse.Namespace) -> dict:
    """kzdata alone, flows doubling: the power of their number that time grows with."""
    runs = [
        [task, "kzdata", str(reporters), str(products), "python"]
        for task in ("rca", "eci")
        for reporters, products in DOUBLING
    ]
    found = contest.contest(__file__, runs, given.rounds, given.turns, given.patience)
    told = []
    for task in ("rca", "eci"):
        mine = [run for run in runs if run[0] == task]
        flows = [0.7 * int(run[2]) * int(run[3]) for run in mine]
        told.append(contest.growth(task, flows, [found[tuple(run)] for run in mine]))
    return {"scaling": told}


def main() -> None:
    """Run, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--patience", type=float, default=120, help="seconds for one contender")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--run", nargs=7, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(*given.run)
        return
    contest.report(scaling(given) if given.scaling else compare(given), given.json)


if __name__ == "__main__":
    main()

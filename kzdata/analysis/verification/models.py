"""Benchmarking and temporal disaggregation against R's tempdisagg and its article."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kzdata.analysis.gravity.estimates import gravity
from kzdata.analysis.verification.comparison import Check, Comparison, figure, worst
from kzdata.indicators.benchmarking.denton import denton_cholette
from kzdata.indicators.benchmarking.regression import chow_lin, fernandez, litterman

SERIES, COEFFICIENTS = (
    "expected_r_tempdisagg_1.1.1_series.csv.gz",
    "expected_r_tempdisagg_1.1.1_coefs.csv",
)

FILES = ("sales_a.csv", "exports_q.csv", "imports_q.csv", SERIES, COEFFICIENTS)

ONE = ["exports.q"]

Method = Callable[..., Any]

RUNS: dict[str, Method] = {
    "denton-cholette_noind": lambda low, high: denton_cholette(low, to="Q"),
    "denton-cholette_exports_prop_h1": lambda low, high: denton_cholette(low, high[ONE]),
    "denton-cholette_exports_prop_h2": lambda low, high: denton_cholette(low, high[ONE], h=2),
    "denton-cholette_exports_additive_h1": lambda low, high: denton_cholette(
        low, high[ONE], criterion="additive"
    ),
    "chow-lin-maxlog_exports": lambda low, high: chow_lin(low, high[ONE]),
    "chow-lin-maxlog_exports_imports": lambda low, high: chow_lin(low, high),
    "chow-lin-minrss-ecotrim_exports": lambda low, high: chow_lin(low, high[ONE], method="minrss"),
    "chow-lin-fixed_exports": lambda low, high: chow_lin(low, high[ONE], method="fixed"),
    "ols_exports": lambda low, high: chow_lin(low, high[ONE], method="fixed", rho=0),
    "fast_exports": lambda low, high: chow_lin(low, high[ONE], method="fixed", rho=0.99999),
    "fernandez_exports": lambda low, high: fernandez(low, high[ONE]),
    "litterman-maxlog_exports": lambda low, high: litterman(low, high[ONE]),
    "litterman-fixed_exports": lambda low, high: litterman(low, high[ONE], method="fixed"),
}

# In these R's line search stops short of the optimum, by 2e-7, 4e-6 and 2e-8 in ρ. At R's own ρ the
# series are equal to 1e-6; at ours, which no step of a polynomial's slope improves, they are nearer
# to the optimum.
SHORT: dict[str, tuple[Method, str]] = {
    "chow-lin-maxlog_exports_notrunc": (
        lambda low, x, **how: chow_lin(low, x, truncated_rho=None, **how),
        "maxlog",
    ),
    "litterman-minrss_exports": (litterman, "minrss"),
    "chow-lin-minrss-quilis_exports": (chow_lin, "minrss_quilis"),
}


def disaggregation_checks() -> list[Check]:
    """Runs of tempdisagg, the regression that its article prints, and a manual's example."""
    common = {"folder": "tempdisagg_swisspharma", "files": FILES}
    return [
        Check(
            "disaggregation",
            "Quarterly sales of Swiss pharmaceuticals from annual ones, 16 methods and options",
            "R package tempdisagg 1.1.1, run on its own data set swisspharma",
            _series,
            **common,  # type: ignore[arg-type]
        ),
        Check(
            "chow_lin",
            "Chow–Lin regression of annual sales on quarterly exports",
            "Sax and Steiner (2013), The R Journal 5(2)",
            _regression,
            **common,  # type: ignore[arg-type]
        ),
        Check(
            "denton",
            "Two annual figures spread over quarters by an indicator, and carried on for a year",
            "Bloem, Dippelsman and Mæhle (2001), Quarterly National Accounts Manual, International "
            "Monetary Fund, example 6.2",
            _denton,
            folder="denton_qna_manual",
            files=("data.json",),
        ),
    ]


def swisspharma(folder: Path) -> tuple[pd.Series, pd.DataFrame]:
    """Annual sales from 1975, and quarterly exports and imports from 1972."""
    annual = pd.read_csv(folder / FILES[0])["value"].tolist()
    low = pd.Series(annual, index=[str(1975 + n) for n in range(len(annual))], dtype=float)
    high = {}
    for name in ("exports", "imports"):
        values = pd.read_csv(folder / f"{name}_q.csv")["value"].tolist()
        quarters = [f"{1972 + n // 4}-Q{n % 4 + 1}" for n in range(len(values))]
        high[f"{name}.q"] = pd.Series(values, index=quarters, dtype=float)
    return low, pd.DataFrame(high)


def _series(folder: Path) -> Iterator[Comparison]:
    low, high = swisspharma(folder)
    expected = pd.read_csv(folder / SERIES).set_index("method")["value"]
    coefficients: Any = pd.read_csv(folder / COEFFICIENTS).set_index("method")
    for name, method in RUNS.items():
        found = method(low, high)
        yield worst(name, expected[name], found, found.index, 1e-6)
        known = coefficients.loc[[name]].dropna(subset="estimate")
        if len(known):
            fit = found.attrs["fit"]
            terms = list(fit["coefficients"])
            for what, theirs, ours in (
                ("coefficients", known["estimate"], fit["coefficients"].values()),
                ("standard errors", known["se"], fit["standard_errors"].values()),
                ("adjusted R²", known["r2adj"].head(1), [fit["r2_adjusted"]]),
            ):
                yield worst(f"{name}, {what}", theirs, list(ours), terms, 1e-6, relative=True)
    for name, (method, option) in SHORT.items():
        rho = coefficients.loc[name, "rho"].iloc[0]
        found = method(low, high[ONE], method="fixed", rho=rho)
        yield worst(f"{name} at R's ρ", expected[name], found, found.index, 1e-6)
        found = method(low, high[ONE], method=option)
        yield worst(name, expected[name], found, found.index, 1e-5, relative=True)
        ours = found.attrs["fit"]["rho"]
        yield figure(f"{name}, ρ", f"{rho:.12g}", ours, tolerance=1e-5)


def _regression(folder: Path) -> Iterator[Comparison]:
    low, high = swisspharma(folder)
    fit = chow_lin(low, high[ONE]).attrs["fit"]
    yield figure("intercept", "12.41", fit["coefficients"]["intercept"])
    yield figure("exports", "0.01339", fit["coefficients"]["exports.q"])
    yield figure("intercept, standard error", "1.493", fit["standard_errors"]["intercept"])
    yield figure("exports, standard error", "0.0001672", fit["standard_errors"]["exports.q"])
    yield figure("adjusted R²", "0.9946", fit["r2_adjusted"])
    yield figure("ρ, truncated", "0", fit["rho"], tolerance=0)


def _denton(folder: Path) -> Iterator[Comparison]:
    given = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    indicator, annual = given["indicator_quarterly_1998Q1"], given["annual_benchmarks_1998"]
    quarters = [f"{1998 + n // 4}-Q{n % 4 + 1}" for n in range(len(indicator))]
    low = pd.Series(annual, index=[str(1998 + n) for n in range(len(annual))])
    ours = denton_cholette(low, pd.Series(indicator, index=quarters))
    printed = given["expected_proportional_denton_cholette"]
    # The manual multiplies ratios that it has rounded to three decimals.
    for quarter, each in zip(quarters, printed, strict=True):
        yield figure(quarter, f"{each:.1f}", ours[quarter], tolerance=0.1)


PAIRS, PANEL, ANSWERS = (
    "log_of_gravity.csv.gz",
    "agtpa_panel_69countries_1986_2006.csv.gz",
    "expected_published.json",
)

# Of the equation with effects of exporter and importer.
BOTH_EFFECTS = {"ldist": "-0.750", "border": "0.370"}

# The data set carries seven digits, which moves a coefficient by about 1e-7; one of them, 0.5614999
# with these data, stands at the edge of its printed 0.562.
ROUNDED = 0.0005 + 1e-6

TIES = {"log_dist": "log_distance", "cntg": "CNTG", "lang": "LANG", "clny": "CLNY"}


def gravity_checks() -> list[Check]:
    """Santos Silva and Tenreyro's cross-section, and the guide of UNCTAD and the WTO."""
    guide = (
        "Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis"
    )
    common = {
        "folder": "agtpa_unctad_wto",
        "files": (PANEL, ANSWERS),
        "needs": ("pyfixest",),
    }
    return [
        Check(
            "log_of_gravity",
            "PPML on 18,360 pairs of economies, 1990",
            "Santos Silva and Tenreyro (2006), The Log of Gravity, tables 3 and 5",
            _log_of_gravity,
            folder="log_of_gravity",
            files=(PAIRS, ANSWERS),
            needs=("pyfixest",),
        ),
        Check(
            "gravity_guide",
            "PPML with effects of exporter and importer by year, 69 economies, 1986-2006; errors "
            "clustered by pair, G / (G − 1)",
            guide + ", chapter 1, table 1",
            _guide,
            **common,  # type: ignore[arg-type]
        ),
        Check(
            "distance_puzzle",
            "Elasticity of trade to distance year by year, without and with trade at home",
            guide + ", chapter 1, table 2",
            _puzzle,
            **common,  # type: ignore[arg-type]
        ),
        Check(
            "border",
            "Effect of an international border, 2006; robust errors, N / (N − 1)",
            guide + ", chapter 2, trade without borders",
            _border,
            **common,  # type: ignore[arg-type]
        ),
    ]


def _answers(folder: Path) -> dict[str, Any]:
    return json.loads((folder / ANSWERS).read_text(encoding="utf-8"))


def _log_of_gravity(folder: Path) -> Iterator[Comparison]:
    names = {"s2_ex": "reporter", "s1_im": "partner", "trade": "value"}
    pairs = pd.read_csv(folder / PAIRS).rename(columns=names)
    known = _answers(folder)
    terms = [each for each in known["variables"] if each != "const"]
    for column, frame in (
        ("ppml_all_n18360", pairs),
        ("ppml_pos_n9613", pairs[pairs["value"] > 0]),
    ):
        said = "all pairs" if "all" in column else "pairs that trade"
        found = gravity(frame, terms, effects=(), cluster=None).set_index("term")
        published = dict(zip(known["variables"], known[column], strict=True))
        for term in terms:
            yield figure(
                f"{said}, {term}", f"{published[term]:.3f}", found.loc[term, "estimate"],
                tolerance=ROUNDED,
            )  # fmt: skip
        constant = found.loc["constant", "estimate"]
        yield figure(f"{said}, constant", f"{published['const']:.3f}", constant)
        yield figure(f"{said}, n", column.rpartition("n")[2], found["n"].iloc[0])
    ties = ["ldist", "border", "comlang", "colony", "comfrt_wto"]
    found = gravity(pairs, ties, cluster=None).set_index("term")
    for term, printed in BOTH_EFFECTS.items():
        yield figure(f"both effects, {term}", printed, found.loc[term, "estimate"])


def _panel(folder: Path) -> pd.DataFrame:
    names = {"exporter": "reporter", "importer": "partner", "year": "period", "trade": "value"}
    panel = pd.read_csv(folder / PANEL).rename(columns=names)
    home = panel["reporter"] == panel["partner"]
    return panel.assign(log_distance=np.log(panel["DIST"]), home=home.astype(float))


def _guide(folder: Path) -> Iterator[Comparison]:
    known, panel = _answers(folder), _panel(folder)
    abroad = panel[panel["period"].isin(known["table1_years"]) & (panel["home"] == 0)]
    found = gravity(abroad, list(TIES.values())).set_index("term")
    published = known["ppml_fe"]
    for name, term in TIES.items():
        coefficient, error = published[name]
        yield figure(term, f"{coefficient:.4f}", found.loc[term, "estimate"])
        yield figure(f"{term}, standard error", f"{error:.4f}", found.loc[term, "std_error"])
    yield figure("n", str(published["n"]), found["n"].iloc[0])


def _puzzle(folder: Path) -> Iterator[Comparison]:
    known, panel = _answers(folder), _panel(folder)
    panel = panel[panel["period"].isin(known["table1_years"])]
    yearly = {
        f"distance_{year}": panel["log_distance"] * (panel["period"] == year) * (1 - panel["home"])
        for year in known["table1_years"]
    }
    panel = panel.assign(**yearly, distance_home=panel["log_distance"] * panel["home"])
    terms = [*yearly, "CNTG", "LANG", "CLNY"]
    for said, frame, more, name in (
        ("abroad", panel[panel["home"] == 0], [], "distance_puzzle_ppml_1986_2006"),
        ("with home", panel, ["distance_home"], "distance_puzzle_ppml_intra_1986_2006"),
    ):
        found = gravity(frame, [*terms, *more]).set_index("term")
        for year, published in known[name].items():
            ours = found.loc[f"distance_{year}", "estimate"]
            yield figure(f"{said}, ln distance {year}", f"{published:.4f}", ours)


def _border(folder: Path) -> Iterator[Comparison]:
    panel = _panel(folder)
    year = panel[panel["period"] == 2006].assign(border=lambda f: 1 - f["home"])
    found = gravity(year, ["log_distance", "CNTG", "border"], cluster=None).set_index("term")
    published = _answers(folder)["ge_no_border_2006"]
    coefficient, error = published["INTL_BRDR"]
    yield figure("border", f"{coefficient:.5f}", found.loc["border", "estimate"])
    yield figure("border, standard error", f"{error:.7f}", found.loc["border", "std_error"])
    yield figure("n", str(published["n"]), found["n"].iloc[0])

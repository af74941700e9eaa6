"""Reports of both sides: a few typed by hand, and a planted world whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

VALUED = {"X": "FOB", "M": "CIF"}


def reports(text: str, **common) -> pd.DataFrame:
    """Lines of ``flow reporter partner [product] [period] value``; ``-`` is a missing value.

    Product and period are columns only where the lines give them.
    """
    lines = [line.split() for line in text.strip().splitlines()]
    names = ["flow", "reporter", "partner", "product", "period"][: len(lines[0]) - 1]
    made = pd.DataFrame(lines, columns=[*names, "value"])
    made["value"] = made["value"].replace("-", "nan").astype(float)
    return made.assign(**({"unit": "USD", "valuation": made["flow"].map(VALUED)} | common))


def planted(seed, economies=20, products=30, least=0.05, most=0.8, kept=0.9, scaled=False):
    """Reports with BACI's errors: ln x = ln T + e_i, ln m = ln T + carriage + e_j, e ~ N(0, s²).

    Returns the reports, the truth of each flow and s of each economy. Carriage is 2 to 10 %;
    ``kept`` is the share of reports that exist, ``scaled`` widens the errors of some products.
    """
    draw = np.random.default_rng(seed)
    names = np.array([f"{chr(65 + n // 26)}{chr(65 + n % 26)}Q" for n in range(economies)])
    sigma = np.exp(draw.uniform(np.log(least), np.log(most), economies))
    grid = np.meshgrid(range(economies), range(economies), range(products), indexing="ij")
    i, j, k = (each.ravel() for each in grid)
    i, j, k = (each[i != j] for each in (i, j, k))
    log_truth = draw.normal(13, 2.5, len(i))
    carriage = np.log(draw.uniform(1.02, 1.10, (economies, economies)))[i, j]
    wide = np.exp(draw.normal(0, 0.3, products))[k] if scaled else 1.0
    x = np.exp(log_truth + wide * sigma[i] * draw.normal(size=len(i)))
    m = np.exp(log_truth + carriage + wide * sigma[j] * draw.normal(size=len(i)))
    codes = np.array([f"{100000 + n}" for n in range(products)])

    def side(reporter, partner, flow, value):
        there = draw.random(len(i)) < kept
        columns = {
            "reporter": names[reporter],
            "partner": names[partner],
            "flow": flow,
            "product": codes[k],
            "value": value,
            "valuation": VALUED[flow],
            "unit": "USD",
        }
        return pd.DataFrame(columns)[there]

    frame = pd.concat([side(i, j, "X", x), side(j, i, "M", m)], ignore_index=True)
    truth = pd.DataFrame(
        {
            "reporter": names[i],
            "partner": names[j],
            "product": codes[k],
            "truth": np.exp(log_truth),
        }
    )
    return frame, truth, pd.Series(sigma, names)

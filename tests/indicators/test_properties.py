"""What must hold of the indicators whatever the trade."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import kzdata as kz

REPORTERS, PRODUCTS = ["AAA", "BBB", "CCC", "DDD"], ["01", "02", "03", "04", "05"]
quick = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
amounts = some.integers(0, 10**6).map(float)


@some.composite
def exports(draw, periods=("2024",), flows=("X",)):
    """Bilateral trade in which every reporter exports something in every period."""
    made = []
    for flow in flows:
        for period in periods:
            for reporter in REPORTERS:
                for partner in REPORTERS:
                    if partner != reporter:
                        row = draw(some.lists(amounts, min_size=5, max_size=5))
                        row[draw(some.integers(0, 4))] += 1.0
                        made += [
                            (reporter, partner, flow, product, period, value)
                            for product, value in zip(PRODUCTS, row, strict=True)
                        ]
    names = ["reporter", "partner", "flow", "product", "period", "value"]
    return pd.DataFrame(made, columns=names).assign(unit="USD")


def by(frame, column):
    keys = [k for k in ("reporter", "partner", "product", "period", "component") if k in frame]
    return frame.set_index(keys)[column].sort_index()


def same(one, other, **how):
    pd.testing.assert_series_equal(one, other, check_index=True, **how)


@quick
@given(exports())
def test_world_weighted_rca_is_one(frame):
    found = kz.rca(frame)
    totals = frame.groupby("product")["value"].sum() / frame["value"].sum()
    # Σ_k w_k RCA_ik = Σ_k s_ik = 1
    weighted = found["rca"] * found["product"].map(totals)
    sums = weighted.groupby(found["reporter"]).sum()
    assert sums.to_numpy() == pytest.approx(1)
    assert kz.rsca(frame)["rsca"].dropna().between(-1, 1).all()


INDICATORS = {
    "rca": kz.rca,
    "rsca": kz.rsca,
    "export_similarity": kz.export_similarity,
    "hhi": kz.hhi,
    "concentration": kz.concentration,
    "theil": kz.theil,
    "diversification": kz.diversification,
    "density": kz.density,
    "tii": kz.tii,
}


@pytest.mark.parametrize("name", INDICATORS)
@settings(quick, max_examples=5)
@given(frame=exports(), factor=some.sampled_from([1e-6, 0.37, 1000.0, 1e9]))
def test_a_change_of_unit_changes_nothing(name, frame, factor):
    scaled = frame.assign(value=frame["value"] * factor, unit="KZT")
    indicator = INDICATORS[name]
    same(by(indicator(frame), name), by(indicator(scaled), name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["rca", "diversification", "export_similarity", "density"])
@settings(quick, max_examples=5)
@given(frame=exports())
def test_summing_partners_first_changes_nothing(name, frame):
    summed = frame.groupby(["reporter", "flow", "product", "period", "unit"], as_index=False)
    indicator = INDICATORS[name]
    same(by(indicator(frame), name), by(indicator(summed["value"].sum()), name), atol=1e-12)


@quick
@given(frame=exports(), order=some.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(frame, order):
    rows = list(frame.index)
    order.shuffle(rows)
    for name in ("rca", "hhi", "tii", "diversification"):
        same(by(INDICATORS[name](frame), name), by(INDICATORS[name](frame.loc[rows]), name))


@quick
@given(exports(flows=("X", "M")))
def test_swapping_the_sides(frame):
    swapped = frame.assign(flow=frame["flow"].map({"X": "M", "M": "X"}))
    balance = by(kz.normalised_balance(frame), "normalised_balance")
    same(balance, -by(kz.normalised_balance(swapped), "normalised_balance"))
    assert balance.dropna().between(-1, 1).all()
    for variant in ("plain", "adjusted"):
        found = by(kz.grubel_lloyd(frame, variant), "grubel_lloyd")
        same(found, by(kz.grubel_lloyd(swapped, variant), "grubel_lloyd"))
        assert found.dropna().between(0, 1 + 1e-12).all()
    cover = by(kz.coverage(frame), "coverage") * by(kz.coverage(swapped), "coverage")
    assert cover.dropna().to_numpy() == pytest.approx(1)


@quick
@given(exports(flows=("X", "M")))
def test_bounds_of_shares(frame):
    similar = by(kz.export_similarity(frame), "export_similarity")
    assert similar.between(0, 1 + 1e-12).all()
    assert similar.to_numpy() == pytest.approx(similar.swaplevel().sort_index().to_numpy())
    assert kz.tci(frame)["tci"].between(0, 100 + 1e-9).all()
    x = frame[frame["flow"] == "X"]
    hhi = kz.hhi(x)
    assert hhi["hhi"].between(1 / 5 - 1e-12, 1 + 1e-12).all()
    assert hhi["equivalent_number"].between(1 - 1e-12, 5 + 1e-9).all()
    assert kz.theil(x)["theil"].between(-1e-12, np.log(5) + 1e-12).all()
    assert kz.density(x)["density"].dropna().between(0, 1 + 1e-12).all()
    diversification = kz.diversification(x)["diversification"]
    assert diversification.between(0, 1).all()


@quick
@given(frame=exports(periods=("2023", "2024")), order=some.sampled_from(["product", "market"]))
def test_constant_market_shares_add_up(frame, order):
    found = kz.constant_market_share(frame, order=f"{order}_first")
    wide = found[found["period"] == "2024"].pivot(
        index="reporter", columns="component", values="constant_market_share"
    )
    total = frame.groupby(["reporter", "period"])["value"].sum().unstack()
    change = (total["2024"] - total["2023"]).to_numpy()
    parts = wide.drop(columns="change").sum(axis=1).to_numpy()
    scale = total.to_numpy().max()
    assert np.abs(parts - change).max() <= 1e-9 * scale
    assert wide["change"].to_numpy() == pytest.approx(change)
    # What reporters gain in cells that existed they take from one another.
    new = wide["new"].sum()
    assert wide["competitiveness"].sum() == pytest.approx(0, abs=1e-9 * scale)
    assert new >= 0


@quick
@given(frame=exports(periods=("2023", "2024")), over=some.sampled_from(["product", "partner"]))
def test_contributions_add_up_to_growth(frame, over):
    found = kz.contribution(frame, over)
    keys = [k for k in ("reporter", "partner", "product") if k != over]
    now = found[found["period"] == "2024"].groupby(keys)["contribution"].sum(min_count=1)
    total = frame.groupby([*keys, "period"])["value"].sum().unstack()
    growth = 100 * (total["2024"] / total["2023"].where(total["2023"] > 0) - 1)
    assert now.to_numpy() == pytest.approx(growth.to_numpy(), rel=1e-9, abs=1e-6, nan_ok=True)


@quick
@given(
    prices=some.lists(some.floats(0.1, 100), min_size=12, max_size=12),
    quantities=some.lists(some.floats(0.1, 100), min_size=12, max_size=12),
)
def test_indices_of_prices(prices, quantities):
    p, q = np.array(prices).reshape(3, 4), np.array(quantities).reshape(3, 4)
    common = {
        "reporter": "KAZ",
        "flow": "X",
        "product": np.tile(PRODUCTS[:4], 3),
        "period": np.repeat(["2021", "2022", "2023"], 4),
    }
    frame = pd.concat(
        [
            pd.DataFrame({**common, "unit": "USD", "value": (p * q).ravel()}),
            pd.DataFrame({**common, "unit": "t", "value": q.ravel()}),
        ]
    )

    def index(method, **how):
        return kz.price_index(frame, method, **how)["price_index"].to_numpy() / 100

    fisher = index("fisher", chained=False)
    paired = index("laspeyres", chained=False) * index("paasche", chained=False)
    assert fisher**2 == pytest.approx(paired)
    relatives = p / p[0]
    for method in ("laspeyres", "paasche", "fisher", "tornqvist"):
        found = index(method, chained=False)
        assert (found >= relatives.min(axis=1) * (1 - 1e-9)).all()
        assert (found <= relatives.max(axis=1) * (1 + 1e-9)).all()
    # GEKS is transitive: another base is another unit
    later = index("geks", base="2023")
    assert later / later[0] == pytest.approx(index("geks"))

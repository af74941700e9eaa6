"""What was said against what is published: a verdict for each claim."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import aggregates, amounts, contract, indicators, periods, sources
from kzdata.codes import NOT_APPLICABLE, UNKNOWN, WORLD, area_name
from kzdata.comparable import between
from kzdata.errors import ContractError

CLAIMED = ["claim", "topic", "printed", "qualifier", "speaker"]
VERDICTS = ("confirmed", "rounds_to", "differs", "other_measure", "unverifiable")
COLUMNS = [
    "claim",
    "speaker",
    "topic",
    "printed",
    "dataflow",
    "reporter",
    "partner",
    "flow",
    "period",
    "value",
    "lower",
    "upper",
    "unit",
    "observed_value",
    "difference_pct",
    "verdict",
    "because",
    "source",
    "published",
    "locator",
    "basis",
    "note",
]


def confront(claims: pd.DataFrame, *observations: pd.DataFrame) -> pd.DataFrame:
    """One row per claim with the published figure, if there is one, and a verdict.

    - ``confirmed``: the claimed value lies within the printed precision of the published one, or
      the published one satisfies a bound or range ("over 1,000", "10-25 %");
    - ``rounds_to``: the published value, rounded to the digits of the claim, is the claim;
    - ``differs``: same measure and span, and neither holds;
    - ``other_measure``: what is published for the pair is another measure, ``because`` says which
      of dataflow, side, flow, span, unit or partner differs;
    - ``unverifiable``: nothing comparable is in ``observations``.

    Turnover is made from X and M, and months are summed to the claim's span, before comparing.
    difference_pct is 100 (published / claimed - 1), missing unless measure and span agree.
    """
    contract.need(claims, [*contract.COLUMNS, *CLAIMED], "kz.claims(...)")
    if not observations:
        raise ContractError(
            "There is nothing to hold the claims against.",
            'Give observations: kz.confront(claims, kz.observations("KAZ", "ISR"))',
        )
    for frame in observations:
        contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    book = _book(pd.concat(observations, ignore_index=True))
    rows = [_judge(claim, book) for claim in claims.to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _book(observations: pd.DataFrame) -> pd.DataFrame:
    """The published rows and the turnover and balance that follow from them."""
    goods = observations[observations["flow"].isin(["X", "M", "T"])]
    derived = [aggregates.turnover(goods), aggregates.balance(goods)] if len(goods) else []
    book = pd.concat([observations[observations["flow"] != "T"], *derived], ignore_index=True)
    return book[book["value"].notna()]


def _judge(claim: dict[Any, Any], book: pd.DataFrame) -> dict[str, Any]:
    verdict, because, observed = _compare(claim, book)
    row = {column: claim.get(column) for column in COLUMNS}
    row |= {
        "verdict": verdict,
        "because": because,
        "basis": "derived",
        "observed_value": float("nan"),
        "difference_pct": float("nan"),
    }
    if observed is not None:
        row["observed_value"] = observed["value"]
        row["source"] = sources.join([claim["source"], observed["source"]])
        row["locator"] = f"{claim['locator']}; published: {observed['locator']}"
        row["note"] = "; ".join(n for n in (claim["note"], observed["note"]) if n)
        if verdict in ("rounds_to", "differs") and claim["value"]:
            row["difference_pct"] = 100 * (observed["value"] / claim["value"] - 1)
    return row


def _compare(claim: dict[Any, Any], book: pd.DataFrame) -> tuple[str, str, pd.Series | None]:
    if pd.isna(claim["lower"]):
        return "unverifiable", "no figure is claimed", None
    same = _same_measure(claim, book)
    if claim["unit"] == "percent" and claim["dataflow"] == "trade_goods":
        return _growth_claimed(claim, book)
    observed = _same_span(same, claim["period"])
    if observed is not None:
        return (*_agree(claim, observed), observed)
    other = _other_measure(claim, book, same)
    if other:
        return "other_measure", other, None
    return "unverifiable", "no published series of this measure is loaded", None


def _same_measure(claim: dict[Any, Any], book: pd.DataFrame) -> pd.DataFrame:
    cell = ["dataflow", "reporter", "partner", "flow", "product", "unit"]
    same = book[(book[cell] == pd.Series({c: claim[c] for c in cell})).all(axis=1)]
    if claim["valuation"] in (UNKNOWN, NOT_APPLICABLE, "unknown"):
        return same
    return same[same["valuation"].isin([claim["valuation"], "unknown"])]


def _growth_claimed(claim: dict[Any, Any], book: pd.DataFrame) -> tuple[str, str, pd.Series | None]:
    """A claim that trade grew at some rate in every year of its period, against the series."""
    cell = ["dataflow", "reporter", "partner", "flow", "product"]
    same = book[(book[cell] == pd.Series({c: claim[c] for c in cell})).all(axis=1)]
    same = same[(same["freq"] == "A") & (claim["period"] != UNKNOWN)]
    if same.empty:
        return "unverifiable", "no annual series of this flow is loaded", None
    span = periods.span(claim["period"])
    grown = indicators.growth(same)
    years = [span.start.year < int(p) <= span.end.year for p in grown["period"]]
    inside = grown[pd.Series(years, index=grown.index)].dropna(subset="growth_pct")
    if inside.empty:
        return "unverifiable", "no growth inside the period is published", None
    fits = inside["growth_pct"].between(claim["lower"], claim["upper"])
    if fits.all():
        return "confirmed", f"growth in every one of {len(inside)} years is in the range", None
    worst = inside.loc[~fits].sort_values("growth_pct").head(3)
    named = ", ".join(
        f"{amounts.format_amount(g, 'percent')} in {p}"
        for g, p in zip(worst["growth_pct"], worst["period"], strict=True)
    )
    return (
        "differs",
        f"{(~fits).sum()} of {len(inside)} years are outside, among them {named}",
        None,
    )


def _same_span(same: pd.DataFrame, period: str) -> pd.Series | None:
    if same.empty or period == UNKNOWN:
        return None
    exact = same[[periods.same_span(p, period) for p in same["period"]]]
    if exact.empty:
        summed = aggregates.over(same, period)
        exact = summed[summed["value"].notna()]
    if exact.empty:
        return None
    return exact.sort_values(["source", "published"]).iloc[0]


def _agree(claim: dict[Any, Any], observed: pd.Series) -> tuple[str, str]:
    value, unit = observed["value"], claim["unit"]
    inside = claim["lower"] <= value <= claim["upper"]
    said = f"published {value:,.15g} {unit} in {claim['period']}"
    if pd.isna(claim["value"]) or claim["qualifier"] in ("over", "at_least", "under", "up_to"):
        bound = f"within {claim['lower']:,.15g} … {claim['upper']:,.15g}"
        return ("confirmed", f"{said}, {bound}") if inside else ("differs", f"{said}, not {bound}")
    if observed["lower"] <= claim["value"] <= observed["upper"]:
        return "confirmed", said
    if inside:
        return "rounds_to", f"{said}, which rounds to the printed {claim['printed']}"
    if not claim["value"]:
        return "differs", f"{said}, the claim is zero"
    change = amounts.format_amount(100 * (value / claim["value"] - 1), "percent")
    return "differs", f"{said}, {change} from the claim"


def _other_measure(claim: dict[Any, Any], book: pd.DataFrame, same: pd.DataFrame) -> str | None:
    """Why what is published for the pair does not answer the claim; None where nothing is."""
    if len(same):
        spans = _listed(same["period"])
        covers = (
            "the claim names no period"
            if claim["period"] == UNKNOWN
            else f"the claim covers {claim['period']}"
        )
        return f"another span: {covers}, published are {spans}"
    family = claim["dataflow"].split("_")[0]
    akin = book[book["dataflow"].str.split("_").str[0] == family]
    own = between(akin, claim["reporter"], claim["partner"])
    national = akin[(akin["reporter"] == claim["reporter"]) & (akin["partner"] == WORLD)]
    near = own if len(own) else national if family == "fdi" else own
    if near.empty:
        return None
    differs = []
    first = near.iloc[0]
    if claim["dataflow"] not in set(near["dataflow"]):
        differs.append(
            f"another concept: {contract.DATAFLOWS[claim['dataflow']]} against "
            f"{' and '.join(contract.DATAFLOWS[d] for d in sorted(set(near['dataflow'])))}"
        )
    if claim["partner"] not in (set(near["partner"]) | {first["reporter"]}):
        differs.append(f"all partners, not {area_name(claim['partner'])} alone")
    if claim["reporter"] != first["reporter"]:
        differs.append(
            f"the other side: {area_name(claim['reporter'])} speaks, "
            f"{area_name(first['reporter'])} publishes"
        )
    elif claim["flow"] not in (set(near["flow"]) | {NOT_APPLICABLE}):
        differs.append(f"another flow: {claim['flow']}, published {_listed(near['flow'])}")
    products = set(near["product"]) | {NOT_APPLICABLE}
    if claim["product"] not in products:
        differs.append(f"another product: {claim['product']}, published {_listed(near['product'])}")
    own_flow = near.loc[near["flow"] == claim["flow"], "valuation"]
    if claim["valuation"] in ("FOB", "CIF") and claim["valuation"] not in set(own_flow):
        differs.append(f"another valuation: {claim['valuation']}, published {_listed(own_flow)}")
    if claim["unit"] not in set(near["unit"]):
        differs.append(f"another unit: {claim['unit']}, published {_listed(near['unit'])}")
    return "; ".join(differs) if differs else None


def _listed(values: pd.Series) -> str:
    distinct = sorted(values.unique())
    return ", ".join(distinct) if len(distinct) <= 4 else f"{distinct[0]} to {distinct[-1]}"

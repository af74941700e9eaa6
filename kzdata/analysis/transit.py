"""Official flows moved to where the goods end, none lost and none made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import KzdataError, MeasureMismatch, NotAvailable, UnknownCode, did_you_mean
from kzdata.i18n.sentences import term
from kzdata.indicators import validation
from kzdata.model import codes, contract
from kzdata.seeds.transit import scenarios, transit_scenarios

Share = float | tuple[float, float, float]

Shares = Mapping[str, Mapping[str, Share]]

_CELL = ["reporter", "flow", "product", "period"]

_ENDS = ["value", "lower", "upper"]


def official_and_delivered(
    frame: pd.DataFrame, scenario: str, *, shares: Shares | None = None
) -> pd.DataFrame:
    """Each partner's official flow beside what a transit scenario leaves with it or brings to it.

    ``frame`` is the reporter's customs list of one product or several, by partner and period: a
    partner that a list does not name has an official flow of 0. ``shares`` gives, by partner under
    which the flow is booked, the share (0 to 1) that ends in each destination, as a number or as
    (value, lower, upper); no source gives it, so none is assumed. One row a partner: ``official``,
    ``moved_out``, ``moved_in``, ``delivered`` = official − moved_out + moved_in with ``lower`` and
    ``upper``, and in every row both totals, ``official_total`` and ``delivered_total``, which are
    equal: goods change their partner, none are lost. Missing where a figure that enters it is.

    Raises `UnknownCode` (scenario, area), `NotAvailable` (no shares, or no row of the booked
    partner), `KzdataError` (shares below 0, above 1 or above 1 together), `MeasureMismatch` for
    figures of other products, flows or reporters than the scenario's, or the world as a partner.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> listed = pd.DataFrame({"partner": ["ITA", "DEU"], "value": [1000.0, 200.0]})
    >>> listed = listed.assign(reporter="KAZ", flow="X", product="2709", period="2023")
    >>> listed = listed.assign(valuation="FOB", unit="USD")
    >>> booked = {"ITA": {"DEU": 0.3}}  # invented: no source publishes it
    >>> found = kz.official_and_delivered(listed, "kaz-crude-cpc-trieste", shares=booked)
    >>> found[["partner", "official", "moved_in", "moved_out", "delivered"]]
      partner  official  moved_in  moved_out  delivered
    0     DEU     200.0     300.0        0.0      500.0
    1     ITA    1000.0       0.0      300.0      700.0
    """
    if scenario not in scenarios():
        raise UnknownCode(
            f"Unknown transit scenario {scenario!r}.", did_you_mean(scenario, scenarios())
        )
    story = scenarios()[scenario]
    moves = _moves(shares, story)
    frame = frame.reset_index(drop=True)
    official, keys = _official(frame, story)
    if absent := sorted(set(moves["booked"]) - set(official["partner"])):
        raise NotAvailable(
            f"The frame holds no flow booked under {', '.join(absent)}.",
            "Give the reporter's whole list of partners.",
        )
    left = moves.groupby("booked")[[f"share_{end}" for end in _ENDS]].sum()
    made = official.merge(_arrived(official, moves, keys), on=[*keys, "partner"], how="outer")
    unlisted = made["listed"].isna()
    made.loc[unlisted, _ENDS] = 0.0
    gone = made[["partner"]].join(left, on="partner").fillna(0.0)
    came = made[[f"in_{end}" for end in _ENDS]].where(made["arrivals"].notna(), 0.0)
    made["official"] = made["value"]
    made["moved_out"] = made["value"] * gone["share_value"]
    made["moved_in"] = came["in_value"]
    made["delivered"] = made["value"] - made["moved_out"] + made["moved_in"]
    # What stays is a share of the same figure, so its bounds are not those of a difference.
    made["lower"] = made["lower"] * (1 - gone["share_upper"]).clip(lower=0) + came["in_lower"]
    made["upper"] = made["upper"] * (1 - gone["share_lower"]) + came["in_upper"]
    for name in ("official", "delivered"):
        parts = made.groupby(keys, sort=False)[name]
        made[f"{name}_total"] = parts.transform("sum", skipna=False)
    touched = made["arrivals"].notna() | made["partner"].isin(left.index)
    made["note"] = np.select(
        [made["official"].isna(), made["delivered"].isna(), unlisted, touched],
        [
            term("the official figure is missing"),
            term("the flow that is moved is missing"),
            term("not in the official list: 0"),
            story["title"],
        ],
        "",
    )
    made = made.assign(
        unit=frame["unit"].iloc[0] if "unit" in frame.columns else "unknown",
        scenario=scenario,
        variant="shares given by the caller: " + "; ".join(moves["said"]),
    )
    shown = ["official", "moved_out", "moved_in", "delivered", "lower", "upper"]
    shown += ["official_total", "delivered_total", "unit", "scenario", "variant", "note"]
    if "source" in frame.columns:
        legs = transit_scenarios()
        evidence = legs.loc[(legs["scenario"] == scenario) & (legs["source"] != ""), "source"]
        made["source"] = contract.join_sources([*frame["source"].unique(), *evidence])
        shown.append("source")
    order = made.sort_values([*keys, "partner"], ignore_index=True)
    return order[[*keys, "partner", *shown]]


def _official(frame: pd.DataFrame, story: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """The figures that the scenario is about, with the interval of their digits, and their keys."""
    validation.columns(frame, ["reporter", "partner", "flow", "product", "value"])
    meant = tuple(story["products"])
    other = sorted({str(p) for p in frame["product"].unique() if not str(p).startswith(meant)})
    if other:
        raise MeasureMismatch(
            f"The scenario {story['id']} is about {', '.join(meant)}; the frame holds "
            f"{', '.join(other[:5])}.",
            f'Choose them: frame[frame["product"].str.startswith("{meant[0]}")]',
        )
    for key in ("reporter", "flow"):
        strange = sorted(set(map(str, frame[key].unique())) - {story[key]})
        if strange:
            raise MeasureMismatch(
                f"The scenario {story['id']} is about the {key} {story[key]}; the frame holds "
                f"{', '.join(strange)}.",
                f'Choose it: frame[frame["{key}"] == "{story[key]}"]',
            )
    checked = validation.side(frame, story["flow"], ["reporter", "partner", "flow", "product"])
    checked = checked.assign(flow=story["flow"])  # one side, so its rows do not carry it
    validation.no_nesting(checked["partner"].unique(), "partner")
    validation.no_nesting(checked["product"].unique(), "product")
    keys = [key for key in _CELL if key in checked.columns]
    if (twice := checked[checked.duplicated([*keys, "partner"])]).size:
        cell = " ".join(str(twice.iloc[0][key]) for key in [*keys, "partner"])
        raise MeasureMismatch(
            f"{cell} is published more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
    bounds = {end: frame[end] if end in frame.columns else frame["value"] for end in _ENDS[1:]}
    return checked[[*keys, "partner", "value"]].assign(**bounds, listed=True), keys


def _arrived(official: pd.DataFrame, moves: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What is moved into each destination; missing where one of its parts is."""
    moved = official.merge(moves, left_on="partner", right_on="booked")
    for end in _ENDS:
        moved[f"in_{end}"] = moved[end] * moved[f"share_{end}"]
    grouped = moved.groupby([*keys, "destination"], sort=False)
    made = grouped[[f"in_{end}" for end in _ENDS]].sum(skipna=False)
    made["arrivals"] = grouped.size()
    return made.reset_index().rename(columns={"destination": "partner"})


def _moves(shares: Shares | None, story: dict[str, Any]) -> pd.DataFrame:
    """One row a booked partner and destination: share_value, share_lower, share_upper, said."""
    example = (story["booked"] or ["ITA"])[0]
    if not shares or not all(shares.values()):
        raise NotAvailable(
            f"No source says which share of the flow of {story['id']} ends where.",
            f'Give it, with your reason: shares={{"{example}": {{"DEU": (0.3, 0.2, 0.4)}}}}',
        )
    rows = []
    for named, ends in shares.items():
        booked = codes.area(named)
        if story["booked"] and booked not in story["booked"]:
            raise UnknownCode(
                f"The scenario {story['id']} does not book its flow under {booked}.",
                f"It does under {', '.join(story['booked'])}.",
            )
        for place, share in ends.items():
            destination = codes.area(place)
            value, lower, upper = share if isinstance(share, tuple) else (share, share, share)
            nowhere = destination in (booked, story["reporter"], codes.WORLD)
            if nowhere or not 0 <= lower <= value <= upper <= 1:
                raise KzdataError(
                    f"The share {share!r} of {booked} that ends in {destination} cannot be.",
                    "A share is from 0 to 1, within its bounds, and goes to another country.",
                )
            said = f"{booked} to {destination} {value:.6g}"
            said += f" ({lower:.6g} to {upper:.6g})" if lower < upper else ""
            rows.append((booked, destination, value, lower, upper, said))
    names = ["booked", "destination", "share_value", "share_lower", "share_upper", "said"]
    made = pd.DataFrame(rows, columns=names)
    if (made.groupby("booked")["share_value"].sum() > 1 + 1e-12).any():
        raise KzdataError("More than the whole of a flow is moved.", "Shares sum to at most 1.")
    return made

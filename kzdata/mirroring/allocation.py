"""What is reported without a partner, handed to the flows that lack their mirror."""

from __future__ import annotations

import numpy as np

from kzdata.codes import UNKNOWN
from kzdata.mirroring.pairs import Pairs

# Partners that can be anywhere. Regional remainders ("Other Africa") are left where they are:
# handing them to a flow outside their region would invent trade.
ANYWHERE = ("_X", UNKNOWN)


def allocate(pairs: Pairs, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much of what is reported without a partner the flows without a mirror account for.

    Of one reporter, product and period: the least of what it reports without a partner, what the
    other side reports of it in flows that it does not report, and by how much its reports fall
    short of the other side's in all. Shared out in proportion to those flows, so that
    |x + share − m| ≤ |x − m| in each. Returns (share of each flow, rest of each flow that has
    no partner); ``x`` and ``m`` are both FOB, NaN where not known.
    Source: the appendix of Gaulier and Zignago (2010), BACI.
    """
    anywhere = np.isin(pairs.areas, ANYWHERE)
    share = np.zeros(len(pairs))
    rest = np.where(np.isnan(x), m, x)
    sides = ((x, m, pairs.exporter, pairs.importer), (m, x, pairs.importer, pairs.exporter))
    for own, other, reporter, partner in sides:
        loose = anywhere[partner] & (own > 0)
        if not loose.any():
            continue
        code = (reporter * len(pairs.products) + pairs.product) * len(pairs.periods) + pairs.period
        groups = np.unique(code[loose])
        place = np.minimum(np.searchsorted(groups, code), len(groups) - 1)
        inside = (groups[place] == code) & ~pairs.nes()
        alone = inside & np.isnan(own) & (other > 0)
        size = len(groups)

        def total(of, rows, place=place, size=size):
            return np.bincount(place[rows], np.nan_to_num(of[rows]), minlength=size)

        unmatched, loose_total = total(other, alone), total(own, loose)
        short = total(other, inside) - total(own, inside)
        taken = np.clip(np.minimum.reduce([loose_total, unmatched, short]), 0, None)
        part = np.divide(taken, unmatched, out=np.zeros(size), where=unmatched > 0)
        share[alone] += other[alone] * part[place[alone]]
        rest[loose] = own[loose] * (1 - taken / loose_total)[place[loose]]
    return share, rest

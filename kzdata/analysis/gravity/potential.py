"""What a pair would trade if it traded as the other pairs do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from kzdata.analysis.gravity.dyads import KEYS, PAIR, Dyads, dyads
from kzdata.analysis.gravity.fitting import poisson
from kzdata.errors import Incomparable, KzdataError, NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import because, cited, ratio
from kzdata.model import codes

VARIANT = (
    "PPML without the pair; effects: {effects}; {level}% of {replications} bootstrap draws of pairs"
)

RELATIVE = "relative to what the other pairs do, not a ceiling"

UNDETERMINED = (
    "the other flows do not determine it: no flow above zero shares an effect or a covariate"
)

NOT_GIVEN = (
    "the pair's own flow is missing, so there is no index; "
    "relative to what the other pairs do, not a ceiling"
)

FEW_DRAWS = (
    "over a tenth of the draws do not determine it, so it has no interval; "
    "relative to what the other pairs do, not a ceiling"
)

# Where more draws than this fail, what is left of them is no sample of the draws.
_FAILURES = 0.1


def trade_potential(
    frame: pd.DataFrame,
    reporter: str,
    partner: str,
    covariates: Sequence[str],
    *,
    effects: Sequence[str] | None = None,
    missing: str = "refuse",
    replications: int = 199,
    level: float = 0.90,
    seed: int = 0,
) -> pd.DataFrame:
    """What a pair would trade if it traded as the other pairs do, relative to them: not a ceiling.

    ``frame``, ``covariates``, ``effects`` and ``missing`` as `gravity` takes them; the frame must
    have rows of the pair with their covariates, whose value may be missing. Both directions of the
    pair, in every period, are left out of the fit. ``potential`` is P = exp(b′z + a_i + c_j) from
    the others, in the unit of value; ``index`` is (x − P) / (x + P), from −1 (no trade) through 0
    (as expected) towards 1. With effects of reporter and partner the fitted flows of each sum to
    its actual ones, so potentials of some pairs above their trade mean others below: they say how
    trade is spread, not how much more there could be.

    ``lower`` and ``upper`` hold the potential, ``index_lower`` and ``index_upper`` the index, at
    ``level``: percentiles over ``replications`` fits to pairs drawn with replacement, all flows of
    a pair together. They hold the uncertainty of the fit, not what one flow scatters about its
    mean, nor a wrong form (see the reset test of `gravity`). One row a direction and period.

    Missing, with the reason in ``note``: a potential that the other flows do not determine, an
    index without the pair's own flow, an interval of which over a tenth of the draws failed.
    ``attrs["fit"]`` has n, pairs, draws that failed, and the coefficients. Raises what `gravity`
    raises, and `NotAvailable` where the frame has no row of the pair. Sources: Santos Silva and
    Tenreyro (2006); UN ESCAP and ITC practice for the index.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> names = ["KAZ", "ISR", "TUR", "CHN", "ITA"]
    >>> pairs = [[one, other, 1000.0 * abs(i - j)] for i, one in enumerate(names)
    ...          for j, other in enumerate(names) if i != j]
    >>> flows = pd.DataFrame(pairs, columns=["reporter", "partner", "distance"])
    >>> flows = flows.assign(far=flows["distance"] / 1000, unit="USD")
    >>> flows["value"] = 9e6 / flows["distance"]
    >>> flows.loc[0, "value"] = 3000.0  # from KAZ to ISR
    >>> found = kz.trade_potential(flows, "KAZ", "ISR", ["far"], replications=20)
    >>> found[["reporter", "partner", "value", "potential", "index"]].round(2)
      reporter partner   value  potential  index
    0      KAZ     ISR  3000.0     9000.0   -0.5
    1      ISR     KAZ  9000.0     9000.0   -0.0
    """
    if not 0 < level < 1:
        raise KzdataError(f"level={level} is not a probability.", "Give one such as 0.90.")
    fewest = math.ceil(round(2 / (1 - level), 6))
    if replications < fewest:
        raise KzdataError(
            f"{replications} draws hold no interval at level={level}.",
            f"Ask for {fewest} or more, such as replications=199.",
        )
    validation.columns(frame, ["reporter", "partner"])
    frame = frame.reset_index(drop=True)
    ends = [_area(frame, reporter), _area(frame, partner)]
    own = (
        frame["reporter"].isin(ends) & frame["partner"].isin(ends)
        & (frame["reporter"] != frame["partner"])
    ).to_numpy(dtype=bool)  # fmt: skip
    if not own.any():
        raise NotAvailable(
            f"The frame has no row of {ends[0]} and {ends[1]}, so their covariates are not known.",
            "Add rows of the pair with the covariates; their value may be missing.",
        )
    given = dyads(
        frame, covariates, effects=effects, cluster=PAIR, missing=missing,
        unknown=own,
    )  # fmt: skip
    mine = given.rows.index.isin(np.flatnonzero(own))
    wanted, others = given.of(mine), given.of(~mine)
    fit = poisson(others.value, others.x, others.terms, others.effects)
    held = others.of(fit.kept)
    central = _log_mean(held, wanted, np.ones(len(held.value)))
    drawn = np.full((replications, len(central)), np.nan)
    known = ~np.isnan(central)
    # What all flows do not determine, no draw of them does.
    if known.any():
        for n, times in enumerate(_times(held, replications, seed)):
            drawn[n, known] = _log_mean(held, wanted.of(known), times)
    made = _result(wanted, central, drawn, level)
    made["variant"] = VARIANT.format(
        effects=" + ".join(given.effects) or "none, a constant",
        level=f"{100 * level:g}",
        replications=replications,
    )
    made["note"] = _notes(made)
    made = cited(made, given.rows, "period")
    made.attrs["fit"] = {
        "n": int(fit.kept.sum()),
        "pairs": len(np.unique(others.clusters[PAIR])),
        "separated": others.cells(~fit.kept),
        "dropped": given.dropped,
        "failed": int(np.isnan(drawn).any(axis=1).sum()),
        "coefficients": dict(zip(fit.terms, map(float, fit.coefficients), strict=True)),
    }
    return made


def _area(frame: pd.DataFrame, name: str) -> object:
    """The name as the frame has it, else the code of the area that it names."""
    if (frame["reporter"] == name).any() or (frame["partner"] == name).any():
        return name
    return codes.area(name)


def _times(held: Dyads, replications: int, seed: int) -> Iterator[np.ndarray]:
    """How often each flow is in each draw of as many pairs as there are, with replacement."""
    generator = np.random.default_rng(seed)
    _, pair = np.unique(held.clusters[PAIR], return_inverse=True)
    pairs = int(pair.max()) + 1
    for _ in range(replications):
        drawn = generator.integers(0, pairs, pairs)
        yield np.bincount(drawn, minlength=pairs)[pair].astype(float)


def _log_mean(held: Dyads, wanted: Dyads, times: np.ndarray) -> np.ndarray:
    """ln μ of the wanted rows after a fit to the held ones, NaN where that does not determine them.

    Each wanted row enters with a dummy of its own and so takes no part in the fit; the dummy's
    coefficient is the error of its prediction (Salkever 1976). A dummy that is collinear with the
    rest marks a row that the others do not determine.
    """
    drawn = _with_flow(held, times)
    count = len(wanted.value)
    found = np.full(count, np.nan)
    if not drawn.any():
        return found
    others, level = held.of(drawn), held.value[drawn].mean()
    names = tuple(f"of its own {n}" for n in range(count))
    try:
        fit = poisson(
            np.concatenate([others.value, np.full(count, level)]),
            np.block([[others.x, np.zeros((len(others.x), count))], [wanted.x, np.eye(count)]]),
            (*held.terms, *names),
            {k: np.concatenate([code, wanted.effects[k]]) for k, code in others.effects.items()},
            weights=np.concatenate([times[drawn], np.ones(count)]),
            thorough=False,
        )
    except (Incomparable, NotAvailable):
        return found
    if count > 1 and set(names) & set(fit.absorbed):
        # Which of several dummies is left out is chance; alone, each tells of its own row.
        each = (np.arange(count) == n for n in range(count))
        return np.concatenate([_log_mean(held, wanted.of(one), times) for one in each])
    error = dict(zip(fit.terms, fit.coefficients, strict=True))
    return np.log(level) - np.array([error.get(name, np.nan) for name in names])


def _with_flow(held: Dyads, times: np.ndarray) -> np.ndarray:
    """The rows drawn, but for those of an effect that has no flow above zero among them."""
    drawn = times > 0
    while True:
        alive = drawn.copy()
        for code in held.effects.values():
            alive &= np.bincount(code, np.where(drawn, held.value, 0.0))[code] > 0
        if (alive == drawn).all():
            return drawn
        drawn = alive


def _result(wanted: Dyads, central: np.ndarray, drawn: np.ndarray, level: float) -> pd.DataFrame:
    tail = (1 - level) / 2
    ends = np.full((2, len(central)), np.nan)
    for n in np.flatnonzero(~np.isnan(central)):
        held = drawn[~np.isnan(drawn[:, n]), n]
        if len(held) >= (1 - _FAILURES) * len(drawn):
            ends[:, n] = np.quantile(held, [tail, 1 - tail])
    low, high = np.exp(ends)
    keys = [key for key in [*KEYS, "unit"] if key in wanted.rows.columns]
    made = wanted.rows[keys].reset_index(drop=True)
    made["value"], made["potential"] = wanted.value, np.exp(central)
    made["lower"], made["upper"] = low, high
    for column, at in (("index", made["potential"]), ("index_lower", high), ("index_upper", low)):
        at = np.asarray(at, dtype=float)
        made[column] = ratio(wanted.value - at, wanted.value + at)
    return made


def _notes(made: pd.DataFrame) -> np.ndarray:
    _, note = because(
        np.zeros(len(made)),
        (made["potential"].isna().to_numpy(), UNDETERMINED),
        (made["lower"].isna().to_numpy(), FEW_DRAWS),
        (made["value"].isna().to_numpy(), NOT_GIVEN),
    )
    return np.where(note == "", RELATIVE, note)

"""Benchmarking: a series of few long periods spread over short ones, and its sums kept.

`denton_cholette` keeps the movement of an indicator; `chow_lin`, `fernandez` and `litterman`
estimate how the series depends on one or several indicators. All take and return series indexed
by SDMX periods, or frames under the tidy contract, and carry on beyond the last long period where
the indicator does.
"""

from __future__ import annotations

from kzdata.benchmarking.denton import denton_cholette
from kzdata.benchmarking.regression import chow_lin, fernandez, litterman

__all__ = ["chow_lin", "denton_cholette", "fernandez", "litterman"]

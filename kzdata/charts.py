"""The charts by name, without the modules that draw them: what `kz.charts.` completes to."""

from kzdata.present.charts import *  # noqa: F403
from kzdata.present.charts import __all__ as __all__


def __dir__() -> list[str]:
    return sorted(__all__)

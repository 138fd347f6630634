"""Control charts: is an instrument, a laboratory or a ratio still what its baseline says."""

from __future__ import annotations

from tanheng.uncertainty.charts.baseline import Baseline, baseline
from tanheng.uncertainty.charts.cusum import Cusum, cusum
from tanheng.uncertainty.charts.ewma import Ewma, ewma
from tanheng.uncertainty.charts.shewhart import Charted, shewhart
from tanheng.uncertainty.charts.westgard import Violation, westgard

__all__ = ["Baseline", "Charted", "Cusum", "Ewma", "Violation", "baseline", "cusum", "ewma", "shewhart", "westgard"]

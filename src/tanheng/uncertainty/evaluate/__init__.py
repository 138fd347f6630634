"""Evaluation of components: from observations (type A) and from everything else (type B)."""

from __future__ import annotations

from tanheng.uncertainty.evaluate.instruments import (
    MEDIUM_ACCURACY,
    ScaleStep,
    belt_scale,
    calorimeter,
    electricity_meter,
    flow_meter,
    gas_analyser,
    scale_permissible_error,
    truck_scale,
    xrf,
)
from tanheng.uncertainty.evaluate.laboratory import (
    Duplicates,
    duplicates,
    preparation,
    repeatability_limit,
    reproducibility_limit,
    sampling,
)
from tanheng.uncertainty.evaluate.type_a import (
    Observed,
    autocorrelations,
    effective_number,
    observed,
    observed_together,
    pooled,
)
from tanheng.uncertainty.evaluate.type_b import accuracy_class, certificate, drift, permissible_error, resolution

__all__ = [
    "MEDIUM_ACCURACY",
    "Duplicates",
    "Observed",
    "ScaleStep",
    "accuracy_class",
    "autocorrelations",
    "belt_scale",
    "calorimeter",
    "certificate",
    "drift",
    "duplicates",
    "effective_number",
    "electricity_meter",
    "flow_meter",
    "gas_analyser",
    "observed",
    "observed_together",
    "permissible_error",
    "pooled",
    "preparation",
    "repeatability_limit",
    "reproducibility_limit",
    "resolution",
    "sampling",
    "scale_permissible_error",
    "truck_scale",
    "xrf",
]

"""The terminal's configuration: what it reads, how it scales, where it sends.

``model`` says what a configuration is, ``load`` reads YAML and finds every fault at once, ``document`` makes the canonical
bytes whose SHA-256 each batch carries.
"""

from tanheng.edge.configuration.document import canonical, digest
from tanheng.edge.configuration.load import load, parse, read_text
from tanheng.edge.configuration.model import (
    Channel,
    Configuration,
    Device,
    Kind,
    Limits,
    MeterFactor,
    Route,
    Uplink,
)

__all__ = [
    "Channel",
    "Configuration",
    "Device",
    "Kind",
    "Limits",
    "MeterFactor",
    "Route",
    "Uplink",
    "canonical",
    "digest",
    "load",
    "parse",
    "read_text",
]

"""Tanheng 碳衡: open carbon metering for the cement industry."""

__version__ = "0.1.0"

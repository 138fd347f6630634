"""Drivers by name. A driver's module, and the library it stands on, is imported when a configuration names it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Driver

DRIVERS: dict[str, tuple[str, str]] = {
    "modbus-tcp": ("tanheng.edge.drivers.modbus", "ModbusDriver"),
    "modbus-rtu": ("tanheng.edge.drivers.modbus", "ModbusDriver"),
    "opcua": ("tanheng.edge.drivers.opcua", "OpcUaDriver"),
    "mqtt": ("tanheng.edge.drivers.mqtt", "MqttDriver"),
    "hj212": ("tanheng.edge.drivers.hj212", "Hj212Driver"),
    "dlt645": ("tanheng.edge.drivers.dlt645", "Dlt645Driver"),
    "files": ("tanheng.edge.drivers.files", "FilesDriver"),
    "sql": ("tanheng.edge.drivers.sql", "SqlDriver"),
    "host": ("tanheng.edge.drivers.host", "HostDriver"),
}


def make(device: Device, channels: Sequence[Channel]) -> Driver:
    """Return the driver of a device, its options and addresses checked.

    Raises
    ------
    DriverError
        Names the option or address that is wrong.
    """
    module, name = DRIVERS[device.driver]
    driver: Driver = getattr(importlib.import_module(module), name)(device, tuple(channels))
    return driver

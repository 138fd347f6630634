"""The simulated plant's devices as real servers and clients on loopback, one module a protocol."""

from __future__ import annotations

from tanheng.simulator.servers.hj212 import Logger
from tanheng.simulator.servers.laboratory import LaboratoryFolder
from tanheng.simulator.servers.modbus import ModbusDevice
from tanheng.simulator.servers.mqtt import MqttBroker
from tanheng.simulator.servers.opcua import OpcUaServer
from tanheng.simulator.servers.port import Server, Value
from tanheng.simulator.servers.truckscale import TruckScale

__all__ = ["LaboratoryFolder", "Logger", "ModbusDevice", "MqttBroker", "OpcUaServer", "Server", "TruckScale", "Value"]

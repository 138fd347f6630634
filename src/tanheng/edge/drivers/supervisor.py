"""Keeps one device's driver running: time-out, back-off, health. One task a device, so that none waits for another."""

from __future__ import annotations

import asyncio
import enum
import random
from dataclasses import dataclass

from tanheng.core.errors import TanhengError
from tanheng.edge.configuration.model import Device
from tanheng.edge.drivers.port import Context, Driver
from tanheng.edge.events import EventKind


class DeviceState(enum.StrEnum):
    """How a device is."""

    STARTING = "starting"
    RUNNING = "running"
    FAILING = "failing"


@dataclass(slots=True)
class Health:
    """Health of one device.

    Attributes
    ----------
    state : DeviceState
    since : int
        Wall time of the last change of state, milliseconds UTC.
    last : int or None
        Wall time of the last delivery.
    deliveries, failures, refused : int
        Counts since the start.
    fault : str
        The last fault, as a sentence.
    """

    state: DeviceState = DeviceState.STARTING
    since: int = 0
    last: int | None = None
    deliveries: int = 0
    failures: int = 0
    refused: int = 0
    fault: str = ""


class Supervisor:
    """Runs a driver for ever.

    Parameters
    ----------
    device : Device
    driver : Driver
    context : Context
    seed : int
        Seed of the jitter in the back-off.
    """

    def __init__(self, device: Device, driver: Driver, context: Context, *, seed: int = 0) -> None:
        self.device = device
        self.health = Health(since=context.clock.wall())
        self._driver = driver
        self._context = context
        self._chance = random.Random(f"{device.id}:{seed}")  # noqa: S311  # spreads retries, guards nothing
        self._pause = device.backoff_ms[0]

    def delivered(self) -> None:
        """Note a delivery of the driver."""
        health, now = self.health, self._context.clock.wall()
        health.deliveries += 1
        health.last = now
        self._pause = self.device.backoff_ms[0]
        if health.state is not DeviceState.RUNNING:
            if health.state is DeviceState.FAILING:
                self._context.event(EventKind.DEVICE_BACK, device=self.device.id, since=health.since)
            health.state, health.since = DeviceState.RUNNING, now

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                await self._driver.session(self._context)
                fault = "the session ended"
            except TanhengError as error:
                fault = error.text()
            except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError) as error:
                fault = f"{type(error).__name__}: {error}"
            except Exception as error:  # noqa: BLE001  # a library's own fault must not end the terminal
                fault = f"{type(error).__name__}: {error}"
            self._failed(fault)
            await self._wait()

    def _failed(self, fault: str) -> None:
        health = self.health
        health.failures += 1
        health.fault = fault[:500]
        if health.state is not DeviceState.FAILING:
            health.state, health.since = DeviceState.FAILING, self._context.clock.wall()
            self._context.event(EventKind.DEVICE_LOST, device=self.device.id, fault=health.fault)

    async def _wait(self) -> None:
        pause = self._pause * self._chance.uniform(0.8, 1.2)
        self._pause = min(self._pause * 2, self.device.backoff_ms[1])
        # Real time, not the plant's clock: a simulated hour must not hammer a device that is down.
        await asyncio.sleep(pause / 1000)

"""Whether children add up to their parent: sums done by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.metrology.errors import NetworkError
from tanheng.metrology.network.model import Level, Network
from tanheng.metrology.network.sums import closures, families

Build = Callable[..., Network]
Make = Any  # the class of the fixture lives in conftest, which cannot be imported


@pytest.fixture
def mill(build: Build, make: Make) -> Network:
    """Return one raw-coal scale over the scales of two kilns."""
    kilns = tuple(make.point(code, "firing", level=Level.SYSTEM, parent="truck_scale") for code in ("wf101", "wf201"))
    return build(points=(make.point("truck_scale", "delivery"), *kilns))


LIMITS = {"truck_scale": Decimal("0.5"), "wf101": Decimal(1), "wf201": Decimal(1)}


def amounts(truck: str, first: str, second: str) -> dict[str, Decimal]:
    return {"truck_scale": Decimal(truck), "wf101": Decimal(first), "wf201": Decimal(second)}


def test_children_are_listed_by_their_parent(mill: Network) -> None:
    assert families(mill) == {"truck_scale": ("wf101", "wf201")}


def test_a_difference_within_the_limits_closes(mill: Network) -> None:
    # by hand: 0.5 % of 1000 + 1 % of 605 + 1 % of 410 = 5 + 6.05 + 4.10 = 15.15; 605 + 410 - 1000 = 15
    (one,) = closures(mill, amounts=amounts("1000", "605", "410"), permissible=LIMITS)
    assert (one.difference, one.limit, one.closes) == (Decimal(15), Decimal("15.15"), True)


def test_a_difference_at_the_limit_closes_and_one_above_it_does_not(mill: Network) -> None:
    # by hand: limit 5 + 0 + 0 with exact children
    exact = {**LIMITS, "wf101": Decimal(0), "wf201": Decimal(0)}
    (at,) = closures(mill, amounts=amounts("1000", "595", "400"), permissible=exact)
    (above,) = closures(mill, amounts=amounts("1000", "594.99", "400"), permissible=exact)
    assert (at.closes, above.closes) == (True, False)


def test_a_blank_amount_is_not_zero(mill: Network) -> None:
    given = amounts("1000", "605", "410")
    del given["wf201"]
    (one,) = closures(mill, amounts=given, permissible=LIMITS)
    assert (one.difference, one.closes, one.blank) == (None, None, ("wf201",))


def test_without_a_permissible_error_the_difference_is_shown_and_not_judged(mill: Network) -> None:
    (one,) = closures(mill, amounts=amounts("1000", "605", "410"), permissible={"truck_scale": Decimal("0.5")})
    assert (one.difference, one.limit, one.closes, one.blank) == (Decimal(15), None, None, ("wf101", "wf201"))


def test_a_permissible_error_below_zero_is_refused(mill: Network) -> None:
    with pytest.raises(NetworkError, match=r"“wf101” is -1 %"):
        closures(mill, amounts={}, permissible={"wf101": Decimal(-1)})


def test_a_point_that_is_its_own_parent_or_has_a_missing_one_is_no_child(build: Build, make: Make) -> None:
    odd = (make.point("self", "firing", parent="self"), make.point("lost", "firing", parent="gone"))
    assert families(build(points=odd)) == {}

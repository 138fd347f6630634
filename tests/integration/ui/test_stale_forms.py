"""Two persons correct one record: the slower one sees what each changed, and need not type again what nobody else touched."""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Callable

import pytest
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.plant.models import Line

SAID = {
    "code": "1",
    "name_zh": "1号线",
    "name_en": "",
    "site": "",
    "clinker": "portland",
    "design_capacity": "5000",
    "kiln_diameter": "4.8",
    "kiln_length": "72",
    "preheater_stages": "5",
    "waste_heat_power": "",
    "commissioned_on": "",
    "valid_from": "",
    "valid_to": "",
    "seen": "1",
}


@pytest.fixture
def stale(enter: Callable[..., Line], login: Callable[..., Client]) -> Callable[..., str]:
    """Return a function that saves one correction, hands in another one made of the same version, and returns its page."""
    row, client = enter("1"), login(Role.CARBON_MANAGER)

    def stale(theirs: dict[str, str], mine: dict[str, str], *, reason: str = "mine") -> str:
        address = f"/lines/{row.subject}/edit/"
        assert client.post(address, {**SAID, **theirs, "reason": "theirs"}).status_code == 302
        answer = client.post(address, {**SAID, **mine, "reason": reason})
        assert answer.status_code == 409
        return answer.content.decode()

    return stale


def row_of(page: str, heading: str) -> list[str]:
    """Return what stands in the table beside a heading: now, and changed by the person."""
    found = re.search(rf"<tr[^>]*><td>{re.escape(heading)}</td>(.*?)</tr>", page, re.DOTALL)
    assert found is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def filled_in(page: str) -> dict[str, str]:
    """Return what the button to correct the present version fills into the form."""
    found = re.search(r'class="btn btn-primary" href="([^"]+)"', page)
    assert found is not None
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(html.unescape(found[1])).query, keep_blank_values=True))


def test_what_only_somebody_else_changed_is_not_said_to_be_mine(stale: Callable[..., str]) -> None:
    page = stale({"kiln_length": "74"}, {"design_capacity": "6000"})
    assert row_of(page, "Kiln length (m)") == ["74", ""]
    assert row_of(page, "Design capacity (t/d)") == ["5,000", "6,000 ≠"]


def test_what_only_i_changed_is_filled_in_again_with_the_reason(stale: Callable[..., str]) -> None:
    page = stale({"kiln_length": "74"}, {"design_capacity": "6000"}, reason="rebuilt")
    assert filled_in(page) == {"set-reason": "rebuilt", "set-design_capacity": "6000"}


def test_what_both_changed_is_shown_and_not_filled_in(stale: Callable[..., str]) -> None:
    page = stale({"design_capacity": "5500"}, {"design_capacity": "6000"})
    assert row_of(page, "Design capacity (t/d)") == ["5,500", "6,000 ≠"]
    assert "set-design_capacity" not in filled_in(page)


def test_what_both_changed_alike_differs_no_more(stale: Callable[..., str]) -> None:
    page = stale({"design_capacity": "5500", "kiln_length": "74"}, {"design_capacity": "5500"})
    assert row_of(page, "Design capacity (t/d)") == ["5,500", "5,500"]


def test_a_field_that_i_emptied_is_emptied_again(stale: Callable[..., str]) -> None:
    page = stale({"kiln_length": "74"}, {"kiln_diameter": ""})
    assert filled_in(page)["set-kiln_diameter"] == ""


def test_a_long_text_is_shown_but_no_link_carries_it(stale: Callable[..., str]) -> None:
    page = stale({"kiln_length": "74"}, {"design_capacity": "6000"}, reason="x" * 201)
    assert "x" * 201 in page
    assert "set-reason" not in filled_in(page)


def test_the_form_opens_with_what_the_link_carries_over_the_present_version(
    stale: Callable[..., str], login: Callable[..., Client]
) -> None:
    page = stale({"kiln_length": "74"}, {"design_capacity": "6000"}, reason="rebuilt")
    found = re.search(r'class="btn btn-primary" href="([^"]+)"', page)
    assert found is not None
    form = login(Role.CARBON_MANAGER).get(html.unescape(found[1])).content.decode()
    assert re.search(r'name="design_capacity" value="6000"', form)
    assert re.search(r'name="kiln_length" value="74(\.00)?"', form)
    assert re.search(r'name="seen" value="2"', form)
    assert "rebuilt" in form


def test_no_link_says_which_version_was_seen(enter: Callable[..., Line], login: Callable[..., Client]) -> None:
    row = enter("1")
    form = login(Role.CARBON_MANAGER).get(f"/lines/{row.subject}/edit/?set-seen=7").content.decode()
    assert 'name="seen" value="1"' in form

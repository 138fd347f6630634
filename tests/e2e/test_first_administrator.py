"""The first ten minutes: the one-time link, a second factor, the first plant, and logging in again with a spare code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tanheng.platform.accounts import services
from tanheng.platform.database.scope import scope

pytestmark = pytest.mark.browser
PASSWORD = "a rather long pass phrase"


def one_time_code(secret: str) -> str:
    """Return the code of RFC 6238: HMAC-SHA-1 over the count of 30 s steps, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_the_first_administrator_joins_with_two_factors_and_founds_a_plant(
    visit: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    with scope([]):
        link = services.first_administrator_link()
    assert link is not None
    page = visit()
    page.goto(f"/join/{link.secret}")
    expect(page.get_by_role("heading", name="首位系统管理员")).to_be_visible()
    picture(page, "join")
    page.get_by_label("用户名").fill("admin.li")
    page.get_by_label("姓名").fill("李工")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再次输入密码").fill(PASSWORD)
    page.get_by_role("button", name="建立账号").click()

    page.wait_for_url("**/2fa/totp/activate/")
    picture(page, "second-factor")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(one_time_code(secret))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/recovery-codes/**")
    picture(page, "recovery-codes")
    spare = page.locator("main textarea").input_value().split()[0]

    page.goto("/")
    page.get_by_role("link", name="建立企业").click()
    page.get_by_label("编号").fill("first-plant")
    page.get_by_label("名称", exact=True).fill("第一水泥厂")
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_role("heading", name="第一水泥厂")).to_be_visible()

    page.locator("details.menu summary", has_text="李工").click()
    page.get_by_role("button", name="退出登录").click()
    page.goto("/")
    page.wait_for_url("**/accounts/login/**")
    picture(page, "login")
    page.get_by_label("用户名").fill("admin.li")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/2fa/authenticate/**")
    picture(page, "second-factor-asked")
    page.locator("input[name=code]").fill(spare)
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_text("已启用双因素")).to_be_visible()
    expect(page.get_by_role("heading", name="第一水泥厂")).to_be_visible()


def test_a_used_link_says_so(visit: Callable[..., Page]) -> None:
    page = visit(expected=("404",))
    answer = page.goto("/join/not-a-secret")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("alert")).to_be_visible()

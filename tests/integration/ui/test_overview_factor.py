"""What the overview says of a second factor: not there, there but not used at this login, in use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role


@pytest.mark.parametrize(
    ("has_factor", "said"), [(False, "请设置双因素：签署时需要"), (True, "双因素已设置：重新登录后可签署")]
)
def test_who_has_set_a_second_factor_up_is_not_asked_to(login: Callable[..., Client], has_factor: bool, said: str) -> None:
    client = login(Role.STATISTICIAN, language="zh-hans")
    if has_factor:
        user = User.objects.get(pk=client.session["_auth_user_id"])
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    page = client.get("/").content.decode()
    assert said in page
    assert ("请设置双因素" in page) is not has_factor

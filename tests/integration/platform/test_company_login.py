"""Signing in with the company's identities, against an OpenID Connect provider of its own process, over HTTP.

The provider is ``oidc-provider-mock`` (Authlib's server); the browser's part between the two is played by httpx.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings

from tanheng.platform import oidc_file
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import scope
from tanheng.platform.record.models import AuditEvent, Plant
from tanheng.simulator.servers.port import free_port
from tests.integration.platform.beside import ended

LOGIN = "/accounts/oidc/company/login/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Yield the address of a running provider."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration").raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        ended(process)


@pytest.fixture
def configured(issuer: str, tmp_path: Path) -> Iterator[None]:
    """Run with the provider configured, as the file says."""
    (tmp_path / "secret").write_text("s3cret\n")
    file = tmp_path / "oidc.json"
    file.write_text(
        json.dumps({"name": "集团统一认证", "issuer": issuer, "client_id": "t", "client_secret_file": str(tmp_path / "secret")})
    )
    provider = oidc_file.read(str(file))
    assert provider is not None
    with override_settings(SOCIALACCOUNT_PROVIDERS=provider.allauth()):
        yield


@pytest.fixture
def identity(issuer: str) -> str:
    """Return a new identity that the provider knows."""
    subject = f"emp-{uuid.uuid4().hex[:8]}"
    httpx.put(f"{issuer}/users/{subject}", json={"email": f"{subject}@group.example", "name": "张三"}).raise_for_status()
    return subject


@pytest.fixture
def known(person: Callable[..., User], plant: Plant) -> User:
    return person(f"oidc-{uuid.uuid4().hex[:8]}", Role.STATISTICIAN, at=plant, email="zhang@plant.example")


def through(client: Client, identity: str, *, process: str = "login") -> httpx.URL:
    """Go to the provider, authorise there, come back; return where the platform then leads."""
    away = client.post(f"{LOGIN}?process={process}")
    assert away.status_code == 302, away.content.decode()
    assert "code_challenge" in away["Location"]
    back = httpx.post(away["Location"], data={"sub": identity})
    assert back.status_code == 302
    target = urllib.parse.urlsplit(back.headers["Location"])
    assert target.path == f"{LOGIN}callback/"
    answer = client.get(f"{target.path}?{target.query}")
    return httpx.URL(answer["Location"] if answer.status_code == 302 else f"/{answer.status_code}")


def connected(user: User, identity: str) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    through(client, identity, process="connect")
    assert SocialAccount.objects.get(user=user).uid == identity
    client.logout()
    return client


def test_a_person_who_connected_the_identity_signs_in_with_it(configured: None, known: User, identity: str) -> None:
    client = connected(known, identity)
    assert client.get("/").status_code == 302
    assert through(client, identity).path == "/"
    assert client.get("/").status_code == 200
    assert client.session["_auth_user_id"] == str(known.pk)


def test_an_unknown_identity_makes_no_account_and_is_noted(configured: None, database: str, identity: str) -> None:
    before = User.objects.count()
    client = Client()
    through(client, identity)
    assert User.objects.count() == before
    assert "_auth_user_id" not in client.session
    assert client.get("/").status_code == 302
    with scope([]):
        noted = AuditEvent.objects.filter(action="accounts.login", result="refused").latest("id")
    assert noted.detail["identity"] == identity


def test_the_address_in_an_identity_opens_nobody_elses_account(configured: None, known: User, issuer: str) -> None:
    thief = f"thief-{uuid.uuid4().hex[:8]}"
    httpx.put(f"{issuer}/users/{thief}", json={"email": known.email, "email_verified": True}).raise_for_status()
    client = Client()
    through(client, thief)
    assert "_auth_user_id" not in client.session


def test_the_second_factor_is_asked_for_after_the_provider_too(configured: None, known: User, identity: str) -> None:
    secret = generate_totp_secret()
    client = connected(known, identity)
    TOTP.activate(known, secret)
    assert through(client, identity).path == "/accounts/2fa/authenticate/"
    assert client.get("/").status_code == 302
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    client.cookies["django_language"] = "en"
    assert "Second factor in use" in client.get("/").content.decode()
    assert Authenticator.objects.filter(user=known).count() == 1


def test_a_person_who_left_is_not_let_in(configured: None, known: User, identity: str) -> None:
    client = connected(known, identity)
    User.objects.filter(pk=known.pk).update(is_active=False)
    through(client, identity)
    assert client.get("/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(configured: None, known: User, identity: str) -> None:
    client = connected(known, identity)
    client.get(f"{LOGIN}callback/?code=stolen&state=other")
    assert "_auth_user_id" not in client.session


def test_without_a_provider_there_is_no_such_login(database: str) -> None:
    assert Client().post(LOGIN).status_code == 404

"""Addresses, the data folder, logs, roles: what needs no database."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path

import pytest

from tanheng.platform import oidc_file
from tanheng.platform.accounts.roles import MAKERS, OUTSIDERS, Role, conflicts, permissions, permissions_of
from tanheng.platform.database.configuration import parse
from tanheng.platform.errors import DatabaseError, FolderError, ServingError
from tanheng.platform.folder import DataFolder, write_whole
from tanheng.platform.mail_address import mail_settings
from tanheng.platform.notice.alarms import escaped
from tanheng.platform.operation.logs import JsonFormatter
from tanheng.platform.operation.serving import Serving


def test_a_database_address_is_read_whole() -> None:
    found = parse("postgresql://tanheng_app:p%40ss@db.example:6432/carbon?sslmode=verify-full", variable="X")
    assert (found.host, found.port, found.database, found.user, found.password) == (
        "db.example",
        6432,
        "carbon",
        "tanheng_app",
        "p@ss",
    )
    assert found.psycopg()["sslmode"] == "verify-full"
    assert found.environment()["PGSSLMODE"] == "verify-full"


@pytest.mark.parametrize("url", ["", "mysql://u:p@h/d", "postgresql://h/d", "postgresql://u@h", "postgresql://u@h:port/d"])
def test_a_bad_database_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        parse(url, variable="TANHENG_DATABASE_URL")
    assert "TANHENG_DATABASE_URL" in str(refused.value)


@pytest.mark.parametrize("url", ["smtp://h:25", "http://h?from=a@b", "smtp://h?from=a@b&tls=maybe"])
def test_a_bad_mail_address_is_refused(url: str) -> None:
    with pytest.raises(ServingError):
        mail_settings(url)


def test_plain_http_is_for_this_machine_alone() -> None:
    Serving(host="127.0.0.1", plain=True).refuse_open_http()
    Serving(host="::1", plain=True).refuse_open_http()
    for host in (
        "0.0.0.0",  # noqa: S104
        "192.0.2.1",
        "plant.example",
    ):
        with pytest.raises(ServingError):
            Serving(host=host, plain=True).refuse_open_http()


def test_secrets_are_private_and_made_once(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    first = folder.secret("sessions")
    assert folder.secret("sessions") == first
    assert len(first) >= 40
    assert stat.S_IMODE((folder.secrets / "sessions").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o700


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(FolderError):
        DataFolder(tmp_path / "data").prepare()


def test_a_file_is_replaced_whole_and_leaves_no_draft(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"old")
    write_whole(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_log_line_is_json_and_hides_what_sounds_secret() -> None:
    record = logging.makeLogRecord(
        {"msg": "login", "levelno": 20, "levelname": "INFO", "user": "li", "password": "p", "api_token": "t"}
    )
    line = json.loads(JsonFormatter().format(record))
    assert (line["event"], line["user"], line["password"], line["api_token"]) == ("login", "li", "***", "***")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_an_export_is_made_harmless(text: str) -> None:
    assert escaped(text) == "'" + text


def test_a_verifier_never_prepares_and_a_regulator_never_trades() -> None:
    for outsider in OUTSIDERS:
        assert conflicts(Role.CARBON_MANAGER, [outsider]) == [outsider]
        assert conflicts(Role.TRADER, [outsider]) == [outsider]
    assert conflicts(Role.TRADE_APPROVER, [Role.TRADER]) == [Role.TRADER]
    assert conflicts(Role.SETTLEMENT, [Role.TRADER]) == [Role.TRADER]
    assert conflicts(Role.REVIEWER, [Role.CARBON_MANAGER]) == []


def test_every_permission_is_somebodys_and_every_role_may_read() -> None:
    assert all(permissions().values())
    for role in Role:
        assert {"record.read", "plant.read"} <= permissions_of(role)
    for role in OUTSIDERS:
        assert not {"plant.write", "accounts.manage", "record.found_plant"} & permissions_of(role)
    assert {Role.STATISTICIAN, Role.WEIGHER, Role.SAMPLER, Role.INSTRUMENT_TECHNICIAN, Role.CONTROL_ROOM_LEADER} <= MAKERS


OIDC = {"name": "SSO", "issuer": "https://sso.example/realm/", "client_id": "tanheng"}


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://sso.example"},  # in the clear, to another machine
        {"issuer": "sso.example"},
        {"issuer": ""},
        {"client_id": 7},
        {"client_secret": "in the file"},
        {"client_secret_file": "/nowhere/at/all"},
    ],
)
def test_a_provider_that_cannot_be_used_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    (tmp_path / "secret").write_text("s")
    file = tmp_path / "oidc.json"
    file.write_text(json.dumps({**OIDC, "client_secret_file": str(tmp_path / "secret"), **changed}))
    with pytest.raises(ServingError, match="TANHENG_OIDC"):
        oidc_file.read(str(file))


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_file_that_is_no_description_of_a_provider_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "oidc.json"
    file.write_text(text)
    with pytest.raises(ServingError, match=r"oidc\.json"):
        oidc_file.read(str(file))


def test_a_good_provider_names_the_origin_that_forms_may_lead_to(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    file = tmp_path / "oidc.json"
    file.write_text(json.dumps({**OIDC, "client_secret_file": str(tmp_path / "secret")}))
    provider = oidc_file.read(str(file))
    assert provider == oidc_file.Provider("SSO", "https://sso.example/realm", "tanheng", "s3cret")
    assert provider.origin == "https://sso.example"
    assert oidc_file.read("") is None


def test_a_connection_is_waited_for_ten_seconds_unless_the_address_says_otherwise() -> None:
    plain = parse("postgresql://u:p@db.example/tanheng", variable="X").django()
    own = parse("postgresql://u:p@db.example/tanheng?connect_timeout=3&sslmode=require", variable="X").django()
    assert plain["OPTIONS"] == {"connect_timeout": "10"}
    assert own["OPTIONS"] == {"connect_timeout": "3", "sslmode": "require"}

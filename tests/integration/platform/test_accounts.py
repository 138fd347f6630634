"""People: invited once, with rights at their plant and no other, and never two duties that exclude each other."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tanheng.core.errors import InputError
from tanheng.platform.accounts import services
from tanheng.platform.accounts.models import Grant, Invitation, Token, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of, has_administrator, mail_addresses, token_of
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ConflictError, DutiesError, MissingError, RightsError
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor, refuse_same_person, require, require_second_factor
from tanheng.platform.record.models import AuditEvent, Plant

PASSWORD = "correct horse battery staple"


@pytest.fixture
def administrator(person: Callable[..., User]) -> Actor:
    return actor_of(person("root", Role.ADMINISTRATOR), second_factor=True)


def test_the_first_link_makes_one_administrator_and_then_none(fresh_database: str) -> None:
    with scope([]):
        old = services.first_administrator_link()
        link = services.first_administrator_link()
        assert old is not None
        assert link is not None
        with pytest.raises(MissingError):
            services.find_invitation(old.secret)
        user = services.accept_invitation(link.secret, username="first", password=PASSWORD, name="李")
        assert has_administrator()
        assert services.first_administrator_link() is None
        with pytest.raises(MissingError):
            services.accept_invitation(link.secret, username="second", password=PASSWORD)
    assert actor_of(user).may("accounts.manage", None)


def test_a_link_is_kept_only_as_a_hash_and_ends_on_its_day(fresh_database: str) -> None:
    with scope([]):
        link = services.first_administrator_link()
        assert link is not None
        assert link.secret not in str(Invitation.objects.values().get())
        Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
        with pytest.raises(MissingError):
            services.accept_invitation(link.secret, username="late", password=PASSWORD)


def test_a_weak_account_is_refused_with_every_fault(fresh_database: str) -> None:
    with scope([]):
        link = services.first_administrator_link()
        assert link is not None
        with pytest.raises(InputError) as refused:
            services.accept_invitation(link.secret, username="no spaces!", password="short")
    assert {finding.fields["field"] for finding in refused.value.findings} == {"username", "password"}


def test_an_invited_person_has_the_role_at_that_plant_only(plant: Plant, other_plant: Plant, administrator: Actor) -> None:
    with scope([plant.pk, other_plant.pk]):
        link = services.invite(administrator, plant=plant.pk, role=Role.STATISTICIAN, department="统计科")
    with scope([]):
        user = services.accept_invitation(link.secret, username="stat", password=PASSWORD, name="王")
    actor = actor_of(user)
    assert actor.may("plant.write", plant.pk)
    assert not actor.may("plant.read", other_plant.pk)
    assert not actor.may("accounts.manage", plant.pk)
    assert actor.plants() == {plant.pk}
    assert Grant.objects.get(user=user).department == "统计科"


def test_only_an_administrator_invites_and_grants(actor: Actor, plant: Plant, person: Callable[..., User]) -> None:
    with scope([plant.pk]):
        with pytest.raises(RightsError):
            services.invite(actor, plant=plant.pk, role=Role.REVIEWER)
        with pytest.raises(RightsError):
            services.grant(actor, person("x1"), plant=plant.pk, role=Role.REVIEWER)


def test_an_administrator_of_one_plant_has_no_say_at_another(
    plant: Plant, other_plant: Plant, person: Callable[..., User]
) -> None:
    local = actor_of(person("local", Role.ADMINISTRATOR, at=plant))
    with scope([plant.pk]):
        services.grant(local, person("x2"), plant=plant.pk, role=Role.REVIEWER)
        with pytest.raises(RightsError):
            services.grant(local, person("x2"), plant=other_plant.pk, role=Role.REVIEWER)
        with pytest.raises(RightsError):
            services.grant(local, person("x2"), plant=None, role=Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.TRADER, Role.TRADE_APPROVER),
        (Role.TRADE_APPROVER, Role.TRADER),
        (Role.TRADER, Role.SETTLEMENT),
        (Role.VERIFIER, Role.CARBON_MANAGER),
        (Role.ANALYST, Role.VERIFIER),
        (Role.SUPERVISOR, Role.TRADER),
    ],
)
def test_two_duties_that_exclude_each_other_are_not_given_to_one_person(
    administrator: Actor, plant: Plant, person: Callable[..., User], held: Role, wanted: Role
) -> None:
    user = person(f"both-{held}-{wanted}", held, at=plant)
    with scope([plant.pk]), pytest.raises(DutiesError):
        services.grant(administrator, user, plant=plant.pk, role=wanted)


def test_a_role_for_all_plants_meets_the_roles_at_each(administrator: Actor, plant: Plant, person: Callable[..., User]) -> None:
    with scope([plant.pk]), pytest.raises(DutiesError):
        services.grant(administrator, person("maker", Role.ANALYST, at=plant), plant=None, role=Role.SUPERVISOR)


def test_ordinary_roles_are_given_at_a_plant(administrator: Actor, plant: Plant, person: Callable[..., User]) -> None:
    with scope([plant.pk]), pytest.raises(InputError):
        services.grant(administrator, person("x3"), plant=None, role=Role.REVIEWER)


def test_a_role_is_given_once_and_revoked_for_good(administrator: Actor, plant: Plant, person: Callable[..., User]) -> None:
    user = person("x4")
    with scope([plant.pk]):
        granted = services.grant(administrator, user, plant=plant.pk, role=Role.REVIEWER)
        with pytest.raises(ConflictError):
            services.grant(administrator, user, plant=plant.pk, role=Role.REVIEWER)
        services.revoke(administrator, granted)
        services.revoke(administrator, granted)
    granted.refresh_from_db()
    assert granted.revoked_by == administrator.uid
    assert not actor_of(user).may("plant.read", plant.pk)


def test_the_last_administrator_stays(fresh_database: str) -> None:
    with scope([]):
        link = services.first_administrator_link()
        assert link is not None
        user = services.accept_invitation(link.secret, username="only", password=PASSWORD)
        with pytest.raises(ConflictError):
            services.revoke(actor_of(user), Grant.objects.get(user=user))
    assert has_administrator()


def test_a_closed_account_can_do_nothing(administrator: Actor, plant: Plant, person: Callable[..., User]) -> None:
    user = person("leaver", Role.ANALYST, at=plant)
    with scope([plant.pk]):
        _, fresh = services.issue_token(actor_of(user), user, name="t", life=datetime.timedelta(days=1))
        services.close_account(administrator, user)
    user.refresh_from_db()
    assert not user.is_active
    assert token_of(fresh.secret) is None
    assert actor_of(user).plants() == frozenset()


def test_an_administrator_hands_out_a_link_for_a_new_password(
    administrator: Actor, plant: Plant, person: Callable[..., User]
) -> None:
    user = person(f"forgetful-{plant.code}", Role.ANALYST, at=plant)
    with scope([plant.pk]):
        link = reverse("account_reset_password_from_key", args=services.password_key(administrator, user))
    client = Client()
    form = client.get(link)["Location"]
    fresh = "quite another passphrase"
    assert client.post(form, {"password1": fresh, "password2": fresh}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(fresh)
    assert Client().get(link).status_code == 200  # used up: the page says so and leads to no form


def test_who_administers_one_plant_takes_over_nobody_of_another(
    plant: Plant, other_plant: Plant, person: Callable[..., User]
) -> None:
    local = actor_of(person("local-administrator", Role.ADMINISTRATOR, at=plant))
    both = person("of-both-plants", Role.ANALYST, at=plant)
    person("of-both-plants", Role.ANALYST, at=other_plant)
    nobody = User.objects.create_user("no-role-anywhere", password="a long enough password")
    with scope([plant.pk]):
        for user in (both, nobody):
            with pytest.raises(RightsError):
                services.password_key(local, user)


def test_the_login_offers_a_mailed_link_only_where_mail_is_sent(database: str) -> None:
    page = "/accounts/login/"
    with override_settings(MAIL_ENABLED=False):
        assert "/accounts/password/reset/" not in Client().get(page).content.decode()
    with override_settings(MAIL_ENABLED=True):
        assert "/accounts/password/reset/" in Client().get(page).content.decode()


def test_a_token_has_at_most_its_persons_rights(plant: Plant, person: Callable[..., User]) -> None:
    user = person("robot", Role.STATISTICIAN, at=plant)
    with scope([plant.pk]):
        token, fresh = services.issue_token(
            actor_of(user), user, name="export", life=datetime.timedelta(days=30), permissions=["plant.read", "accounts.manage"]
        )
    assert fresh.secret not in str(Token.objects.filter(pk=token.pk).values().get())
    limited = actor_of(user, only=token.permissions)
    assert limited.may("plant.read", plant.pk)
    assert not limited.may("plant.write", plant.pk)
    assert not limited.may("accounts.manage", plant.pk)


def test_a_token_of_another_person_or_for_too_long_or_for_nothing_is_refused(
    plant: Plant, person: Callable[..., User], actor: Actor
) -> None:
    user = person("robot2", Role.STATISTICIAN, at=plant)
    day = datetime.timedelta(days=1)
    with scope([plant.pk]):
        with pytest.raises(RightsError):
            services.issue_token(actor, user, name="x", life=day)
        for life in (-day, 0 * day, 400 * day):
            with pytest.raises(InputError):
                services.issue_token(actor_of(user), user, name="x", life=life)
        with pytest.raises(InputError):
            services.issue_token(actor_of(user), user, name="x", life=day, permissions=["plant.fly"])


def test_a_token_past_its_day_or_revoked_is_refused(plant: Plant, person: Callable[..., User]) -> None:
    user = person("robot3", Role.STATISTICIAN, at=plant)
    with scope([plant.pk]):
        token, fresh = services.issue_token(actor_of(user), user, name="x", life=datetime.timedelta(days=1))
        assert token_of(fresh.secret) is not None
        services.revoke_token(actor_of(user), token)
        assert token_of(fresh.secret) is None
        token, fresh = services.issue_token(actor_of(user), user, name="x", life=datetime.timedelta(days=1))
        Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        assert token_of(fresh.secret) is None


def test_separation_of_duties_and_the_second_factor_are_checked_by_the_actor(actor: Actor, plant: Plant) -> None:
    with pytest.raises(DutiesError):
        refuse_same_person(actor, [actor.uid], duty="approve what they entered")
    refuse_same_person(actor, [Actor.system("t").uid], duty="approve what they entered")
    with pytest.raises(RightsError):
        require_second_factor(actor)
    with pytest.raises(RightsError):
        require(actor, "accounts.manage", plant.pk)
    require(actor, "plant.write", plant.pk)


def test_mail_goes_to_the_holders_of_a_role_at_the_plant(plant: Plant, other_plant: Plant, person: Callable[..., User]) -> None:
    person("m1", Role.COMPLIANCE, at=plant, email="m1@plant.example")
    person("m2", Role.COMPLIANCE, at=other_plant, email="m2@plant.example")
    person("m3", Role.COMPLIANCE, at=plant)
    assert mail_addresses(plant=plant.pk, roles=[Role.COMPLIANCE]) == [("m1@plant.example", "zh-hans")]


def test_the_page_of_a_link_makes_the_account_and_leads_to_the_second_factor(fresh_database: str) -> None:
    with scope([]):
        link = services.first_administrator_link()
    assert link is not None
    client = Client()
    page = client.get(f"/join/{link.secret}")
    assert page.status_code == 200
    values = {"username": "first", "name": "李", "email": "", "password": PASSWORD, "again": "other"}
    assert client.post(f"/join/{link.secret}", values).status_code == 400
    answer = client.post(f"/join/{link.secret}", {**values, "again": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"/join/{link.secret}").status_code == 404


def test_the_first_administrator_of_a_platform_with_a_plant_stores_a_second_factor(fresh_database: str) -> None:
    with scope([]):
        tenants.found(actor=Actor.system("tests"), code="example", name_zh="某水泥厂", name_en="A plant")
        link = services.first_administrator_link()
    assert link is not None
    client = Client()
    client.post(f"/join/{link.secret}", {"username": "first", "name": "李", "password": PASSWORD, "again": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    code = format_hotp_value(hotp_value(client.session[SECRET_SESSION_KEY], int(time.time()) // 30))
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200


def test_logins_good_and_bad_stand_in_the_audit_trail_and_too_many_lock_out(fresh_database: str) -> None:
    User.objects.create_user("li", password=PASSWORD)
    client = Client(REMOTE_ADDR="192.0.2.9")
    assert client.post("/accounts/login/", {"login": "li", "password": PASSWORD}).status_code == 302
    client.post("/accounts/logout/")
    answers = [client.post("/accounts/login/", {"login": "li", "password": "wrong"}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    client.post("/accounts/login/", {"login": "li", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    User.objects.create_user("wang", password=PASSWORD)
    assert client.post("/accounts/login/", {"login": "wang", "password": PASSWORD}).status_code == 302
    with scope([]):
        events = list(AuditEvent.objects.order_by("id").values_list("action", "result"))
        first = AuditEvent.objects.order_by("id").first()
    assert events[:2] == [("accounts.login", "done"), ("accounts.logout", "done")]
    assert events.count(("accounts.login", "refused")) == 5
    assert ("accounts.locked_out", "refused") in events
    assert first is not None
    assert first.address == "192.0.2.9"
    assert PASSWORD not in str(events)


def test_nobody_signs_up_alone(database: str) -> None:
    answer = Client().post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert b"x" not in User.objects.filter(username="x").values_list("username", flat=True)
    assert answer.status_code in (200, 403)
    assert not User.objects.filter(username="x").exists()
    assert mail.outbox == []

"""Changing accounts: invitations, roles, tokens. Each change stands in the audit trail."""

from __future__ import annotations

import contextlib
import datetime
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from tanheng.core.errors import InputError
from tanheng.platform.accounts import roles
from tanheng.platform.accounts.models import Grant, Invitation, Token, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import active_grants, actor_of, digest, has_administrator
from tanheng.platform.database.scope import widened
from tanheng.platform.errors import ConflictError, DutiesError, MissingError, RightsError
from tanheng.platform.record import audit
from tanheng.platform.record.actor import Actor, require

LINK_LIFE = datetime.timedelta(days=7)
FIRST_LINK_LIFE = datetime.timedelta(days=1)
TOKEN_PREFIX = "tht_"  # noqa: S105  # a mark by which leaked tokens are recognised
LONGEST_TOKEN_LIFE = datetime.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A link's secret or a token, shown this once."""

    secret: str
    expires_at: datetime.datetime


@transaction.atomic
def first_administrator_link() -> Fresh | None:
    """Return the secret of the one-time link that makes the first administrator; None when there is one.

    A link printed by an earlier start no longer works.
    """
    if has_administrator():
        return None
    Invitation.objects.filter(is_first=True, used_at__isnull=True).update(expires_at=timezone.now())
    actor = Actor.system("first-administrator")
    return _invite(actor, plant=None, role=Role.ADMINISTRATOR, life=FIRST_LINK_LIFE, is_first=True)


@transaction.atomic
def invite(actor: Actor, *, plant: int | None, role: Role, department: str = "", email: str = "") -> Fresh:
    """Return the secret of a link by which one person makes an account with a role.

    Raises
    ------
    RightsError, InputError
    """
    require(actor, "accounts.manage", plant)
    _refuse_whole(role, plant)
    if email:
        _refuse_bad_email(email)
    return _invite(actor, plant=plant, role=role, department=department, email=email, life=LINK_LIFE)


def _invite(
    actor: Actor,
    *,
    plant: int | None,
    role: Role,
    life: datetime.timedelta,
    department: str = "",
    email: str = "",
    is_first: bool = False,
) -> Fresh:
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    Invitation.objects.create(
        digest=digest(secret),
        plant_id=plant,
        role=role,
        department=department,
        email=email,
        is_first=is_first,
        invited_by=actor.uid,
        made_at=now,
        expires_at=now + life,
    )
    audit.note("accounts.invite", actor=actor, plant=plant, detail={"role": role})
    return Fresh(secret, now + life)


def find_invitation(secret: str, *, lock: bool = False) -> Invitation:
    """Return the invitation of a link that can still be used.

    Raises
    ------
    MissingError
        The link is unknown, used or past its day; which of these is not told.
    """
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
    found = rows.filter(digest=digest(secret), used_at__isnull=True, expires_at__gt=timezone.now()).first()
    if found is None or (found.is_first and has_administrator()):
        raise MissingError("platform.accounts.link")
    return found


@transaction.atomic
def accept_invitation(secret: str, *, username: str, password: str, name: str = "", email: str = "") -> User:
    """Make the account that a link offers; the link is used up.

    Raises
    ------
    MissingError
        As :func:`find_invitation`.
    InputError
        With every fault of name, password and e-mail address.
    ConflictError
        The name is taken.
    """
    invitation = find_invitation(secret, lock=True)
    user = User(username=username, name=name.strip(), email=email or invitation.email)
    _refuse_bad_account(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("platform.accounts.name_taken", name=username) from error
    actor = Actor(user.uid, name=str(user))
    with widened(invitation.plant_id) if invitation.plant_id is not None else contextlib.nullcontext():
        _grant(actor, user, plant=invitation.plant_id, role=Role(invitation.role), department=invitation.department)
        audit.note("accounts.join", actor=actor, plant=invitation.plant_id, subject=str(user.uid))
    invitation.used_at = timezone.now()
    invitation.used_by = user
    invitation.save(update_fields=["used_at", "used_by"])
    return user


def _refuse_bad_account(user: User, password: str) -> None:
    findings: list[InputError] = []
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        findings += [
            InputError("platform.field", field=field, reason=" ".join(messages))
            for field, messages in error.message_dict.items()
        ]
    try:
        validate_password(password, user)
    except ValidationError as error:
        findings += [InputError("platform.field", field="password", reason=message) for message in error.messages]
    if findings:
        raise InputError("platform.accounts.refused", findings=findings)


def _refuse_bad_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise InputError("platform.field", field="email", reason=" ".join(error.messages)) from error


def _refuse_whole(role: Role, plant: int | None) -> None:
    if plant is None and role not in roles.WHOLE_PLATFORM:
        raise InputError("platform.accounts.plant", role=role)


@transaction.atomic
def grant(actor: Actor, user: User, *, plant: int | None, role: Role, department: str = "") -> Grant:
    """Give a person a role at a plant.

    Raises
    ------
    RightsError
        The actor does not administer this plant.
    DutiesError
        The person holds a role that excludes it.
    ConflictError
        The person holds it already.
    """
    require(actor, "accounts.manage", plant)
    _refuse_whole(role, plant)
    return _grant(actor, user, plant=plant, role=role, department=department)


def _grant(actor: Actor, user: User, *, plant: int | None, role: Role, department: str) -> Grant:
    User.objects.select_for_update().get(pk=user.pk)  # two administrators at once would each see half
    held = active_grants().filter(user=user)
    at_plant = [Role(one.role) for one in held if plant is None or one.plant_id in (None, plant)]
    clash = roles.conflicts(role, at_plant)
    if clash:
        raise DutiesError("platform.accounts.conflict", role=role, held=", ".join(clash))
    if any(one.role == role and one.plant_id == plant for one in held):
        raise ConflictError("platform.accounts.held", role=role)
    made = Grant.objects.create(
        user=user, plant_id=plant, role=role, department=department, since=timezone.now(), granted_by=actor.uid
    )
    audit.note("accounts.grant", actor=actor, plant=plant, subject=str(user.uid), detail={"role": role})
    return made


@transaction.atomic
def revoke(actor: Actor, granted: Grant) -> None:
    """Take a role away, from now on.

    Raises
    ------
    RightsError
    ConflictError
        It would leave the platform without an administrator.
    """
    require(actor, "accounts.manage", granted.plant_id)
    row = Grant.objects.select_for_update().get(pk=granted.pk)
    if row.until is not None:
        return
    row.until = timezone.now()
    row.revoked_by = actor.uid
    row.save(update_fields=["until", "revoked_by"])
    if row.role == Role.ADMINISTRATOR and row.plant_id is None and not has_administrator():
        raise ConflictError("platform.accounts.last_administrator")
    audit.note("accounts.revoke", actor=actor, plant=row.plant_id, subject=str(row.user.uid), detail={"role": row.role})


@transaction.atomic
def close_account(actor: Actor, user: User) -> None:
    """Close an account: no login, no token, no role; what the person did stays theirs.

    Raises
    ------
    RightsError
        Only an administrator of the platform closes accounts.
    """
    require(actor, "accounts.manage", None)
    for row in active_grants().filter(user=user):
        revoke(actor, row)
    user.is_active = False
    user.save(update_fields=["is_active"])
    Token.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    audit.note("accounts.close", actor=actor, subject=str(user.uid))


def identified(username: str, *, password: str, code: str) -> Actor:
    """Return the actor who has this password and this code of a second factor: for two persons before one terminal.

    Raises
    ------
    RightsError
        Name, password or code is wrong, or there is no second factor; which of these is not told.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    known = user is not None and user.check_password(password)
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first() if user is not None else None
    if user is None or not known or factor is None or not factor.wrap().validate_code(code):
        audit.note("accounts.identify", actor=None, result=audit.Result.REFUSED, detail={"username": username[:100]})
        raise RightsError("platform.accounts.identify", name=username)
    audit.note("accounts.identify", actor=Actor(user.uid), subject=str(user.uid))
    return actor_of(user, session="terminal", second_factor=True)


@transaction.atomic
def password_key(actor: Actor, user: User) -> tuple[str, str]:
    """Return the two parts of a link by which a person sets a new password; a second factor stays as it is.

    It works once, for as long as a mailed one would. Who may make it could otherwise take over rights at other plants, so the
    actor administers every plant at which the person has a role.

    Raises
    ------
    RightsError
    MissingError
        The account is closed.
    """
    if not user.is_active:
        raise MissingError("platform.accounts.closed", name=user.username)
    places: set[int | None] = set(active_grants().filter(user=user).values_list("plant_id", flat=True))
    for plant in places or {None}:
        require(actor, "accounts.manage", plant)
    audit.note("accounts.password_key", actor=actor, subject=str(user.uid))
    return user_pk_to_url_str(user), default_token_generator.make_token(user)


@transaction.atomic
def issue_token(
    actor: Actor, user: User, *, name: str, life: datetime.timedelta, permissions: Iterable[str] | None = None
) -> tuple[Token, Fresh]:
    """Make a token for the API, with the person's rights or some of them.

    Raises
    ------
    RightsError
        The actor is another person.
    InputError
        It would live too long, or names a permission that does not exist.
    """
    if actor.uid != user.uid:
        require(actor, "accounts.issue_for_others", None)
    if not datetime.timedelta(0) < life <= LONGEST_TOKEN_LIFE:
        raise InputError("platform.accounts.token_life", days=life.days, limit=LONGEST_TOKEN_LIFE.days)
    wanted = sorted(set(permissions)) if permissions is not None else None
    unknown = [one for one in wanted or () if one not in roles.permissions()]
    if unknown:
        raise InputError("platform.accounts.permission", permission=", ".join(unknown))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = Token.objects.create(
        user=user, name=name[:100], digest=digest(secret), permissions=wanted, made_at=now, expires_at=now + life
    )
    audit.note("accounts.issue_token", actor=actor, subject=str(token.uid), detail={"name": token.name})
    return token, Fresh(secret, now + life)


@transaction.atomic
def revoke_token(actor: Actor, token: Token) -> None:
    """End a token: its own person, or an administrator."""
    if actor.uid != token.user.uid:
        require(actor, "accounts.manage", None)
    Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    audit.note("accounts.revoke_token", actor=actor, subject=str(token.uid))

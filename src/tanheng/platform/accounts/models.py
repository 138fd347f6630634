"""People, their roles, invitations and tokens. Nothing here is deleted: a right is revoked, an account is closed."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tanheng.platform.accounts.roles import Role


class User(AbstractUser):
    """A person. ``uid`` is what the log knows of the person."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(
        _("language"), max_length=8, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
    )
    phone = models.CharField(_("telephone"), max_length=32, blank=True)

    class Meta:
        """Database rules."""

        db_table = "accounts_user"

    def __str__(self) -> str:
        return self.name or self.username


class Grant(models.Model):
    """One role of one person at one plant; without a plant at all of them."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    department = models.CharField(_("department"), max_length=100, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    granted_by = models.UUIDField()
    revoked_by = models.UUIDField(null=True)

    class Meta:
        """Database rules."""

        db_table = "accounts_grant"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "plant", "role"),
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="accounts_grant_once",
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="accounts_grant_times"),
            models.CheckConstraint(
                condition=Q(plant__isnull=False) | Q(role__in=[Role.ADMINISTRATOR, Role.SUPERVISOR]),
                name="accounts_grant_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Invitation(models.Model):
    """A link by which one person makes an account, once. Of the link only a hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=32, choices=Role.choices)
    department = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    is_first = models.BooleanField(default=False)
    invited_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Database rules."""

        db_table = "accounts_invitation"

    def __str__(self) -> str:
        return f"{self.role} {self.made_at:%Y-%m-%d}"


class Token(models.Model):
    """A token for the API: a person's rights, or some of them, for a program. Of the token only a hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Database rules."""

        db_table = "accounts_token"

    def __str__(self) -> str:
        return self.name

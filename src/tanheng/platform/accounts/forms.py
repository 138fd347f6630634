"""The login form: a forgotten password is mailed a link, or without a mail server a new one comes from the administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from django.conf import settings
from django.utils.translation import gettext as _


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth has no types
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, **kwargs)
        if not settings.MAIL_ENABLED:
            self.fields["password"].help_text = _("Forgotten? The administrator of your plant resets it.")

"""What we ask of allauth: no open sign-up; outside identities only for accounts that exist."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from tanheng.platform.client_address import client_address
from tanheng.platform.record import audit


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Local accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Answer no: accounts come by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count."""
        return client_address(request) or "unknown"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:  # Any: allauth's context
        """Send allauth's mails when the plant has a mail server."""
        if settings.MAIL_ENABLED:
            super().send_mail(template_prefix, email, context)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """OpenID Connect accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # Any: allauth's
        """Answer no, and note it: an identity of the provider is connected by its person and makes no account."""
        found = {"provider": sociallogin.account.provider, "identity": str(sociallogin.account.uid)[:200]}
        audit.note("accounts.login", actor=None, result=audit.Result.REFUSED, detail=found)
        return False

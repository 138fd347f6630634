"""The page behind a one-time link: one person makes an account and goes on to set up a second factor."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.accounts import services
from tanheng.platform.errors import ConflictError, MissingError

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class JoinForm(forms.Form):
    """What a new person says of themselves."""

    username = forms.CharField(label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=_("Password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, object]:
        """Refuse two different passwords."""
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return values


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the form of a link, or make the account it offers."""
    try:
        invitation = services.find_invitation(secret)
    except MissingError as error:
        return render(request, "accounts/link_used.html", {"message": _text(error)}, status=404)
    form = JoinForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = services.accept_invitation(
                secret, username=values["username"], password=values["password"], name=values["name"], email=values["email"]
            )
        except (InputError, ConflictError) as error:
            _show(form, error)
        else:
            login(request, user, backend=_BACKEND)
            record_authentication(request, user, method="password", reauthenticated=True)  # typed twice a moment ago
            return redirect("mfa_activate_totp")
    context = {"form": form, "role": invitation.get_role_display(), "is_first": invitation.is_first}
    return render(request, "accounts/join.html", context, status=400 if form.errors else 200)


def _show(form: JoinForm, error: TanhengError) -> None:
    for finding in getattr(error, "findings", ()) or (error,):
        field = str(finding.fields.get("field", ""))
        form.add_error(field if field in form.fields else None, str(finding.fields.get("reason") or _text(finding)))


def _text(error: TanhengError) -> str:
    return error.text("zh" if (get_language() or "zh").startswith("zh") else "en")

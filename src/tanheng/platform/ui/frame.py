"""The frame of every page: menu, top bar, theme, and what a person sees when something is refused."""

from __future__ import annotations

import urllib.parse
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views import View

from tanheng import __version__
from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.accounts.selectors import has_administrator
from tanheng.platform.errors import ConflictError, MissingError, RightsError
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.platform.ui import menu
from tanheng.platform.ui.choices import Choices, choices_of, without_choice
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.titles_of_rights import TITLES

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "tanheng_theme"
_STATUS: tuple[tuple[type[TanhengError], int], ...] = (
    (RightsError, 403),
    (MissingError, 404),
    (ConflictError, 409),
    (InputError, 400),
)


def context(request: HttpRequest) -> dict[str, Any]:  # Any: template context
    """Return what every template may use: the frame of somebody logged in, and the theme.

    What is read from the database is read when a template uses it: some texts are made after the request's scope has closed,
    among them what is said once a second factor has been stored.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    actor: Actor | None = getattr(request, "actor", None)
    shown: dict[str, Any] = {  # Any: as above
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "version": __version__,
        "here": request.get_full_path(),
        "company_login": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "link_command": SimpleLazyObject(_link_command),
    }
    if actor is not None:
        chosen: Choices | None = getattr(request, "tanheng_choices", None)
        choices: Any = chosen or SimpleLazyObject(lambda: without_choice(actor))  # Any: the one stands for the other
        carry = chosen.carry if chosen is not None else ""
        shown |= {"actor": actor, "choices": choices, "carry": carry}
        shown["menu"] = SimpleLazyObject(lambda: menu.shown(request.path, actor, choices.plant))
    return shown


def _link_command() -> str:
    """Return what prints a new one-time link: of a demonstration, while nobody administers it."""
    return "" if not settings.LINK_COMMAND or has_administrator() else str(settings.LINK_COMMAND)


class Page(View):
    """A page for somebody who is logged in.

    Attributes
    ----------
    permission : str
        What the actor must be allowed at the plant; empty for everybody.
    """

    permission: ClassVar[str] = ""
    template: ClassVar[str]
    actor: Actor
    choices: Choices

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # Any: parts of the address
        """Answer, or say why not."""
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return redirect_to_login(request.get_full_path())
        self.actor = actor
        try:
            self.choices = choices_of(request, actor)
            request.tanheng_choices = self.choices  # type: ignore[attr-defined]  # one attribute of ours
            if self.permission:
                require(actor, self.permission, self.plant.pk)
            return super().dispatch(request, *args, **kwargs)
        except TanhengError as error:
            return refused(request, error)

    @property
    def plant(self) -> Plant:
        """Return the plant chosen."""
        return self.choices.required_plant()

    def address(self, route: str, /, *, query: dict[str, str] | None = None, **parts: object) -> str:
        """Return an address that hands the choices of the top bar on."""
        joined = urllib.parse.urlencode({**self.choices.given, **(query or {})})
        return reverse(route, kwargs=parts) + (f"?{joined}" if joined else "")

    def show(self, values: dict[str, Any], *, template: str = "", status: int = 200) -> HttpResponse:  # Any: context
        """Return the page."""
        return render(self.request, template or self.template, values, status=status)


def refused(request: HttpRequest, error: TanhengError) -> HttpResponse:
    """Return the page that says why something was refused.

    Raises
    ------
    TanhengError
        It is none that a person can do something about.
    """
    for kind, status in _STATUS:
        if isinstance(error, kind):
            findings = [text_of(one) for one in getattr(error, "findings", ())]
            values = {"message": text_of(_in_words(error)), "findings": findings, "status": status}
            return render(request, "ui/refused.html", values, status=status)
    raise error


def _in_words(error: TanhengError) -> TanhengError:
    """Return the error with the name of the right that it speaks of, for somebody who does not know its code."""
    title = TITLES.get(str(error.fields.get("permission", "")))
    return error if title is None else RightsError(error.code, **{**error.fields, "permission": str(title)})

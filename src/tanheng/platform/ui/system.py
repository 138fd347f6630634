"""People and their roles, the audit trail, the evidence log: what stands behind the pages of the system chapter."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.paginator import Page as PageOf
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tanheng.core.errors import InputError
from tanheng.platform.accounts import roles, services
from tanheng.platform.accounts.models import Grant, Invitation, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import active_grants, names
from tanheng.platform.errors import ConflictError, DutiesError, MissingError
from tanheng.platform.record import selectors, sequencer
from tanheng.platform.ui import trail
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import text_of

ROWS = 50


class InviteForm(forms.Form):
    """Who shall join."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    department = forms.CharField(label=gettext_lazy("Department"), max_length=100, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)


class GrantForm(forms.Form):
    """A further role for somebody who has an account."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    department = forms.CharField(label=gettext_lazy("Department"), max_length=100, required=False)


class People(Page):
    """Who holds which role at the plant, who was invited, which roles exclude each other."""

    template = "ui/people.html"
    permission: ClassVar[str] = "accounts.manage"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        return self._page(InviteForm(), GrantForm(prefix="grant"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite, give a role, or take one away."""
        match request.POST.get("do"):
            case "invite":
                return self._invite(request)
            case "grant":
                return self._grant(request)
            case "revoke":
                return self._revoke(request)
            case "password":
                return self._password(request)
        return redirect(self.address("people"))

    def _invite(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        link = ""
        if form.is_valid():
            given = form.cleaned_data
            try:
                fresh = services.invite(
                    self.actor,
                    plant=self.plant.pk,
                    role=Role(given["role"]),
                    department=given["department"],
                    email=given["email"],
                )
                link = request.build_absolute_uri(reverse("join", args=[fresh.secret]))
                form = InviteForm()
            except InputError as error:
                form.add_error(None, text_of(error))
        return self._page(form, GrantForm(prefix="grant"), link=link)

    def _grant(self, request: HttpRequest) -> HttpResponse:
        form = GrantForm(request.POST, prefix="grant")
        if form.is_valid():
            given = form.cleaned_data
            user = User.objects.filter(username=given["username"], is_active=True).first()
            if user is None:
                form.add_error("username", _("Nobody has this user name; invite the person instead."))
            else:
                try:
                    services.grant(
                        self.actor, user, plant=self.plant.pk, role=Role(given["role"]), department=given["department"]
                    )
                except (DutiesError, ConflictError, InputError) as error:
                    form.add_error("role", text_of(error))
                else:
                    messages.success(request, _("The role was given."))
                    return redirect(self.address("people"))
        return self._page(InviteForm(), form)

    def _password(self, request: HttpRequest) -> HttpResponse:
        here = active_grants().filter(plant=self.plant, user__username=request.POST.get("username", ""))
        found = here.select_related("user").first()
        if found is None:
            raise MissingError("platform.accounts.nobody", name=request.POST.get("username", ""))
        uid, key = services.password_key(self.actor, found.user)
        link = request.build_absolute_uri(reverse("account_reset_password_from_key", args=[uid, key]))
        return self._page(InviteForm(), GrantForm(prefix="grant"), password_link=link, person=found.user)

    def _revoke(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("grant", "")
        granted = Grant.objects.filter(pk=int(key), plant=self.plant).first() if key.isdecimal() else None
        if granted is None:
            raise MissingError("platform.record.missing", type="grant", subject=key[:40])
        services.revoke(self.actor, granted)
        messages.success(request, _("The role was taken away."))
        return redirect(self.address("people"))

    def _page(
        self, invite: InviteForm, grant: GrantForm, *, link: str = "", password_link: str = "", person: User | None = None
    ) -> HttpResponse:
        dress(invite)
        dress(grant)
        here = list(active_grants().filter(plant=self.plant).select_related("user").order_by("user__username", "role"))
        everywhere = list(active_grants().filter(plant__isnull=True).select_related("user").order_by("user__username"))
        open_links = Invitation.objects.filter(plant=self.plant, used_at__isnull=True, expires_at__gt=timezone.now())
        values = {
            "grants": here,
            "everywhere": everywhere,
            "invitations": list(open_links.order_by("expires_at")),
            "invite": invite,
            "grant": grant,
            "link": link,
            "password_link": password_link,
            "person": person,
            "excluded": self._excluded(),
        }
        return self.show(values, status=400 if invite.errors or grant.errors else 200)

    def _excluded(self) -> list[tuple[str, str]]:
        return [(_joined(one), _joined(other)) for one, other in roles.EXCLUSIVE]


def _joined(some: frozenset[Role]) -> str:
    return pgettext("between items", ", ").join(str(Role(role).label) for role in Role if role in some)


class AuditTrail(Page):
    """Who did what, when, from where, and how it ended."""

    template = "ui/audit.html"
    permission: ClassVar[str] = "record.read_audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return one page of the trail, newest first."""
        page = _paged(selectors.audit_trail(self.actor, self.plant.code), request)
        people = names(event.actor for event in page if event.actor is not None)
        who = (people.get(event.actor, "") if event.actor else "" for event in page)
        rows = list(zip(page, who, trail.of_events(self, page), strict=True))
        return self.show({"page": page, "rows": rows})


class EvidenceLog(Page):
    """The entries of the plant's log, and how far each has come."""

    template = "ui/evidence_log.html"
    permission: ClassVar[str] = "record.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return one page of entries, newest first."""
        page = _paged(selectors.entries(self.actor, self.plant.code).order_by("-epoch", "-index"), request)
        last = sequencer.last_checkpoint(self.plant)
        witnessed = sequencer.last_checkpoint(self.plant, cosigned=True)
        values = {
            "page": page,
            "rows": [
                (entry, _stage(entry, self.plant.epoch, last, witnessed), line)
                for entry, line in zip(page, trail.of_entries(self, page), strict=True)
            ],
            "checkpoint": last,
            "witnessed": witnessed,
        }
        return self.show(values)


def _stage(entry: Any, epoch: int, last: Any, witnessed: Any) -> tuple[str, str]:  # Any: rows
    if entry.epoch < epoch or (witnessed is not None and entry.index < witnessed.size):
        return (_("Witnessed by the province"), "good") if entry.epoch == epoch else (_("Earlier epoch"), "calm")
    if last is not None and entry.index < last.size:
        return _("In the log"), "info"
    return _("Received"), "wait"


def _paged(rows: Any, request: HttpRequest) -> PageOf[Any]:  # Any: rows of either page
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))

"""Addresses of the pages that are no ledgers."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from tanheng.platform.ui.overview import FoundPlant, Overview
from tanheng.platform.ui.preferences import choose_theme
from tanheng.platform.ui.rights import Roles
from tanheng.platform.ui.rule_sets import RuleSets
from tanheng.platform.ui.system import AuditTrail, EvidenceLog, People

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=static("ui/mark.svg")), name="favicon"),
    path("", Overview.as_view(), name="overview"),
    path("plants/new/", FoundPlant.as_view(), name="found-plant"),
    path("theme/", choose_theme, name="theme"),
    path("people/", People.as_view(), name="people"),
    path("roles/", Roles.as_view(), name="roles"),
    path("rules/", RuleSets.as_view(), name="rule-sets"),
    path("audit/", AuditTrail.as_view(), name="audit-trail"),
    path("log/", EvidenceLog.as_view(), name="evidence-log"),
]

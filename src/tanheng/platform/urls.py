"""Addresses of the platform."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tanheng.platform.accounts import pages as accounts
from tanheng.platform.api import api
from tanheng.platform.operation import pages as keeping
from tanheng.platform.operation import views as operation

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", operation.health, name="health"),
    path("metrics", operation.measurements, name="metrics"),
    path("ca.crt", operation.authority, name="authority"),
    path("api/v1/", api.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("join/<str:secret>", accounts.join, name="join"),
    path("accounts/", include("allauth.urls")),
    path("keeping/", keeping.Keeping.as_view(), name="keeping"),
    path("", include("tanheng.platform.ui.urls")),
    path("", include("tanheng.platform.plant.pages")),
    path("", include("tanheng.platform.instruments.pages")),
    path("", include("tanheng.platform.instruments.network_pages")),
    path("", include("tanheng.platform.instruments.equipping_pages")),
]

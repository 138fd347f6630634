"""Addresses of the platform. Pages hang below the apps' own ``urls``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

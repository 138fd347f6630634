"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tanheng.platform.settings")

application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018  # reads every page and the API now, and not under the first visitor

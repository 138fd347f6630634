"""Django's settings. Nothing secret stands here: passwords and keys come from the data folder, the rest from the environment.

======================  ==================================================================================================
``TANHENG_DATA``        the data folder
``TANHENG_DATABASE_…``  an outside database (``database/configuration.py``)
``TANHENG_HOSTS``       names under which the platform is reached, separated by commas
``TANHENG_SCHEME``      ``https`` (default), or ``http`` on this machine alone
``TANHENG_PROXY``       ``1`` behind a proxy of the plant's own that speaks HTTPS
``TANHENG_MAIL_URL``    ``smtp://user:password@host:587?tls=start&from=…``; without it no mail is sent
``TANHENG_OIDC``        path of a JSON file with the OpenID Connect provider (``oidc_file.py``)
======================  ==================================================================================================
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tanheng.platform import oidc_file
from tanheng.platform.database.configuration import address, current_login
from tanheng.platform.folder import DataFolder
from tanheng.platform.mail_address import mail_settings

FOLDER = DataFolder.default()
SECURE = os.environ.get("TANHENG_SCHEME", "https") == "https"
BEHIND_PROXY = os.environ.get("TANHENG_PROXY") == "1"

SECRET_KEY = FOLDER.known_secret("sessions") or secrets.token_urlsafe(32)  # without a folder: for this process alone
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("TANHENG_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
ROOT_URLCONF = "tanheng.platform.urls"
WSGI_APPLICATION = "tanheng.platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "tanheng.platform.database",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "tanheng.platform.ui",  # before allauth: its pages take our frame
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "procrastinate.contrib.django",
    "tanheng.platform.record",
    "tanheng.platform.notice",
    "tanheng.platform.accounts",
    "tanheng.platform.plant",
    "tanheng.platform.instruments",
]

MIDDLEWARE = [
    "tanheng.platform.operation.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tanheng.platform.accounts.middleware.TokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tanheng.platform.accounts.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [  # Any: Django's own mapping
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tanheng.platform.ui.frame.context",
            ]
        },
    }
]

DATABASES = {"default": address(FOLDER, current_login()).django()}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = FOLDER.static
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FOLDER.root / "uploads"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Bounds of what comes in (ASVS 5.2.1); files have their own in record/sniffing.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

PROCRASTINATE_IMPORT_PATHS = ["tanheng.platform.operation.tasks"]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "tanheng.platform.accounts.adapter.Adapter"
ACCOUNT_FORMS = {"login": "tanheng.platform.accounts.forms.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a plant's intranet often has no mail; accounts come by invitation
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # the half minute before and after: telephones of a plant do not all keep the time
MFA_TOTP_ISSUER = "Tanheng 碳衡"
SOCIALACCOUNT_ADAPTER = "tanheng.platform.accounts.adapter.SocialAdapter"
SOCIALACCOUNT_ONLY = False
USERSESSIONS_TRACK_ACTIVITY = False


OIDC = oidc_file.read(os.environ.get(oidc_file.VARIABLE, ""))
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = OIDC.allauth() if OIDC is not None else {}  # Any: allauth's own mapping
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

AXES_FAILURE_LIMIT = 5
AXES_USERNAME_CALLABLE = "tanheng.platform.accounts.signals.attempted_name"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "tanheng.platform.client_address.client_address"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_VERBOSE = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "tanheng_session"
CSRF_COOKIE_NAME = "tanheng_csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False  # one port speaks one protocol; nothing listens in the clear
SECURE_HSTS_SECONDS = 0  # a plant's own certificate authority: a browser that insists would lock people out
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
) + (f" {OIDC.origin}" if OIDC is not None else "")

LINK_COMMAND = os.environ.get("TANHENG_LINK_COMMAND", "")  # of a demonstration: what prints a new one-time link

MAIL_ENABLED: bool = bool(os.environ.get("TANHENG_MAIL_URL"))
globals().update(mail_settings(os.environ.get("TANHENG_MAIL_URL", "")))

LOGGING_CONFIG = None  # operation/logs.py sets logging up, the same way for every command

SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # HSTS and redirect: see above

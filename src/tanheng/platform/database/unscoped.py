"""The tables without a plant's policy, each with its reason. One that is neither here nor under a policy fails the suite."""

from __future__ import annotations

from collections.abc import Mapping

_FRAMEWORK = "Django's own bookkeeping; says nothing of a plant"
_PEOPLE = "people and how they log in; one person may work at several plants, and these rows decide which"
_JOBS = "jobs carry keys and no data of a plant; the worker must see all of them"

UNSCOPED: Mapping[str, str] = {
    "accounts_grant": _PEOPLE,
    "accounts_invitation": _PEOPLE,
    "accounts_token": _PEOPLE,
    "accounts_user": _PEOPLE,
    "accounts_user_groups": _PEOPLE,
    "accounts_user_user_permissions": _PEOPLE,
    "account_emailaddress": _PEOPLE,
    "account_emailconfirmation": _PEOPLE,
    "auth_group": _FRAMEWORK,
    "auth_group_permissions": _FRAMEWORK,
    "auth_permission": _FRAMEWORK,
    "axes_accessattempt": _PEOPLE,
    "axes_accessattemptexpiration": _PEOPLE,
    "axes_accessfailurelog": _PEOPLE,
    "axes_accesslog": _PEOPLE,
    "django_content_type": _FRAMEWORK,
    "django_migrations": _FRAMEWORK,
    "django_session": _PEOPLE,
    "mfa_authenticator": _PEOPLE,
    "procrastinate_events": _JOBS,
    "procrastinate_jobs": _JOBS,
    "procrastinate_periodic_defers": _JOBS,
    "procrastinate_workers": _JOBS,
    "record_idempotency_key": "the answer to a repeated request, found by the actor who made it before any plant is known",
    "socialaccount_socialaccount": _PEOPLE,
    "socialaccount_socialapp": _PEOPLE,
    "socialaccount_socialtoken": _PEOPLE,
    "usersessions_usersession": _PEOPLE,
}

"""Making a process ours: the data folder in the environment, logs, Django, and as whom we log in to the database."""

from __future__ import annotations

import os
from pathlib import Path

from tanheng.platform.database.configuration import LOGIN, Login
from tanheng.platform.folder import VARIABLE, DataFolder, default_root
from tanheng.platform.operation import logs


def folder_of(data: Path | None) -> DataFolder:
    """Return the data folder that the command names, prepared; every process started from here uses it too."""
    root = (data or default_root()).absolute()
    os.environ[VARIABLE] = str(root)
    folder = DataFolder(root)
    folder.prepare()
    for name in ("sessions", *(login.secret for login in Login)):
        if not (folder.secrets / name).exists():  # web and worker may not read all of them
            folder.secret(name)
    return folder


def prepare_django(login: Login) -> None:
    """Configure logs and Django, once, before anything of Django is used."""
    os.environ[LOGIN] = login
    os.environ["DJANGO_SETTINGS_MODULE"] = "tanheng.platform.settings"
    logs.configure()
    import django

    django.setup()

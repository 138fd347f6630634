"""The platform's tests run on a real embedded PostgreSQL."""

from tanheng.platform.testing import *  # noqa: F403

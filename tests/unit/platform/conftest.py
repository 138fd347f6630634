"""Django is configured, because these modules hold models; no test here speaks to the database."""

from tanheng.platform.testing import configure

configure()

"""What the plant's records must satisfy, checked when they come in; each fault names its field, its value and the cure."""

from __future__ import annotations

from tanheng.platform.plant.rules.master import check_enterprise, check_line, check_permit, check_site, credit_code_check

__all__ = ["check_enterprise", "check_line", "check_permit", "check_site", "credit_code_check"]

"""Data flags of HJ 212 and the quality they give a value.

Letters and English words are ``secondary`` (public implementations); the Chinese words and the use are ``unverified``. One
public helper counts M, D and C as calculable: we do not. A letter that is not in the table is never good.
"""

from __future__ import annotations

from tanheng.core.batch import Quality

FLAGS: dict[str, Quality] = {
    "N": Quality.GOOD,
    "F": Quality.STOPPED,
    "M": Quality.MAINTENANCE,
    "S": Quality.MANUAL,
    "D": Quality.FAULT,
    "C": Quality.CALIBRATION,
    "T": Quality.OUT_OF_RANGE,
    "B": Quality.NO_DATA,
}

WORDS: dict[str, dict[str, str]] = {
    "N": {"zh": "正常", "en": "normal"},
    "F": {"zh": "停运", "en": "stopped"},
    "M": {"zh": "维护", "en": "maintenance"},
    "S": {"zh": "手工输入", "en": "entered by hand"},
    "D": {"zh": "故障", "en": "fault"},
    "C": {"zh": "校准", "en": "calibration"},
    "T": {"zh": "超测上限", "en": "over range"},
    "B": {"zh": "通讯异常", "en": "communication broken"},
}


def quality(flag: str | None) -> Quality:
    """Return the quality a data flag gives; without a flag, or with an unknown letter, a value is ``UNCERTAIN``.

    Examples
    --------
    >>> quality("C").name
    'CALIBRATION'
    """
    return Quality.UNCERTAIN if flag is None else FLAGS.get(flag, Quality.UNCERTAIN)

"""HJ 212-2017 and HJ 212-2025: frames of pollution monitoring, as CEMS data loggers send them.

``decode_frame`` and ``encode_frame`` turn one frame into a message with its numbers and back; ``StreamDecoder`` finds frames in
a byte stream; ``split`` and ``Joiner`` handle packets; ``answer_to`` makes the answers 9011 to 9014. What a site declares
(units, ranges, SM4 key) is a ``Profile``. Follows the standard as far as public code quotes it: facts and their states stand in
``docs/reference/protocols.md``.
"""

from tanheng.protocols.hj212.check import check
from tanheng.protocols.hj212.flags import FLAGS, quality
from tanheng.protocols.hj212.frame import STANDARD, Frame, answer_to, decode_frame, encode_frame
from tanheng.protocols.hj212.message import Command, Edition, FactorReading, Group, Message, instant, stamp
from tanheng.protocols.hj212.packets import Joiner, split
from tanheng.protocols.hj212.profile import CO2, Factor, Profile, co2_factor, site_profile
from tanheng.protocols.hj212.stream import StreamDecoder

__all__ = [
    "CO2",
    "FLAGS",
    "STANDARD",
    "Command",
    "Edition",
    "Factor",
    "FactorReading",
    "Frame",
    "Group",
    "Joiner",
    "Message",
    "Profile",
    "StreamDecoder",
    "answer_to",
    "check",
    "co2_factor",
    "decode_frame",
    "encode_frame",
    "instant",
    "quality",
    "site_profile",
    "split",
    "stamp",
]

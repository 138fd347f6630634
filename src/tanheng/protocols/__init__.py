"""Field protocols: bytes ↔ readings, without sockets (design §3).

``hj212`` frames and reads HJ 212-2017 and HJ 212-2025, ``dlt645`` DL/T 645-2007. Both stand behind ``port.Decoder``: bytes go
in as they come, whole frames and refused bytes come out, and the memory held in between is bounded.
"""

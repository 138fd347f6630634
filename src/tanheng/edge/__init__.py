"""The plant terminal 碳计量终端: drivers, sampler, sealer, spool, uplink (design §4.1).

::

    device ─▶ driver ─▶ process image ─▶ sampler ─▶ journal ─▶ sealer ─▶ spool ─▶ uplink
                                                   (disk)     (signed)  (disk)    (acknowledged)

Installable alone (``pip install "tanheng[edge]"``): neither Django nor a database server. The terminal reads devices and never
writes to one. It keeps totals and provisional CO₂ by itself, without the platform.
"""

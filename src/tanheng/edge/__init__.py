"""The plant terminal: drivers, sampler, sealer, spool, uplink."""

"""The enterprise method: GB/T 32151.8-2015, which grew out of the NDRC guideline of 2013.

That each term exists is verified or implemented elsewhere; the exact notation has not been read. The chemistry is certain.
"""

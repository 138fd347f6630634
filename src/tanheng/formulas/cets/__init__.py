"""Clinker production under the national ETS: 《企业温室气体排放核算与报告指南 水泥行业》 (CETS-AG-02.01-V01-2024).

The body of the guideline has not been read; the formulas follow one implementation that prints them in its user interface.
"""

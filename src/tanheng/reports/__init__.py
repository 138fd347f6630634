"""Reports of an inventory: the workbook and the printed report, the same bytes for the same inventory and renderer."""

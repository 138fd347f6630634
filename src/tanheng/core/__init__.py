"""What every layer needs: errors, numbers, units, periods, rounding, identifiers. No input or output."""

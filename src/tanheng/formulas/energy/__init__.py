"""Energy in coal equivalent, consumption per tonne, and the limits of GB 16780-2021."""

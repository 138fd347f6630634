"""The carbon-flow network of a plant: nodes, edges and metering points, checked and drawn."""

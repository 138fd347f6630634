"""From a plant's inputs and a rule book to an inventory of traced figures."""

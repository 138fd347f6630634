"""From a rule book and a plant to the graph of the account."""

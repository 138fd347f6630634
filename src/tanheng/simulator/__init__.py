"""A simulated cement plant on real protocols, with scripted faults and the truth to compare with."""

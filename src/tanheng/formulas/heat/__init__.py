"""Heat bought and sold as steam or hot water, and its emissions."""

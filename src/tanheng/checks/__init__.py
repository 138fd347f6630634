"""The check catalogue: findings with id, severity, message, from and to."""

"""Field protocols: bytes to readings and back, without sockets."""

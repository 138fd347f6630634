"""The database: the embedded server, its logins, and the scope under which rows of a plant are seen."""

"""Standards as data: documents, parameters, tables and rule books, and the one module that opens them."""

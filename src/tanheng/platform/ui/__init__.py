"""The pages: the frame around them, and ledgers that need no views of their own."""

"""The shipped table and the user's own store of vintages, asked by one question."""

"""Claims against published figures, and against each other."""

"""What statements say against publications, and against each other."""

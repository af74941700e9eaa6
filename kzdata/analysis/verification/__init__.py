"""Published answers computed again: the checks behind ``kzdata verify``."""

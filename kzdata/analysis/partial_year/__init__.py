"""What part of a year says about the year."""

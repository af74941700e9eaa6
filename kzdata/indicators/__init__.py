"""Indicators: pure functions, frame to frame."""

"""Benchmarking: a series of few long periods spread over short ones, its sums kept."""

"""Measurements: ratios against a floor of the same run, never a test."""

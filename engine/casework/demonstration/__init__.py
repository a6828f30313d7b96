"""Demonstration: invented people and cases, driven through the real engine, marked as such."""

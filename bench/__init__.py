"""Measurements: what a step costs, against a floor or a naive way measured in the same run.

`python -m bench` runs all of them, `python -m bench step list` some. Sides run in turn (A B A B),
CPU time is that of this process unless said otherwise. Quote the ratios, not the milliseconds.
"""

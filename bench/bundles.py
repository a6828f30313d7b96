"""Bundles: the memory that the specifications of our own processes take when all are loaded."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from engine.bpmn import parser

PROCESSES = Path(__file__).parent.parent / "processes"


def report() -> Iterator[str]:
    """Build every process as a bundle of its own, and count what stays allocated."""
    files = {
        str(path.relative_to(PROCESSES)): path.read_bytes() for path in PROCESSES.rglob("*.bpmn")
    }
    parsed = parser.parse(files)
    gc.collect()
    tracemalloc.start()
    kept = [parser.bundle(files, key) for key in parsed.processes]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    yield f"| a cached bundle | {size / len(kept) / 1000:.0f} kB | mean of {len(kept)} processes |"

"""Run the measurements named, or all, and print a report in Markdown.

python -m bench [step space list http jobs bundles matters]
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator

from bench import bundles, jobs, lists, matters, space, steps, web
from engine import clock

MEASUREMENTS: dict[str, Callable[[], Iterator[str]]] = {
    "step": steps.report,
    "space": space.report,
    "list": lists.report,
    "http": web.report,
    "jobs": jobs.report,
    "bundles": bundles.report,
    "matters": matters.report,
}


def main() -> None:
    """Measure and print."""
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    for unknown in set(wanted) - set(MEASUREMENTS):
        sys.exit(f"There is no measurement {unknown}: choose among {' '.join(MEASUREMENTS)}.")
    print(f"# Measured on {clock.today().isoformat()}\n")
    print(f"{platform.python_implementation()} {platform.python_version()}, {_processor()},")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start.\n")
    print("| what | measured | beside |\n| --- | --- | --- |")
    for name in wanted:
        for line in MEASUREMENTS[name]():
            print(line, flush=True)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(one.split(":")[1].strip() for one in lines if one.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


if __name__ == "__main__":
    main()

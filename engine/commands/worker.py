"""The command that does deferred work: timers, messages, signals, calls.

    tongban worker          until it is told to stop (SIGTERM, SIGINT); finishes the job in hand
    tongban worker --once   what is due now

Several may run at once, on several machines; leases keep them apart.
"""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

import click

from engine import garbage
from engine.casework import housekeeping
from engine.commands.program import Program
from engine.process import worker as working


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
@click.pass_obj
def worker(program: Program, once: bool) -> None:
    """Do what is due, again and again."""
    if once:
        click.echo(f"{working.run_once(program.database, on_round=housekeeping.daily)} jobs done")
        return
    garbage.settle()
    stop = Event()

    def end(_number: int, _frame: Any) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    working.run(program.database, stop, on_round=housekeeping.daily)

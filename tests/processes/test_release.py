"""Our own diagrams are held to what we hold others to: the profile `release`, style and all."""

from __future__ import annotations

from engine.commands import paths
from engine.process import checking
from tests.processes.diagrams import FOLDER


def test_our_processes_have_no_error_and_no_warning_in_a_release() -> None:
    report = checking.check(paths.read([FOLDER]), profile="release", style=True)

    assert [str(one) for one in report.problems if one.severity != "hint"] == []
    assert report.ok and report.proofs.keys() == report.parsed.processes.keys()


def test_every_process_of_ours_is_proved_sound() -> None:
    report = checking.check(paths.read([FOLDER]), profile="release")

    assert {key: proof.verdict for key, proof in report.proofs.items()} == dict.fromkeys(
        report.parsed.processes, "sound"
    )

"""Every reason for which a text is refused is told in Chinese too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engine.bpmn.checks import reasons

BPMN = Path(reasons.__file__).parents[1]


def raised() -> list[str]:
    """Return every sentence that `ExpressionRefused` is raised with, parts filled in."""
    found = []
    for path in BPMN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ExpressionRefused":
                found += [_said(node.args[0])] if node.args else []
    return [one for one in found if one]


def _said(sentence: ast.expr) -> str:
    if isinstance(sentence, ast.Constant):
        return str(sentence.value)
    if isinstance(sentence, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "X9" for p in sentence.values]
        return "".join(map(str, parts))
    return ""


def test_every_sentence_has_its_chinese() -> None:
    sentences = [one for one in raised() if one != "X9"]  # a piece of the text itself

    assert len(sentences) > 25
    assert [one for one in sentences if reasons.chinese(one) == one] == []


@pytest.mark.parametrize(
    "sentence, told",
    [
        ("a call of __import__('os').system", "调用了 __import__('os').system"),
        ("text around ${…}", "${…} 之外还有文字"),
        ("'x' may mean something else in the other language", "'x' 在另一种语言中含义可能不同"),
        ("parameter amount", "参数 amount"),
    ],
)
def test_the_parts_are_kept(sentence: str, told: str) -> None:
    assert reasons.chinese(sentence) == told

"""Functions of numbers: rounding, remainders, roots and logarithms, all in 34 digits.

Rounding goes to a scale between the least and the greatest exponent of such a number. A remainder
has the sign of the divisor, as the standard defines it.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.builtins.signature import Body, Builtin, Signature, num, unwrapped
from engine.bpmn.decisions.feel.temporal import DaysDuration, MonthsDuration
from engine.bpmn.decisions.feel.values import NUMBERS, Unfit

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator

# The exponents a number of 34 digits can have (IEEE 754 decimal128).
LEAST_SCALE, MOST_SCALE = -6111, 6176


def _rounder(mode: str) -> Body:
    def rounded(run: Evaluator, n: Any, scale: Any) -> Decimal:
        value, places = num(n), num(scale)
        if not LEAST_SCALE <= places <= MOST_SCALE:
            raise Unfit(f"a scale lies between {LEAST_SCALE} and {MOST_SCALE}")
        return round_to(value, int(places), mode)

    return rounded


def _towards(mode: str) -> Body:
    def rounded(run: Evaluator, n: Any, scale: Any = None) -> Decimal:
        places = Decimal(0) if scale is None else num(scale)
        if not LEAST_SCALE <= places <= MOST_SCALE:
            raise Unfit(f"a scale lies between {LEAST_SCALE} and {MOST_SCALE}")
        return round_to(num(n), int(places), mode)

    return rounded


def round_to(value: Decimal, places: int, mode: str) -> Decimal:
    """Return a number with so many places; one that has fewer stays as it is."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    if value.adjusted() < -places - 1:  # so small that it is 0 or one unit
        value = Decimal((value.as_tuple().sign, (1,), -places - 2)) if value else value
    made = value.quantize(Decimal((0, (1,), -places)), rounding=mode, context=NUMBERS)
    return NUMBERS.plus(made)


def _abs(run: Evaluator, n: Any) -> Any:
    value = unwrapped(n)
    if isinstance(value, DaysDuration):
        return DaysDuration(abs(value.seconds))
    if isinstance(value, MonthsDuration):
        return MonthsDuration(abs(value.months))
    return abs(num(value))


def _modulo(run: Evaluator, dividend: Any, divisor: Any) -> Decimal:
    left, right = num(dividend), num(divisor)
    if right == 0:
        raise Unfit("a division by zero has no remainder")
    rest = NUMBERS.remainder(left, right)  # has the sign of the dividend
    return NUMBERS.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def _sqrt(run: Evaluator, number: Any) -> Decimal:
    value = num(number)
    if value < 0:
        raise Unfit("a negative number has no square root")
    return NUMBERS.sqrt(value)


def _log(run: Evaluator, number: Any) -> Decimal:
    value = num(number)
    if value <= 0:
        raise Unfit("only positive numbers have a logarithm")
    return NUMBERS.ln(value)


def _exp(run: Evaluator, number: Any) -> Decimal:
    return NUMBERS.exp(num(number))


def _parity(wanted: int) -> Body:
    def asked(run: Evaluator, number: Any) -> bool:
        value = num(number)
        if value != value.to_integral_value() or value.adjusted() > 33:
            raise Unfit("a whole number is needed")
        return int(value) % 2 == wanted

    return asked


_N = ("n",)
FUNCTIONS = (
    Builtin("decimal", Signature(_rounder(ROUND_HALF_EVEN), ("n", "scale"), 2)),
    Builtin("floor", Signature(_towards(ROUND_FLOOR), ("n", "scale"), 1)),
    Builtin("ceiling", Signature(_towards(ROUND_CEILING), ("n", "scale"), 1)),
    Builtin("round up", Signature(_rounder(ROUND_UP), ("n", "scale"), 2)),
    Builtin("round down", Signature(_rounder(ROUND_DOWN), ("n", "scale"), 2)),
    Builtin("round half up", Signature(_rounder(ROUND_HALF_UP), ("n", "scale"), 2)),
    Builtin("round half down", Signature(_rounder(ROUND_HALF_DOWN), ("n", "scale"), 2)),
    Builtin("abs", Signature(_abs, _N, 1)),
    Builtin("modulo", Signature(_modulo, ("dividend", "divisor"), 2)),
    Builtin("sqrt", Signature(_sqrt, ("number",), 1)),
    Builtin("log", Signature(_log, ("number",), 1)),
    Builtin("exp", Signature(_exp, ("number",), 1)),
    Builtin("odd", Signature(_parity(1), ("number",), 1)),
    Builtin("even", Signature(_parity(0), ("number",), 1)),
)

"""FEEL: the expression language of DMN, read and evaluated within bounds.

`compile_expression` and `compile_tests` turn a text into a tree once; `evaluator` walks it. There
is no attribute, import or call of Python behind it: a name is a key of the scope or one of the
functions listed in `builtins`. Numbers are decimals of 34 digits, as the standard asks.
"""

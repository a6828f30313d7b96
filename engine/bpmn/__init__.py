"""BPMN: the only package that imports SpiffWorkflow and lxml, and the last word on diagrams.

`xml` reads untrusted files, `parser` turns them into plain models and problems, `bundle` turns
models into frozen SpiffWorkflow specifications, `workflow` runs one instance of them. What
cannot be executed as the standard says is refused by the parser, never executed half.
The package knows no table and no clock of its own.
"""

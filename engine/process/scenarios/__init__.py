"""Scenarios: tests of processes that whoever draws the process can read and write.

A file in the folder `scenarios` beside a diagram says what is given, what people, messages and
time do, and what is expected of it. `reading` reads it, `playing` plays it on the interpreter of
the engine, `coverage` counts what was passed, `picture` draws the counts on the diagram, and
`checking` does all of that for a set of files. No database and no casework takes part.
"""

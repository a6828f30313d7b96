"""Connectors: how the program asks outside systems; it sees no table and no workflow.

`protocol` says what a connector is given, returns and raises; `http` speaks JSON over HTTP with a
system that the installation names; `configured` reads which ones there are. A connector is called
by a worker, outside any transaction, and may be called again with the same key.
"""

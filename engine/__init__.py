"""The engine: processes, cases, people and history; no web, no matter data of its own."""

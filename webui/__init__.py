"""The web: two Flask applications on the engine, one blueprint per person.

Pages are made on the server. Rules of law and of the record stay in `engine`; this package turns
requests into calls of it and its answers into pages, in Chinese and English.
"""

"""The 130 matters of the notice, as data: no database, no web.

One YAML file a matter, one edition of each; offices, districts and the published calendar beside
them. `loader` reads, `checks` compares across files, `matter` says what a matter is.
"""

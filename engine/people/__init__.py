"""People, offices, and what they may do; how they prove who they are.

Passwords, browser sessions and bearer tokens end in one thing: an `identity.Actor`, which every
engine function takes as `by`. Screens and the HTTP protocol live in `webui`.
"""

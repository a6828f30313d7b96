"""The record: what happened, provable; what is personal, encrypted and destroyable; who looked.

Inside the package the order is: canonical, keys, verifier, then history, then personal, access,
verify, checkpoint and export. Nothing here decides about a case; it keeps what others decided.
"""

"""Commands: one module per group, put together in `webui.main`. They parse, call, and print."""

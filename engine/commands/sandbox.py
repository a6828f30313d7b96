"""The command that plays every outside system, for trying out a process without them.

    tongban sandbox [--port 8100]

Name it in the file of connectors (`url: http://127.0.0.1:8100/courier`).
"""

from __future__ import annotations

import click

from engine.connectors import sandbox as played
from engine.connectors.sandbox.systems import SYSTEMS


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def sandbox(port: int, host: str) -> None:
    """Play the outside systems on one port, until told to stop."""
    try:
        server = played.make_server(port, host)
    except OSError as error:
        raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}") from error
    click.echo(f"{', '.join(sorted(SYSTEMS))} on http://{host}:{port}; nothing leaves this machine")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        server.server_close()

"""`replygate mcp`: serve the review API to an assistant by the Model Context Protocol."""

from importlib import import_module, metadata

import click

#: Loaded only by this command, because it needs the extra `replygate[mcp]`.
SERVER_MODULE = "replygate.assistant.mcp_server"


@click.command("mcp")
@click.option(
    "--actions-per-hour",
    type=click.IntRange(0, 1000),
    default=0,
    show_default=True,
    help="Offer the tools to decide and undo, up to this limit. The site's setting assistant_actions limits them too.",
)
def serve_mcp(actions_per_hour: int) -> None:
    """Let an assistant review comments by the Model Context Protocol, on standard input and output.

    It is a client of a running server: RG_URL, RG_SITE and RG_KEY name the server, the site and the assistant's key.
    See docs/mcp.md.
    """
    try:
        server = import_module(SERVER_MODULE)
    except ModuleNotFoundError as error:
        raise click.ClickException(f'Install the extra first: pip install "replygate[mcp]" ({error})') from error
    try:
        server.serve_stdio(actions_per_hour, metadata.version("replygate"))
    except server.ClientError as error:
        raise click.ClickException(str(error)) from error

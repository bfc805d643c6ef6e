"""Serving the workbench on this machine only."""

import socket
import threading
import webbrowser

import uvicorn

from papaver.app.errors import BadArguments
from papaver.app.http import create_app
from papaver.app.terminal import write
from papaver.app.workspace import OpenWorkspace

HOST = "127.0.0.1"


def serve(workspace: OpenWorkspace, port: int | None, browser: bool) -> None:
    """Serve until interrupted; a port given must be free, else the next free one above the setting is taken."""
    chosen = port if port is not None else _free_port(_configured(workspace))
    listening = _listen(chosen)
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(create_app(workspace), log_level="warning", access_log=False)
    write(f"Papaver: {workspace.name} at {address}   (stop with Ctrl-C)")
    if browser:
        threading.Timer(0.5, webbrowser.open, (address,)).start()
    uvicorn.Server(config).run(sockets=[listening])


def _configured(workspace: OpenWorkspace) -> int:
    try:
        return int(workspace.settings["port"])
    except ValueError as error:
        raise BadArguments(f"port={workspace.settings['port']} is not a number.") from error


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise BadArguments(f"Port {port} cannot be used: {error.strerror}.", "Say another one: --port 8766") from error
    listening.listen(128)
    return listening


def _free_port(first: int) -> int:
    for port in range(first, first + 20):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port
    return 0

"""Workspaces served to a real browser, and a browser that refuses to look away.

Every test that takes `workbench` runs on the demo and on the open Connecticut file. Every page that a test opens is
watched: a console error, a failed or refused request, or a request that leaves this machine fails the test.
"""

import json
import shutil
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

from papaver.app.adding import add
from papaver.app.demo.making import demo_workspace
from papaver.app.http import create_app
from papaver.app.http.pages import STATIC
from papaver.app.update import update
from papaver.app.workspace import OpenWorkspace, make_workspace, open_workspace

RAW = "connecticut_deaths/ct_accidental_drug_deaths_2012_2022.csv.gz"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# Two busy cores also draw the pages: what takes longer than this has failed.
WAIT_MS = 15_000


@dataclass(frozen=True)
class Workbench:
    """A served workspace, and the days on which a test looks at it."""

    address: str
    folder: Path
    simulated: bool
    latest: date
    earlier: date


def watched(page: Page, address: str, refused: tuple[int, ...]) -> list[str]:
    """The list to which all that goes wrong on a page is added; `refused` are the answers asked for on purpose."""
    problems: list[str] = []

    def console(message: ConsoleMessage) -> None:
        expected = any(f"status of {status}" in message.text for status in refused)
        if message.type in ("error", "warning") and not expected:
            problems.append(f"console {message.type}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400 and response.status not in refused:
            problems.append(f"{response.url} answered {response.status}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            problems.append(f"a request left the server: {request.url}")

    def failed(request: Request) -> None:
        # A page that moves on stops what it no longer waits for; that is not a failure.
        if request.failure != "net::ERR_ABORTED":
            problems.append(f"{request.url} failed: {request.failure}")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"error in the page: {error}"))
    page.on("response", answered)
    page.on("request", asked)
    page.on("requestfailed", failed)
    return problems


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium with a profile of its own."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("no chromium on the path: install the distribution's package")
    if not (STATIC / "index.html").is_file():
        pytest.fail("the workbench is not built: make web")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def serving(workspace: OpenWorkspace) -> Iterator[str]:
    """Serve a workspace on a free port of this machine; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(workspace), log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            pytest.fail("the server did not start")
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    workspace.desk.close()


@pytest.fixture(scope="session")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a workspace by name, made on first use; nobody writes to it."""
    kept: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in kept:
            folder = tmp_path_factory.mktemp("made") / name
            if name == "demo":
                workspace = demo_workspace(folder)
            else:
                workspace = make_workspace(folder, f'name = "{name}"\n')
                if name == "connecticut":
                    add(workspace, [request.getfixturevalue("data_dir") / RAW], "connecticut", 60, "increment")
                    for _ in update(workspace, date(2023, 3, 1)):
                        pass
            workspace.desk.close()
            kept[name] = folder
        return kept[name]

    return make


@pytest.fixture(scope="session")
def served(made: Callable[[str], Path]) -> Iterator[Callable[[str], str]]:
    """The address of a workspace that tests only read."""
    with ExitStack() as stack:
        known: dict[str, str] = {}

        def address(name: str) -> str:
            if name not in known:
                known[name] = stack.enter_context(serving(open_workspace(made(name))))
            return known[name]

        yield address


_DAYS = {
    "demo": (date(2026, 4, 7), date(2026, 3, 16)),
    "connecticut": (date(2023, 3, 1), date(2022, 6, 1)),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever is shown is shown on the demo and on real data."""
    if "workbench" in metafunc.fixturenames:
        both = ["demo", pytest.param("connecticut", marks=pytest.mark.data)]
        metafunc.parametrize("workbench", both, indirect=True)


@pytest.fixture
def workbench(request: pytest.FixtureRequest, made: Callable[[str], Path], served: Callable[[str], str]) -> Workbench:
    """The demo, then Connecticut; only read."""
    name = request.param
    return Workbench(served(name), made(name), name == "demo", *_DAYS[name])


@pytest.fixture
def api() -> Callable[[str], dict]:
    """What the server says at an address, to compare with what the page shows."""

    def ask(address: str) -> dict:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return json.load(answer)

    return ask


@pytest.fixture
def own_workbench(workbench: Workbench, tmp_path: Path) -> Iterator[Workbench]:
    """The same in a copy that the test may change."""
    folder = tmp_path / workbench.folder.name
    shutil.copytree(workbench.folder, folder)
    with serving(open_workspace(folder)) as address:
        yield Workbench(address, folder, workbench.simulated, workbench.latest, workbench.earlier)


@pytest.fixture
def serving_one() -> Iterator[Callable[[OpenWorkspace], str]]:
    """The address of a workspace that one test made."""
    with ExitStack() as stack:
        yield lambda workspace: stack.enter_context(serving(workspace))


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address as a person would; at the end every page must have been without fault."""
    problems: list[list[str]] = []
    with ExitStack() as stack:

        def opened(address: str, path: str = "/", *, refused: tuple[int, ...] = (), width: int = 1440) -> Page:
            context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            stack.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            page = context.new_page()
            problems.append(watched(page, address, refused))
            page.goto(address + path)
            return page

        yield opened
    assert [problem for of_page in problems for problem in of_page] == []

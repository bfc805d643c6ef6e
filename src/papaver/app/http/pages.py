"""The built workbench; every page is a URL."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).parents[1] / "static"
_UNBUILT = (
    "<!doctype html><meta charset=utf-8><title>Papaver</title>"
    "<p>The workbench is not built. Run <code>make web</code>, then reload. The API answers under /api/v1.</p>"
)


def mount(app: FastAPI) -> None:
    """Serve the files of the workbench, and its one page for every other address."""
    if (STATIC / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=STATIC / "assets"))

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        if path.startswith("api/"):
            return JSONResponse(
                {"error": f"/{path} does not exist.", "mend": "GET /api/v1/openapi.json lists the API."}, 404
            )
        file = (STATIC / path).resolve()
        if path and file.is_file() and file.is_relative_to(STATIC.resolve()):
            return FileResponse(file)
        index = STATIC / "index.html"
        return FileResponse(index) if index.is_file() else HTMLResponse(_UNBUILT, 503)

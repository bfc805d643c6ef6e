"""The workbench's server: `/api/v1` from the same types as the command line, and the built pages."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from papaver import __version__
from papaver.app.errors import Refusal, Unknown
from papaver.app.http import analyses, evidence, findings, pages, status
from papaver.app.values import BadParams
from papaver.app.workspace import OpenWorkspace
from papaver.desk.change import StaleItem
from papaver.desk.items import UnknownItem
from papaver.desk.status import DeskError

API = "/api/v1"
OPENAPI = f"{API}/openapi.json"


def routes() -> FastAPI:
    """The interface without a workspace behind it: what its OpenAPI document is made from."""
    app = FastAPI(title="Papaver", version=__version__, docs_url=None, redoc_url=None, openapi_url=OPENAPI)
    for module in (status, findings, analyses, evidence):
        app.include_router(module.router, prefix=API)
    return app


def create_app(workspace: OpenWorkspace) -> FastAPI:
    """The server of one workspace."""
    app = routes()
    app.state.workspace = workspace
    pages.mount(app)
    app.add_exception_handler(Exception, _told)
    for kind in (Refusal, DeskError):
        app.add_exception_handler(kind, _told)
    return app


async def _told(request: Request, error: Exception) -> JSONResponse:
    """Every error says what happened and what to do."""
    what = str(getattr(error, "what", error))
    body: dict[str, object] = {"error": what, "mend": str(getattr(error, "mend", ""))}
    if isinstance(error, StaleItem):
        body["item"] = findings.item_document(request.app.state.workspace, error.item)
        return JSONResponse(body, 409)
    if isinstance(error, UnknownItem | Unknown):
        return JSONResponse(body, 404)
    if isinstance(error, BadParams):
        body["errors"] = [{"field": e.field, "message": e.message} for e in error.errors]
    if isinstance(error, Refusal | DeskError):
        return JSONResponse(body, 422)
    return JSONResponse({"error": f"{type(error).__name__}: {what}", "mend": "The server's log says where."}, 500)

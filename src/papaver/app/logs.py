"""Logs: to standard error, as text or one JSON object a line."""

import json
import logging
import sys

from papaver.app.errors import BadArguments


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "name": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(told, ensure_ascii=False)


def set_up(arguments: list[str]) -> list[str]:
    """Set up the log as -v and --log json ask; returns the other arguments."""
    rest = [a for a in arguments if a not in ("-v", "--verbose")]
    formatter = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    if "--log" in rest:
        at = rest.index("--log")
        if rest[at + 1 : at + 2] not in (["json"], ["text"]):
            raise BadArguments("--log needs json or text.", "Example: papaver update --log json")
        formatter = _JsonLines() if rest[at + 1] == "json" else formatter
        rest = rest[:at] + rest[at + 2 :]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logger = logging.getLogger("papaver")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO if {"-v", "--verbose"} & set(arguments) else logging.WARNING)
    return rest

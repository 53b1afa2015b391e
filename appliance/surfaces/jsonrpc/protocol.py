"""JSON-RPC 2.0 without a transport: text in, text out.

As the specification says (jsonrpc.org/specification), and as its examples show. Where CCDciel is more
lenient, so is this: names in any case, a request without "jsonrpc", one empty parameter for none.
"""

import json
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from appliance.surfaces.jsonrpc.turns import Turns
from appliance.wire import plain

log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = (
    -32700, -32600, -32601, -32602, -32603,
)  # fmt: skip
MOST_IN_BATCH = 100
VERSION = "2.0"

Id = str | int | float | None
Call = Callable[[list[Any]], Awaitable[object]]


class RpcError(Exception):
    """What the client is told instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Method:
    """What is called by this name: its parameters in order, the last `optional` of which may be missing.

    `many`: any number of further parameters may follow. `run` gets them all and gives plain JSON.
    """

    name: str
    run: Call
    parameters: tuple[str, ...] = ()
    optional: int = 0
    many: bool = False


class Dispatcher:
    """Answers requests from a table of methods, one for each turn."""

    def __init__(self, methods: Mapping[str, Method], turns: Turns | None = None) -> None:
        self._turns = turns or Turns()
        self._methods = {name.upper(): method for name, method in methods.items()}

    async def answer(self, text: str | bytes) -> str | None:
        """The answer to one request or batch, None where none is due: it held notifications alone."""
        await self._turns.mine()
        try:
            asked = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return _dumps(_failed(None, RpcError(PARSE_ERROR, "Parse error")))
        if isinstance(asked, list):
            return await self._batch(asked)
        answered = await self._one(asked)
        return None if answered is None else _dumps(answered)

    async def _batch(self, asked: list[Any]) -> str | None:
        """In order, one after the other: what a script sends is meant as a sequence."""
        if not asked:
            return _dumps(_failed(None, RpcError(INVALID_REQUEST, "Invalid Request")))
        if len(asked) > MOST_IN_BATCH:
            return _dumps(_failed(None, RpcError(INVALID_REQUEST, f"More than {MOST_IN_BATCH} in one batch")))
        answers = []
        for one in asked:
            await self._turns.mine()
            answers.append(await self._one(one))
        given = [answer for answer in answers if answer is not None]
        return _dumps(given) if given else None

    async def _one(self, asked: Any) -> dict[str, Any] | None:
        id_ = asked.get("id") if isinstance(asked, dict) else None
        if not _is_id(id_):
            id_ = None
        try:
            name, params = _checked(asked)
        except RpcError as refused:
            return _failed(id_, refused)
        try:
            result = await self._call(name, params)
        except RpcError as refused:
            answer = _failed(id_, refused)
        except Exception as bug:
            log.error("the method %s failed", name, exc_info=bug)
            answer = _failed(id_, RpcError(INTERNAL_ERROR, f"Internal error: {bug!r}"))
        else:
            answer = {"jsonrpc": VERSION, "result": plain(result), "id": id_}
        return answer if "id" in asked else None

    async def _call(self, name: str, params: Any) -> object:
        method = self._methods.get(name.strip().upper())
        if method is None:
            raise RpcError(METHOD_NOT_FOUND, "Method not found")
        return await method.run(positional(method, params))


def positional(method: Method, params: Any) -> list[Any]:
    """The parameters in their order; RpcError when some are missing, or are not known by their name."""
    if isinstance(params, dict):
        given = _by_name(method, params)
    else:
        # What CCDciel's helper sends for no parameter at all.
        given = [] if params == [""] and not method.parameters else list(params)
    least = len(method.parameters) - method.optional
    if len(given) < least:
        raise RpcError(INVALID_PARAMS, f"Invalid number of parameter: {len(given)}, must be: {least}")
    return given if method.many else given[: len(method.parameters)]


def _by_name(method: Method, params: dict[str, Any]) -> list[Any]:
    known = {name.lower(): value for name, value in params.items()}
    if strange := [name for name in known if name not in method.parameters]:
        names = ", ".join(method.parameters) or "none"
        raise RpcError(INVALID_PARAMS, f"Invalid params: there is no {strange[0]!r}, there are: {names}")
    given: list[Any] = []
    for name in method.parameters:
        if name not in known:
            break
        given.append(known[name])
    if len(given) < len(known):
        raise RpcError(
            INVALID_PARAMS, f"Invalid params: {method.parameters[len(given)]} is missing before others"
        )
    return given


def _checked(asked: Any) -> tuple[str, Any]:
    """Method and parameters of a well-formed request; RpcError for any other."""
    if not isinstance(asked, dict):
        raise RpcError(INVALID_REQUEST, "Invalid Request")
    if asked.get("jsonrpc", VERSION) != VERSION:
        raise RpcError(INVALID_REQUEST, "JSON-RPC version not supported")
    name, params = asked.get("method"), asked.get("params", [])
    if not isinstance(name, str) or not isinstance(params, list | dict) or not _is_id(asked.get("id")):
        raise RpcError(INVALID_REQUEST, "Invalid Request")
    return name, params


def _is_id(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def _failed(id_: Id, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": VERSION, "error": {"code": error.code, "message": error.message}, "id": id_}


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _dumps(answer: Any) -> str:
    return json.dumps(answer, allow_nan=False)

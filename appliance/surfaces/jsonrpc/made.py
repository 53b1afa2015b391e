"""Making methods of short functions: parameters are checked here, failures told as CCDciel tells them."""

from collections.abc import Awaitable, Callable
from typing import Any

from appliance.errors import NightboxError
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import Unfit, failed, unavailable

Read = Callable[[Any], Any]
Result = dict[str, Any]


def value(name: str, read: Callable[[], object]) -> Method:
    """A value that is known at once."""

    async def run(_: list[Any]) -> object:
        return read()

    return Method(name, run)


def asked(name: str, read: Callable[[], Awaitable[object]]) -> Method:
    """A value that a device has to be asked for."""

    async def run(_: list[Any]) -> object:
        try:
            return await read()
        except NightboxError as refusal:
            raise unavailable(refusal.sentence) from refusal

    return Method(name, run)


def command(
    name: str, run: Callable[..., Awaitable[object]], *parameters: tuple[str, Read], optional: int = 0
) -> Method:
    """A command: each parameter's name and how it is read. What does not fit is "Failed!" and why."""

    async def checked(given: list[Any]) -> object:
        try:
            told = [read(one) for (_, read), one in zip(parameters, given, strict=False)]
            return await run(*told)
        except Unfit as wrong:
            return failed(wrong.reason)
        except NightboxError as refusal:
            return failed(refusal.sentence)

    return Method(name, checked, tuple(word for word, _ in parameters), optional)


def setting(name: str, parameter: str, keep: Callable[[Any], None]) -> Method:
    """A command that keeps something until it is needed."""

    async def run(given: Any) -> Result:
        keep(given)
        return {"status": "OK!"}

    return command(name, run, (parameter, lambda told: told))


def never(name: str, why: str, *parameters: str) -> Method:
    """A command for something that this box does not have."""

    async def run(_: list[Any]) -> Result:
        return failed(why)

    return Method(name, run, parameters)

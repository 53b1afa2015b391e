"""The way in for CCDciel's scripts and clients."""

from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, model_validator

from appliance.profile.section import Section


class JsonRpcSection(Section):
    """JSON-RPC and plain words on CCDciel's port; `host` "" is every address, `port` 0 any free one.

    From another machine one gets in with the token that `token_file` holds, or, with `open_to_all`, without.
    """

    host: str = "127.0.0.1"
    port: int = Field(3277, ge=0, le=65535)
    token_file: Path | None = None
    open_to_all: bool = False

    @model_validator(mode="after")
    def _guarded(self) -> "JsonRpcSection":
        if not _is_loopback(self.host) and self.token_file is None and not self.open_to_all:
            raise ValueError(
                f"host = {self.host!r} lets other machines in: add token_file, a file with a secret word, or"
                " open_to_all = true in a network of your own"
            )
        return self


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""What every table of a file a person writes has in common."""

from pydantic import BaseModel, ConfigDict

Setting = float | str | bool


class Section(BaseModel):
    """Base of every table of a file a person writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

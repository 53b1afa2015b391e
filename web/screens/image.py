"""/image/<sub>: one sub as a picture, by its number in the journal; tiles, thumbnails and the file itself."""

from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, send_file
from PIL import Image

from appliance.api import Api, Part, Pictures
from web.bridge import Bridge

THUMBNAIL = 192  # pixels: 96 on a phone with two to one
MAKING_SECONDS = 130.0  # a small computer takes some for a big frame
JPEG = "image/jpeg"
# A sub's pixels never change; only this phone keeps them.
KEEP = "private, max-age=86400, immutable"


def image(api: Api, bridge: Bridge) -> Blueprint:
    """The page of a picture, and what it is made of."""
    routes = Blueprint("image", __name__)

    def pictures() -> Pictures:
        found = bridge.call(lambda: api.pictures)
        if found is None:
            abort(404, "This box has no pictures of subs.")
        return found

    @routes.get("/image/<int:sub>")
    def index(sub: int) -> str:
        return render_template("image.html", tab="run", sub=sub)

    @routes.get("/image/<int:sub>/preview.jpg")
    def preview(sub: int) -> Response:
        path = bridge.ask(pictures().preview(sub), MAKING_SECONDS)
        return _kept(send_file(path.absolute(), mimetype=JPEG, conditional=True))

    @routes.get("/image/<int:sub>/thumb.jpg")
    def thumbnail(sub: int) -> Response:
        path = bridge.ask(pictures().kept_preview(sub))
        if path is None:
            abort(404, "There is no preview yet: the command picture makes one.")
        return _kept(Response(_small(path), mimetype=JPEG))

    @routes.get("/image/<int:sub>/tile/<int:number>.jpg")
    def tile(sub: int, number: int) -> Response:
        return _kept(Response(_part(bridge.ask(pictures().tile(sub, number), MAKING_SECONDS)), mimetype=JPEG))

    @routes.get("/image/<int:sub>/file")
    def file(sub: int) -> Response:
        path = bridge.ask(pictures().fits(sub))
        return send_file(
            path.absolute(), mimetype="application/fits", as_attachment=True, download_name=path.name
        )

    return routes


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = KEEP
    return answer


def _small(path: Path) -> bytes:
    small = BytesIO()
    with Image.open(path) as picture:
        picture.draft(None, (THUMBNAIL, THUMBNAIL))  # decodes an eighth or a quarter of it: some milliseconds
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
        picture.save(small, "JPEG", quality=80)
    return small.getvalue()


def _part(part: Part) -> bytes:
    with part.path.open("rb") as file:
        file.seek(part.offset)
        return file.read(part.length)

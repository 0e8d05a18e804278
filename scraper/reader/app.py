"""The web application: what each address shows, and the pages for errors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from pipelines.errors import UsageError, VietnamvnError, in_words
from pipelines.report.templates import direction, style, templates, visible
from pipelines.storage import Store
from scraper.messages import tell
from scraper.reader import article, finding, revisions, side, taking
from scraper.reader.asked import QueryValues
from scraper.reader.guard import Guard
from scraper.reader.shown import Download, NotThereError, ShownPage
from scraper.reader.stores import Stores

MakePage = Callable[[Store, QueryValues], "ShownPage | Download"]
PAGES: Mapping[str, MakePage] = {
    "/": finding.find,
    "/refused": finding.refused_pages,
    "/article": article.article,
    "/raw": article.raw,
    "/side": side.side_by_side,
    "/revisions": revisions.revisions,
    "/take": taking.take_out,
    "/file": taking.file,
}
"""Every address that shows something of the store, with the function that makes its page."""
_TITLES = {404: "Not here", 405: "Not allowed", 503: "The store cannot be read"}


class Sent(StreamingResponse):
    """A file that is made while it is sent; its generator is closed even if the browser disconnects."""

    def __init__(self, content: Generator[bytes, None, None], *, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(content, media_type=media_type, headers=headers)
        self._content = content

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._content.close()


@dataclass(slots=True)
class Reader:
    """One store as pages; `images` says whether pictures are loaded from the site."""

    stores: Stores
    images: bool = False
    templates: Any = field(default_factory=lambda: templates("scraper.reader", purpose="vietnamvn read"))

    def html(self, page: ShownPage, *, status: int = 200) -> HTMLResponse:
        """A page as an HTTP response."""
        values = {
            "store_name": self.stores.name,
            "older_version": self.stores.older_version,
            "images": self.images,
            "visible": lambda text: visible(str(text)),
            "direction": direction,
            "path": page.path,
        }
        text = self.templates.get_template(page.template).render({**values, **page.values})
        return HTMLResponse(text.encode("utf-8", "replace"), status_code=status)

    def failed(self, status: int, message: str) -> HTMLResponse:
        """The page for an error."""
        title = _TITLES.get(status, "This cannot be shown")
        return self.html(ShownPage("failed.html.j2", {"title": title, "message": message}), status=status)

    def answer(self, make: MakePage, request: Request) -> Response:
        """Make a page; an error becomes a page too."""
        try:
            asked = QueryValues.read(request.scope["query_string"])
            with self.stores.lent() as store:
                made = make(store, asked)
            if isinstance(made, ShownPage):
                return self.html(made)
            if isinstance(made.content, bytes):
                return Response(made.content, media_type=made.media_type, headers=made.headers)
            return Sent(self._sent(made.content), media_type=made.media_type, headers=made.headers)
        except NotThereError as error:
            return self.failed(404, str(error))
        except UsageError as error:
            return self.failed(400, str(error))
        except VietnamvnError as error:
            return self.failed(503, str(error))
        except Exception as error:  # a page that fails must not end the others
            tell(in_words(error))
            return self.failed(500, "An internal error of the reader; the terminal in which it was started shows it.")

    def _sent(self, content: Callable[[Store], Iterator[bytes]]) -> Generator[bytes, None, None]:
        with self.stores.lent() as store:
            try:
                yield from content(store)
            except Exception as error:  # part is sent already: raising breaks the download off
                tell(in_words(error))
                raise


def application(stores: Stores, *, host: str, images: bool = False) -> Guard:
    """The ASGI application; `host` is the name by which it may be asked, besides IP addresses and localhost."""
    reader = Reader(stores, images)
    sheet = style() + files("scraper.reader").joinpath("reader.css").read_text(encoding="utf-8")
    script = files("scraper.reader").joinpath("keys.js").read_text(encoding="utf-8")

    def refused(status: int, message: str) -> Any:
        return reader.failed(status, message)

    def failed(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return reader.failed(status, "There is no such page." if status == 404 else "This is not answered.")

    app = Starlette(
        routes=[
            *(Route(path, functools.partial(_endpoint, reader, make)) for path, make in PAGES.items()),
            Route("/style.css", lambda _: Response(sheet, media_type="text/css")),
            Route("/keys.js", lambda _: Response(script, media_type="text/javascript")),
            Route("/favicon.ico", lambda _: Response(status_code=204)),
        ],
        exception_handlers={HTTPException: failed, 404: failed, 405: failed},
    )
    app.router.redirect_slashes = False
    return Guard(app, refused, host, images)


def _endpoint(reader: Reader, make: MakePage, request: Request) -> Response:
    return reader.answer(make, request)

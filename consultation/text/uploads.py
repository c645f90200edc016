"""Files that people send: no more of one is kept than its limit, in memory or on disk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]


class UpTo(FileUploadHandler):
    """Drops a file that grows over `limit` bytes and remembers it in `too_large`; the rest of the form arrives.

    Put before the other handlers of a request, ahead of the first look at its form.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.too_large = limit, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > self.limit:
            self.too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""


def bounded(most: int) -> Callable[[View], View]:
    """A view whose form keeps no file over `most` bytes; it is told by `limit`, whose `too_large` says of one.

    The token of the form is checked once the limit is set: before that nothing may look at the form.
    """

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            limit = UpTo(most)
            request.upload_handlers.insert(0, limit)
            return checked(request, *args, limit=limit, **kwargs)

        return answer

    return decorate

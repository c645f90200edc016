"""Files that people send: no more of one is kept than its limit, in memory or on disk."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


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

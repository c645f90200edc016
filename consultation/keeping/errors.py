"""What keeps a backup or a restore from being done."""


class BackupProblem(Exception):  # noqa: N818 - named for what it says
    """The text says what is wrong and what to do; nothing was changed where it does not say so."""

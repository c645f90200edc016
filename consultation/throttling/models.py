"""How much was asked lately: one row for whom, what and when, shared by all processes."""

from django.db import connection, models

# One statement, so that requests at the same moment are all counted; the same words for both databases.
_ADD = (
    "INSERT INTO throttling_tally (key, number, until) VALUES (%s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET number = throttling_tally.number + excluded.number RETURNING number"
)


class Tally(models.Model):
    """A count that means nothing after `until`, in seconds of the epoch; the key tells nothing of whose it is."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.BigIntegerField()
    until = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.number} until {self.until}"


def add(key: str, number: int, until: int) -> int:
    """Add to the count of this key and give what it is then."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [key, number, until])
        return int(cursor.fetchone()[0])

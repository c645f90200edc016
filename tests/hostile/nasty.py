"""Values that have broken applications."""

NASTY = (
    *("", " ", "-1", "0", "1e9", "1.5", "NaN", "Infinity", "٣", "²", "9" * 22, "2147483648", "9223372036854775808"),
    *("null", "[]", "{}", "None", "true", "\0", "a\0b", "\ufffe", "\u202e", "\u2066x", "\r\nX: y", "\x1b[2J"),
    *("' OR 1=1 --", "id;DROP TABLE x", '"><script>alert(1)</script>', "{{ settings.SECRET_KEY }}", "{% debug %}"),
    *("%s%n%d", "../../etc/passwd", '" unclosed', "* NEAR( ^ :", "(" * 300, "> " * 300 + "x", "a" * 5_000),
    *("x:y", "1:", ":1", "comment-000000000000:99999999999", "p8:999999999999999999999", "pol3", "p9", "question-1"),
    *("0000-00-00", "2026-02-30T25:61", "9999-12-31T23:59:59Z", "9999-12-31", "0001-01-01", "0001-01-01T00:00"),
    *("00000000-0000-0000-0000-00000000000g", "=1+1", "//evil.example", "javascript:alert(1)", "e\u0301", "\u200b"),
)
LONE = "\ud800"  # half a character, which no text can hold

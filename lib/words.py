"""Words as they are searched: small letters without accents. The database folds alike (crm/migrations)."""

import re
import unicodedata

ACCENTS = re.compile("[\u0300-\u036f]")
BETWEEN = re.compile(r"[\W_]+")
LAST_CHARACTER = "\U0010ffff"
MOST_WORDS = 6


def folded(text: str) -> str:
    return ACCENTS.sub("", unicodedata.normalize("NFD", text.lower()))


def words_in(text: str) -> list[str]:
    """The first few words of what somebody typed, each once."""
    return list(dict.fromkeys(word for word in BETWEEN.split(folded(text)) if word))[:MOST_WORDS]

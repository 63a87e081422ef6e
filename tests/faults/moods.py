"""A mail server that answers by the dice."""

from collections import Counter

from tests.notifications.mail_server import MisbehavingServer


class Moody(MisbehavingServer):
    """Most mails are taken, some refused for now or for good, some taken without a word."""

    MOODS = [("450 busy", 4), ("550 nobody", 4), ("drop", 3), ("silence", 1), (None, 88)]

    def __init__(self, thrown, *, silence: float):
        super().__init__(silence=silence)
        self.thrown = thrown
        self.moods: Counter = Counter()

    def next_answer(self, answers, recipient: str):
        is_at_the_end = answers is self.at_data
        mood = self.thrown.choices(*zip(*self.MOODS, strict=True))[0]
        if mood in ("drop", "silence") and not is_at_the_end:
            return None
        self.moods[mood or "taken"] += 1
        return mood

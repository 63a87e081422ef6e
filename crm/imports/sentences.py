"""What is wrong, in words fit to show."""

from django.utils.translation import gettext_lazy as _

from crm.models import ImportProblem

SENTENCES = {
    # a row
    "cell_count": _("This row has %(first)s cells; the header has %(second)s."),
    "duplicate": _("Row %(detail)s says the same thing already."),
    # a cell that cannot be read
    "required": _("A value is needed."),
    "too_long": _("This text is too long: at most %(limit)s characters."),
    "control_character": _("This text holds a line break or another character that cannot be shown."),
    "not_a_number": _("“%(original)s” is not a number: write digits, with a point before the decimals."),
    "too_many_digits": _("“%(original)s” has too many digits before the point."),
    "too_many_decimals": _("“%(original)s” has too many digits after the point."),
    "out_of_range": _("%(original)s is out of range."),
    "not_whole": _("“%(original)s” is not a whole number."),
    "not_a_day": _("“%(original)s” is not a day: write it as 2026-11-22."),
    "day_out_of_range": _("%(original)s is not between 1900 and 2200."),
    "not_a_time": _("“%(original)s” is not a time: write it as 2026-11-22T14:30 or 2026-11-22T14:30+01:00."),
    "not_yes_no": _("“%(original)s” is neither yes nor no."),
    "not_allowed": _("“%(original)s” is none of %(allowed)s."),
    "not_a_currency": _("“%(original)s” is not a currency: write three letters such as EUR."),
    "not_an_email": _("“%(original)s” is not an e-mail address."),
    "not_a_key": _("“%(original)s” is not a key: small letters, digits and hyphens, at most 40."),
    "not_a_list": _("“%(original)s” is not a list: words of at most 60 characters between semicolons."),
    # a reference
    "unknown_reference": _("There is no %(column)s “%(original)s”."),
    "ambiguous_reference": _("“%(original)s” means more than one %(column)s."),
    # shares
    "not_shares": _("“%(original)s” are not shares: write E1:60;E2:40, in percent."),
    "unknown_member": _("There is no member “%(detail)s”."),
    "shared_twice": _("“%(original)s” names a member twice."),
    "shares_not_whole": _("The shares add up to %(detail)s%%, not to 100%%."),
    # what cannot be
    "taken": _("“%(original)s” belongs to another member already."),
    "no_administrator": _("Nobody would be left as an active administrator."),
    "circle": _("This team would stand below itself."),
    "ends_before_it_starts": _("%(original)s is not after the first day."),
    "overlaps": _("The member is in this team on some of these days already."),
    "conflicting_name": _("An earlier row calls it “%(detail)s”."),
    "own_currency": _("%(original)s is the organization's own currency: it needs no rate."),
    "choices_needed": _("A choice needs choices."),
    "kind_stays": _("The kind of a field that is there cannot change."),
    "position_incomplete": _("A position needs all of its parts, or none."),
    "position_needed": _("This kind of activity needs a position with its accuracy."),
    "won_needs_day": _("A won opportunity needs the day on which it was won."),
    "not_won": _("This stage is not a won one, so there is no day on which it was won."),
    "lost_needs_day": _("A lost opportunity needs the day on which it was lost."),
    "not_lost": _("This stage is not a lost one, so there is no day on which it was lost."),
    "rate_missing": _("There is no exchange rate for %(original)s on this day."),
}
# Problems of a file as a whole carry their own sentence in `detail`.


def sentence_of(problem: ImportProblem, limit: int | None = None, allowed: tuple[str, ...] = ()) -> str:
    """The problem in the reader's language."""
    if problem.row_number is None:
        return problem.detail
    first, _space, second = problem.detail.partition(" ")
    words = {
        "column": problem.column.replace("_", " "),
        "original": problem.original[:80],
        "detail": problem.detail,
        "first": first,
        "second": second,
        "limit": limit,
        "allowed": ", ".join(allowed),
    }
    return str(SENTENCES[problem.code]) % words

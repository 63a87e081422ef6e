"""Agreements that are being written, by one person each. What they say so far is nobody else's business: the record
begins when an agreement becomes of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Agreement, Draft
from agreements.services.concluding import amend_agreement, conclude_agreement
from agreements.services.summaries import configure_summaries
from agreements.services.terms import Terms
from tenants.models import Member
from tenants.refusals import Refused

MOST_DRAFTS = 50
Steps = dict[str, dict[str, list[str]]]


class Stale(Refused):
    """The draft was changed elsewhere since its form was opened; `draft` is what it is now."""

    def __init__(self, draft: Draft):
        super().__init__(_("This draft was changed in another window. Look at it, then go on."))
        self.draft = draft


@transaction.atomic
def begin_draft(*, actor: Member, key: str, at: datetime) -> Draft:
    """An empty draft. A form with the same key begins one, however often it is sent."""
    Member.objects.select_for_update(no_key=True).get(pk=actor.pk)  # who sends it twice at once waits
    begun = Draft.objects.filter(key=key).first()
    if begun and begun.member_id == actor.pk:
        return begun
    if begun or Agreement.objects.filter(form_key=key).exists():
        raise Refused(_("An agreement has been made with this form already. Begin a new one."))
    check_count(actor)
    return Draft.objects.create(member=actor, key=key, changed_at=at)


@transaction.atomic
def begin_amendment(*, actor: Member, agreement: Agreement, steps: Steps, at: datetime) -> Draft:
    """A draft that holds what is agreed now. One that the same person has begun on the same state is taken up again."""
    agreement = held(agreement)
    if agreement.is_archived:
        raise Refused(_("The agreement is archived. Bring it back first."))
    begun = Draft.objects.select_for_update(of=("self",)).filter(member=actor, agreement=agreement).first()
    if begun and begun.agreed_version == agreement.version:
        return begun
    if begun:
        begun.delete()
    check_count(actor)
    return Draft.objects.create(
        member=actor, agreement=agreement, agreed_version=agreement.version, steps=steps, changed_at=at
    )


@transaction.atomic
def begin_from(*, actor: Member, source: Agreement, is_renewal: bool, steps: Steps, at: datetime) -> Draft:
    """A draft of another agreement like the source. One that the same person has begun so, and not touched since, is
    taken up again."""
    source = held(source)
    alike = Draft.objects.filter(member=actor, source=source, is_renewal=is_renewal, version=1, steps=steps)
    if begun := alike.first():
        return begun
    check_count(actor)
    return Draft.objects.create(member=actor, source=source, is_renewal=is_renewal, steps=steps, changed_at=at)


@transaction.atomic
def keep_step(
    *, draft: Draft, version: int, step: str, typed: dict[str, list[str]], is_right: bool, at: datetime
) -> Draft:
    """Keeps what a step says, right or wrong. Raises Stale. What is wrong counts as no other state of the draft, so
    that it can be sent again."""
    draft = taken_up(draft, version)
    draft.steps[step] = typed
    draft.changed_at, draft.version = at, draft.version + is_right
    draft.save(update_fields=["steps", "changed_at", "version"])
    return draft


@transaction.atomic
def conclude_draft(
    *,
    actor: Member,
    draft: Draft,
    version: int,
    terms: Terms,
    at: datetime,
    summaries: dict | None = None,
    reason: str = "",
) -> Agreement:
    """Makes the agreement, or the change of the one that it amends, and drops the draft. `summaries` say who gets those
    of a new one (agreements.services.summaries.configure_summaries). Raises Refused, Outdated."""
    draft = taken_up(draft, version)
    if draft.agreement:
        agreement = amend_agreement(
            actor=actor, agreement=draft.agreement, version=draft.agreed_version or 0, terms=terms, reason=reason
        )
    else:
        follows = draft.source if draft.is_renewal else None
        agreement = conclude_agreement(actor=actor, terms=terms, follows=follows, key=str(draft.key))
        if summaries:
            configure_summaries(actor=actor, agreement=agreement, version=agreement.version, at=at, **summaries)
            agreement.refresh_from_db()
    draft.delete()
    return agreement


@transaction.atomic
def drop_draft(*, draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).delete()


def taken_up(draft: Draft, version: int) -> Draft:
    """The draft as it is now, held until the transaction ends. Raises Stale, or Refused where it is gone."""
    rows = Draft.objects.select_for_update(of=("self",)).select_related("agreement", "source")
    now = rows.filter(pk=draft.pk, member=draft.member_id).first()
    if now is None:
        raise Refused(_("This draft is not there any more: an agreement was made of it, or it was thrown away."))
    if now.version != version:
        raise Stale(now)
    return now


def held(agreement: Agreement) -> Agreement:
    """The agreement as it is now; who begins a second draft from it meanwhile waits."""
    return Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)


def check_count(actor: Member) -> None:
    if Draft.objects.filter(member=actor).count() >= MOST_DRAFTS:
        raise Refused(_("You have %d drafts. Finish one of them, or throw one away.") % MOST_DRAFTS)

"""Questions about goals that read as phrases."""

from django.db.models import F, Max, Q

from tenants.scope import OwnedQuerySet


class GoalQuerySet(OwnedQuerySet):
    def held(self):
        """Not archived."""
        return self.filter(is_archived=False)

    def of(self, people):
        """Their own, not those of their teams."""
        return self.filter(person__in=people)

    def of_teams(self, teams):
        return self.filter(team__in=teams)

    def movable_by(self, person, *, on):
        """The person's own running goals, which they put in order; a second recurrence goes where its first goes."""
        return self.of([person.pk]).going_on(on=on).filter(is_assigned=False, second_of=None, starts_on__lte=on)

    def firsts(self):
        """Without those that are another goal's second recurrence."""
        return self.filter(second_of=None)

    def going_on(self, *, on):
        """Begun or still to come, and not over on that day."""
        return self.held().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def on_shelf(self, shelf, *, on):
        """The goals of a list: running, over or archived."""
        if shelf == "archived":
            return self.filter(is_archived=True)
        return self.held().filter(ends_on__lt=on) if shelf == "over" else self.going_on(on=on)

    def due(self, *, on):
        """Going on, with neither a figure ahead of that day nor one for their last period."""
        counted = Q(periods__figure__isnull=False)
        begun = Q(counted_from=None) | Q(counted_from__lte=on)
        unfinished = Q(counted_until=None) | Q(ends_on=None) | Q(counted_until__lte=F("ends_on"))
        return (
            self.going_on(on=on)
            .annotate(counted_from=Max("periods__first_on", filter=counted))
            .annotate(counted_until=Max("periods__until", filter=counted))
            .filter(begun, unfinished)
        )

    def in_order(self):
        """Person by person, as each sees them: the manager's first, then in the person's own order."""
        return self.order_by("person__name", "person_id", "team__name", "team_id", "-is_assigned", "position", "id")

    def with_names(self):
        return self.select_related("person", "team", "segment", "own_measure", "created_by")


class GoalPeriodQuerySet(OwnedQuerySet):
    def newest_of(self, goals):
        """Of each goal the last period that is planned."""
        return self.filter(goal__in=goals).order_by("goal_id", "-first_on").distinct("goal_id")

    def present(self, *, on):
        """Of each goal the period of that day or, if it has not begun, its first one."""
        return self.filter(until__gt=on).order_by("goal_id", "first_on").distinct("goal_id")

    def standing(self, *, on):
        """The same, of goals that are not over: found without comparing a goal's periods with each other."""
        return self.filter(Q(first_on__lte=on) | Q(first_on=F("goal__starts_on")), until__gt=on)

    def over(self, *, on):
        return self.filter(until__lte=on)

    def unclosed(self, *, on):
        """Over, and their result not kept yet."""
        return self.over(on=on).filter(closing_value=None)

    def newsworthy(self, *, on, since):
        """With a target and an up-to-date figure, begun and not over before the day after `since`; of goals that are
        held. A period that was over when it was planned is no news."""
        counted = self.filter(target__gt=0, figure__is_live=True, figure__stale_since=None)
        spoken_of = counted.filter(goal__is_archived=False, first_on__lte=on, until__gt=since)
        return spoken_of.filter(Q(planned_on=None) | Q(planned_on__lt=F("until")))

    def turned(self):
        """By the kept figure, the target is reached (a limit broken) and people do not know it, or they were told so
        and it is not so any more."""
        reached = Q(goal__lower_is_better=False, figure__value__gte=F("target"))
        broken = Q(goal__lower_is_better=True, figure__value__gt=F("target"))
        missed = Q(goal__lower_is_better=False, figure__value__lt=F("target"))
        kept = Q(goal__lower_is_better=True, figure__value__lte=F("target"))
        return self.filter(Q(reached | broken, is_told_reached=False) | Q(missed | kept, is_told_reached=True))

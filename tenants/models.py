"""Organizations and the people in them."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from lib.colours import ink_on
from tenants.querysets import InvitationQuerySet, MemberQuerySet, MembershipQuerySet
from tenants.scope import OwnedForeignKey, OwnedManager, OwnedModel

ACCENT = "#3a4fd0"  # the product's own
WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class Organization(models.Model):
    """One organization: its calendar, its money, its words. Every day is a local day of its time zone."""

    runtime_rights = "SELECT, INSERT, UPDATE"
    system_rights = "SELECT"

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, default="en")
    colour = models.CharField(_("colour of mails"), max_length=7, default=ACCENT, db_default=ACCENT)
    week_start = models.PositiveSmallIntegerField(_("first day of the week"), choices=WEEKDAYS, default=0)
    fiscal_year_month = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    fiscal_year_day = models.PositiveSmallIntegerField(
        _("fiscal year starts on day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    working_weekdays = ArrayField(models.PositiveSmallIntegerField(choices=WEEKDAYS), default=monday_to_friday)
    holiday_country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    holiday_region = models.CharField(_("region of the holidays"), max_length=10, blank=True)
    green_from = models.DecimalField(_("green from"), max_digits=6, decimal_places=4, default=1)
    orange_from = models.DecimalField(_("orange from"), max_digits=6, decimal_places=4, default="0.5")
    shows_leaderboard = models.BooleanField(_("teams see who is ahead"), default=True)
    uses_plan_rates = models.BooleanField(_("convert at the year's plan rate"), default=False)
    requires_two_steps_of_admins = models.BooleanField(_("administrators sign in in two steps"), default=False)
    skipped_steps = ArrayField(models.CharField(max_length=20), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager("id")

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(orange_from__gt=0, orange_from__lt=F("green_from")),
                name="organization_orange_starts_below_green",
            ),
            models.CheckConstraint(
                condition=Q(working_weekdays__len__gt=0, working_weekdays__contained_by=list(range(7))),
                name="organization_works_on_a_weekday",
            ),
            models.CheckConstraint(
                condition=Q(week_start__lte=6),
                name="organization_week_starts_on_a_weekday",
            ),
            models.CheckConstraint(
                condition=Q(colour__regex=r"^#[0-9a-f]{6}$"), name="organization_colour_is_red_green_blue"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def ink(self) -> str:
        """What is read well on its colour."""
        return ink_on(self.colour)


class Holiday(OwnedModel):
    """A day off of the organization's own, beside the public holidays of its country."""

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "day"], name="holiday_once_a_day")]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class TimeFormat(models.TextChoices):
    USUAL = "", _("as usual in the language")
    OF_24_HOURS = "24", _("24 hours (17:30)")
    OF_12_HOURS = "12", _("12 hours (5:30 PM)")


class User(AbstractBaseUser):
    """A person who can sign in; what they may do is said by their membership of each organization.

    An empty `language` is that of the organization, an empty `time_format` that of the language.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")
    time_format = models.CharField(
        _("time of day"), max_length=2, choices=TimeFormat, blank=True, default="", db_default=""
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Func("email", function="lower")),
                name="user_email_in_lower_case",
            )
        ]

    def __str__(self):
        return self.name or self.email


class Role(models.TextChoices):
    ADMIN = "admin", _("administrator")
    MANAGER = "manager", _("manager")
    REP = "rep", _("sales rep")
    VIEWER = "viewer", _("viewer")


class Member(OwnedModel):
    """A person's place in an organization. Members are deactivated, never deleted: their facts stay theirs."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REP)
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager.from_queryset(MemberQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once_in_an_organization"),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                name="member_external_id_is_unique",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_is_known"),
        ]

    def __str__(self):
        return self.name


class Team(OwnedModel):
    """A node of the tree of teams. Whoever manages a team also manages every team below it."""

    name = models.CharField(_("name"), max_length=120)
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)
    parent = OwnedForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    manager = OwnedForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_teams",
    )

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                name="team_external_id_is_unique",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="team_is_not_its_own_parent"),
        ]

    def __str__(self):
        return self.name


class TeamMembership(OwnedModel):
    """Who was in a team, from a day on and (when it has ended) until the day before `until`."""

    team = OwnedForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    member = OwnedForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    first_on = models.DateField(_("from"))
    until = models.DateField(_("until (not included)"), null=True, blank=True)

    objects = OwnedManager.from_queryset(MembershipQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("first_on")),
                name="membership_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="membership_of_a_team_does_not_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    ("member", RangeOperators.EQUAL),
                    (
                        Func("first_on", "until", function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class Invitation(OwnedModel):
    """A seat offered by mail. Only the hash of its token is kept: whoever reads this row cannot take the seat."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REP)
    team = OwnedForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invited_by = OwnedForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by"))
    token_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = OwnedManager.from_queryset(InvitationQuerySet)()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once_an_address",
            ),
            models.UniqueConstraint(fields=["organization", "token_hash"], name="invitation_token_is_unique"),
            models.CheckConstraint(
                condition=Q(email=Func("email", function="lower")), name="invitation_email_in_lower_case"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_ends_in_one_way"
            ),
        ]

    def __str__(self):
        return self.email

    def is_expired(self, at: datetime) -> bool:
        return self.expires_at <= at


class SignUp(models.Model):
    """Somebody who asks for an organization and has not shown yet that the address is theirs.

    Neither the person nor the organization exists before that: nobody takes a stranger's address, and what is never
    confirmed is one row to delete. The organization's address is kept for them meanwhile.
    """

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    password = models.CharField(max_length=128, blank=True, editable=False)
    organization_name = models.CharField(_("name of the organization"), max_length=120)
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    country = models.CharField(_("country"), max_length=2)
    form_key = models.UUIDField(unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.email}: {self.slug}"

"""The first wall between organizations: owned rows cannot be reached while no organization is open.

`django-scopes` keeps the open organization in a context variable. Its disabled queryset lets some questions through
(exists, subqueries, async iteration, bulk_create, the base manager, save and delete): `OwnedManager` and `OwnedModel`
close these holes. The second wall, row-level security, stands in `tenants.walls`; `open_organization` opens both.
"""

from contextlib import contextmanager

from django.db import connections, models, transaction
from django.db.models.sql import Query
from django.db.models.sql.where import AND, WhereNode
from django_scopes import ScopeError, get_scope, scope, scopes_disabled

__all__ = [
    "OwnedForeignKey",
    "OwnedManager",
    "OwnedModel",
    "OwnedQuerySet",
    "ScopeError",
    "bind",
    "open_organization",
    "open_organization_id",
    "unscoped",
]


def open_organization_id() -> int:
    """The id of the organization that is open here; raises ScopeError when none is."""
    state = get_scope()
    if "organization" not in state or state["organization"] is None:
        raise ScopeError("No organization is open here: use tenants.scope.open_organization().")
    return state["organization"]


@contextmanager
def unscoped(why: str):
    """Lifts the first wall for the owner's and the ticker's work. `why` is for the reader; it must not be empty."""
    if not why:
        raise ValueError("Say why all organizations are needed at once.")
    with scopes_disabled():
        yield


def bind(organization_id: int | None, using: str = "default") -> None:
    """Tells the database which organization this transaction serves; forgotten when the transaction ends.

    Just-in-time compilation goes off with it: it costs our short statements more than it saves them. So do helpers of
    the database for less than about a tenth of a second's work: on a busy machine a statement waits for them.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            """SELECT set_config('app.organization_id', %s, true), set_config('jit', 'off', true),
            set_config('parallel_setup_cost', '20000', true)""",
            [str(organization_id or "")],
        )


@contextmanager
def open_organization(organization_id: int, using: str = "default"):
    """Opens both walls for one organization and one transaction: the door of tasks and commands.

    Nested in an open transaction it becomes a savepoint, and what was bound before is bound again afterwards.
    """
    before = get_scope().get("organization")
    is_nested = connections[using].in_atomic_block
    with transaction.atomic(using), scope(organization=organization_id):
        bind(organization_id, using)
        yield
        if is_nested and not connections[using].needs_rollback:  # a transaction's end takes its binding with it
            bind(before, using)


class _ForbiddenQuery(Query):
    """A query that can be written down but not asked: whatever would turn it into SQL raises."""

    def _refuse(self, *args, **kwargs):
        raise ScopeError(f"{self.model._meta.label} belongs to organizations and none is open here.")

    get_compiler = as_sql = resolve_expression = get_aggregation = get_count = exists = explain = _refuse

    def chain(self, klass=None):
        return self._refuse() if klass else super().chain()


class OwnedQuerySet(models.QuerySet):
    """Rows of the open organization. New rows are stamped with it, whichever way they are made."""

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.stamp()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        for obj in objs:
            obj.stamp()
        return super().bulk_update(objs, fields, *args, **kwargs)

    def raw(self, *args, **kwargs):
        open_organization_id()
        return super().raw(*args, **kwargs)


class OwnedManager(models.Manager.from_queryset(OwnedQuerySet)):
    """Starts every query at the open organization; without one, at a query that refuses to run."""

    use_in_migrations = False

    def __init__(self, organization_field: str = "organization_id"):
        super().__init__()
        self.organization_field = organization_field

    def get_queryset(self):
        queryset = super().get_queryset()
        state = get_scope()
        if not state.get("_enabled", True):
            return queryset
        if state.get("organization") is None:
            queryset.query = _ForbiddenQuery(self.model)
            return queryset
        return queryset.filter(**{self.organization_field: state["organization"]})


class OwnedForeignKey(models.ForeignKey):
    """A reference between two rows of one organization.

    The database checks (reference, organization) as one key, made by `tenants.walls`: a plain foreign key is checked
    behind row-level security's back and would let a row point into another organization. No index comes with it: those
    that serve begin with the organization and are declared by the model.
    """

    def __init__(self, *args, **kwargs):
        kwargs |= {"db_constraint": False, "db_index": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_constraint"], kwargs["db_index"]
        return name, path, args, kwargs

    def get_extra_restriction(self, alias, related_alias):
        """A join says that both rows are of one organization: the database then applies the second wall to the joined
        table once a statement, not row by row, and may use the indexes that begin with the organization."""
        if alias is None or related_alias is None:
            return None
        here, there = (model._meta.get_field("organization") for model in (self.model, self.related_model))
        is_same = there.get_lookup("exact")(there.get_col(alias), here.get_col(related_alias))
        return WhereNode([is_same], connector=AND)


class OwnedModel(models.Model):
    """A row that belongs to one organization: scoped here, walled in the database.

    `runtime_rights` and `system_rights` are what web and workers, and the ticker, may do with the table.
    """

    runtime_rights = "SELECT, INSERT, UPDATE, DELETE"
    system_rights = ""

    organization = models.ForeignKey(
        "tenants.Organization",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = OwnedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        self.stamp()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.stamp()
        return super().delete(*args, **kwargs)

    def stamp(self) -> None:
        """Gives a new row the open organization; refuses a row of another one."""
        if not get_scope().get("_enabled", True):
            return
        here = open_organization_id()
        if self.organization_id is None:
            self.organization_id = here
        elif self.organization_id != here:
            raise ScopeError(f"{self._meta.label} {self.pk} belongs to another organization.")

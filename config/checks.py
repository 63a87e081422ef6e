"""What `manage.py check --deploy --database default` refuses to put before people. Every check has an id that stays."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import DatabaseError, connections

from tenants.roles import OWNER, RUNTIME, SYSTEM, TooPowerful
from tenants.walls import owned_models

LEAST_LETTERS, LEAST_KINDS = 50, 5  # of a secret key: how long, of how many different letters
THIS_MACHINE = ("localhost", "127.0.0.1")  # where nobody listens on the way
ALIASES = {"default": RUNTIME, "owner": OWNER, "system": SYSTEM}


@register(Tags.security, deploy=True)
def secret_key_is_hard_to_guess(app_configs, **kwargs) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= LEAST_LETTERS and len(set(key)) >= LEAST_KINDS:
        return []
    return [Error(f"SECRET_KEY is easily guessed: give {LEAST_LETTERS} random letters or more.", id="attain.E003")]


@register(Tags.security, deploy=True)
def address_is_encrypted(app_configs, **kwargs) -> list[CheckMessage]:
    address = urlsplit(settings.BASE_URL)
    if address.scheme == "https" or address.hostname in THIS_MACHINE:
        return []
    return [Error(f"BASE_URL ({settings.BASE_URL}) is not https: sign-ins could be read on the way.", id="attain.E004")]


@register(Tags.security, deploy=True)
def address_is_served(app_configs, **kwargs) -> list[CheckMessage]:
    host = urlsplit(settings.BASE_URL).hostname
    if "*" in settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS lets every name in: mails could carry somebody else's links.", id="attain.E006")]
    if host not in settings.ALLOWED_HOSTS and not any(
        name.startswith(".") and f".{host}".endswith(name) for name in settings.ALLOWED_HOSTS
    ):
        return [Error(f"ALLOWED_HOSTS does not name {host}, which BASE_URL leads to.", id="attain.E006")]
    return []


@register(Tags.security, deploy=True)
def errors_stay_inside(app_configs, **kwargs) -> list[CheckMessage]:
    return [Error("DEBUG shows code and settings to everybody.", id="attain.E007")] if settings.DEBUG else []


@register(Tags.security, deploy=True)
def mails_can_be_handed_over(app_configs, **kwargs) -> list[CheckMessage]:
    try:
        get_connection()
    except (ImproperlyConfigured, ImportError) as error:
        said = " ".join(str(error).split())
        return [Error(f"EMAIL_URL names no way to hand mails over: {said}", id="attain.E008")]
    return []


@register(Tags.database)
def roles_are_as_they_must_be(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """Asked with `--database default`: `migrate` asks with the owner's connection alone, before anything is there."""
    if "default" not in (databases or []):
        return []
    found: list[CheckMessage] = []
    for alias, role in ALIASES.items():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
                name, is_superuser = cursor.fetchone()
        except TooPowerful as error:
            found.append(Error(str(error), id="attain.E001"))
        except DatabaseError as error:
            found.append(Error(f"{role} cannot connect: {' '.join(str(error).split())}", id="attain.E002"))
        else:
            if name != role or is_superuser:
                found.append(Error(f"The connection “{alias}” must be that of {role}; {name} it is.", id="attain.E001"))
    return found


WALLS = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
    AND EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'organization_wall')
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)
"""


@register(Tags.database)
def walls_are_complete(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """Every table of organizations is behind its wall (docs/tenancy.md)."""
    if "default" not in (databases or []):
        return []
    tables = [model._meta.db_table for model in owned_models()]
    try:
        with connections["system"].cursor() as cursor:
            cursor.execute(WALLS, [tables])
            walled = dict(cursor.fetchall())
    except DatabaseError:
        return []  # E002 has said so
    open_ones = sorted(table for table in tables if not walled.get(table))
    if not open_ones:
        return []
    return [Error(f"No wall stands around {', '.join(open_ones)}: run manage.py migrate.", id="attain.E005")]

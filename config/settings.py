"""One file of settings; every difference between installations is an environment variable (see .env.example)."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.logs import logging_settings

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- the installation -------------------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False)
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or ["127.0.0.1", "localhost", urlsplit(BASE_URL).hostname]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

# --- apps, lowest layer last ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "dashboards",
    "demo",
    "agreements",
    "goals",
    "people",
    "metrics",
    "crm",
    "notifications",
    "audit",
    "tenants",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "template_partials",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.nothing_is_kept",
    "config.health.probes",
    "config.requests.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenants.middleware.last_use_is_kept",
    "tenants.middleware.OrganizationMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.organization",
                "notifications.context.bell",
                "dashboards.navigation.navigation",
            ],
            "libraries": {"formats": "lib.formats", "lucide": "lib.icons", "selects": "lib.selects"},
        },
    }
]
FORM_RENDERER = "lib.forms.Renderer"

# --- database: three roles, so that the walls between organizations hold (docs/tenancy.md) ----------------------
# A short reconnect_timeout: the pool gives up at once and the next request tries anew, so that pages are back when the
# database is. Behind a PgBouncer that refuses start-up options DB_LIMITS stays empty.
POOL = {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 1}
DB_OPTIONS: dict = {"pool": POOL} if env.bool("DB_POOL", False) else {}
DB_LIMITS = {
    "": {},
    "web": {"statement_timeout": "10s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"},
    "worker": {"statement_timeout": "10min", "lock_timeout": "1min", "idle_in_transaction_session_timeout": "5min"},
}[env("DB_LIMITS", default="")]


def database(variable: str, limits: dict[str, str] | None = None, **options) -> dict:
    """The connection that the environment variable describes; options are merged, the socket's folder is one too."""
    settings = env.db(variable, engine="django.db.backends.postgresql")
    # The engine has its own statements planned once a connection (metrics/folding.py); nothing else is prepared.
    settings["OPTIONS"] = {"connect_timeout": 5, "prepare_threshold": 5, **settings.get("OPTIONS", {}), **options}
    if limits:
        given = settings["OPTIONS"].get("options", "")
        settings["OPTIONS"]["options"] = " ".join([given, *(f"-c {n}={v}" for n, v in limits.items())]).strip()
    settings["CONN_HEALTH_CHECKS"] = True
    settings["CONN_MAX_AGE"] = 600 if env("DB_LIMITS", default="") == "worker" else 0  # kept between a worker's tasks
    return settings


DATABASES = {
    "default": database("DATABASE_URL", DB_LIMITS, **DB_OPTIONS),
    "owner": database("DATABASE_OWNER_URL"),
    "system": database("DATABASE_SYSTEM_URL", DB_LIMITS),
}
DATABASE_ROUTERS = ["tenants.roles.OwnerMigrates"]

# --- Redis: cache, hints and live events; nothing is lost when it is wiped --------------------------------------
REDIS_URL = env("REDIS_URL")


def celery_broker(url: str) -> str:
    """Celery's spelling of a Redis address: a Unix socket is `redis+socket://path?virtual_host=N`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?{urlencode({'virtual_host': number})}"


CACHES = {
    "default": {
        "BACKEND": "lib.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # seconds; on a busy machine a process takes long to start
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: who gives up must be started by hand
CELERY_TASK_PUBLISH_RETRY = False  # a hint that is lost is sent again by the next tick
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # what runs is as well finished: it may run twice
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ROUTES = {
    "metrics.tasks.*": {"queue": "figures"},
    "notifications.tasks.*": {"queue": "mail"},
    "agreements.tasks.*": {"queue": "mail"},
    "crm.tasks.*": {"queue": "imports"},
}
CELERY_TIMEZONE = "UTC"

# --- people and sign-in -----------------------------------------------------------------------------------------
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", True)
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_RATE_LIMITS = {"sign_up_mail": "5/h/key", "shared_page": "60/m/ip"}  # beside allauth's own
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one replaces it once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password, address or second step is told by mail
ACCOUNT_FORMS = {"add_email": "tenants.forms.ChangeEmailForm"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "tenants.adapter.TwoStepAdapter"
MFA_FORMS = {
    "add_webauthn": "tenants.forms.AddPasskeyForm",
    "authenticate": "tenants.forms.CodeForm",
    "reauthenticate": "tenants.forms.CodeAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody gets in unconfirmed, and who signs in in two steps may change the address
MFA_TOTP_ISSUER = "Attain"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tenants:organizations"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- mail -------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10  # seconds for each step of a mail; the lease of the outbox is longer than all of them
if env("EMAIL_URL", default="").startswith("anymail://"):  # a provider by its name, with its settings as a query
    provider = urlsplit(env("EMAIL_URL"))
    EMAIL_BACKEND = f"anymail.backends.{provider.hostname}.EmailBackend"
    ANYMAIL = {f"{provider.hostname}_{name}".upper(): value for name, value in parse_qsl(provider.query)}
    ANYMAIL["REQUESTS_TIMEOUT"] = EMAIL_TIMEOUT
else:
    vars().update(env.email("EMAIL_URL", default="consolemail://"))
    if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_BACKEND = "notifications.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="Attain <attain@localhost>")

# --- languages, time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("it", _("Italian")),
    ("pl", _("Polish")),
]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- files of the browser ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = ROOT / "staticfiles"
PLAIN_STATIC = env.bool("PLAIN_STATIC", False)
WHITENOISE_USE_FINDERS = PLAIN_STATIC
WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    }
}

# --- the browser's side of safety -------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
# How many proxies of ours a request has passed: so many names at the end of X-Forwarded-For are to be believed.
BEHIND_PROXY = env.int("BEHIND_PROXY", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = BEHIND_PROXY
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005", "security.W021",  # whether all subdomains are https is not ours to promise
    "security.W008",  # the proxy in front leads from http to https
]  # fmt: skip
X_FRAME_OPTIONS = "DENY"

# --- what machines read -----------------------------------------------------------------------------------------
LOGGING = logging_settings(env("LOG_FORMAT", default="line"), env("LOG_LEVEL", default="INFO"))
METRICS_TOKEN = env("METRICS_TOKEN", default="")

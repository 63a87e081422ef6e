"""What tests change: a fast hasher, mail in memory, tasks in the same process, a Redis database for each worker."""

import os

from config.settings import *  # noqa: F403
from config.settings import REDIS_URL as SHARED_REDIS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
ACCOUNT_RATE_LIMITS = False
REDIS_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
REDIS_URL = SHARED_REDIS.partition("?")[0] + f"?db={REDIS_NUMBER}" if "unix:" in SHARED_REDIS else SHARED_REDIS
CACHES = {
    "default": {
        "BACKEND": "lib.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
    }
}
SECRET_KEY = "only for tests"
BASE_URL = "http://testserver"
ALLOWED_HOSTS = ["*"]

"""The web server's door."""

import gc
import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from lib.uploads import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = bounded(get_asgi_application())

# What is loaded now is there to stay: the collector need not look through all of it in the middle of somebody's page.
get_resolver().url_patterns  # noqa: B018  (loads every view)
gc.collect()
gc.freeze()
